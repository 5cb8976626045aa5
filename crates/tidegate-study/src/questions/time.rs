//! How long each cell takes to train: an update, an epoch, the way to a loss that both gated cells reach.

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::family::Family;
use crate::findings::{Findings, paired_evidence};
use crate::omission::Omission;
use crate::paired::PairedRatio;
use crate::record::Measured;
use crate::spread::Spread;
use crate::study_report::{CurvePoint, TimeAnswer, TimedTask, TimesOfCell};
use crate::verdict::{Evidence, Measure};

pub(crate) fn answer(findings: &Findings<'_>) -> TimeAnswer {
    let mut answer = TimeAnswer {
        tasks: Vec::new(),
        omissions: Vec::new(),
    };
    for &index in &findings.plan.sized {
        let task = timed_task(findings, index);
        let omission = |omission: fn(String) -> Omission| omission(task.task.clone());
        if task.cells.is_empty() {
            answer
                .omissions
                .push(omission(|task| Omission::Diverged { task }));
            continue;
        }
        if task.target_loss.is_none() {
            answer
                .omissions
                .push(omission(|task| Omission::NoCommonTarget { task }));
        }
        answer.tasks.push(task);
    }
    answer.omissions.dedup();
    answer
}

fn timed_task(findings: &Findings<'_>, index: usize) -> TimedTask {
    let experiment = &findings.experiments[index];
    let target = target(findings, index);
    let cell = |&cell: &CellVariant| {
        let runs: Vec<&Measured> = findings.measured(index, cell).map(|(_, m)| m).collect();
        let summary = experiment.summary_of(cell)?;
        let over = |values: Vec<f64>| (!values.is_empty()).then(|| Spread::of(&values));
        let reached: Vec<&CurvePoint> = runs.iter().filter_map(|run| at(run, target?)).collect();
        Some(TimesOfCell {
            cell,
            hidden_size: summary.hidden_size,
            parameters: summary.parameters,
            seconds_per_update: over(runs.iter().filter_map(|run| per_update(run)).collect())?,
            seconds_per_epoch: summary.seconds_per_epoch?,
            runs: runs.len(),
            reached: reached.len(),
            updates_to_target: over(reached.iter().map(|point| point.updates as f64).collect()),
            seconds_to_target: over(reached.iter().map(|point| point.seconds).collect()),
        })
    };
    TimedTask {
        task: experiment.task.clone(),
        equal: experiment.equal,
        experiment: index,
        loss: experiment.summary[0].loss.clone(),
        target_loss: target,
        cells: findings
            .study
            .comparison
            .cells
            .iter()
            .filter_map(cell)
            .collect(),
    }
}

/// The highest of the lowest validation losses of the runs of both gated cells: all of them reached it.
fn target(findings: &Findings<'_>, index: usize) -> Option<f64> {
    let cells = &findings.study.comparison.cells;
    let mut target = f64::NEG_INFINITY;
    for family in [Family::Gru, Family::Lstm] {
        let mut runs = findings.measured(index, family.among(cells)?).peekable();
        runs.peek()?;
        target = runs.map(|(_, run)| run.valid_loss).fold(target, f64::max);
    }
    Some(target)
}

fn per_update(run: &Measured) -> Option<f64> {
    let last = run.curve.last()?;
    Some(last.seconds / last.updates as f64)
}

/// The end of the first epoch whose validation loss is at or below the target.
fn at(run: &Measured, target: f64) -> Option<&CurvePoint> {
    run.curve.iter().find(|point| point.valid_loss <= target)
}

/// Pieces of evidence that `cell` takes less time than `other`.
pub(crate) fn evidence(
    findings: &Findings<'_>,
    answer: &TimeAnswer,
    cell: CellVariant,
    other: CellVariant,
) -> Vec<Evidence> {
    let mut pieces = Vec::new();
    for task in &answer.tasks {
        let seconds_to_target = |run: &Measured| Some(at(run, task.target_loss?)?.seconds);
        let pairs = |of: &dyn Fn(&Measured) -> Option<f64>| {
            findings.pairs(task.experiment, [cell, other], of)
        };
        for (measure, pairs) in [
            (Measure::SecondsPerUpdate, pairs(&per_update)),
            (Measure::SecondsToTarget, pairs(&seconds_to_target)),
        ] {
            let Some(ratio) = PairedRatio::of(&pairs) else {
                continue;
            };
            pieces.push(paired_evidence(
                &findings.experiments[task.experiment],
                task.task.clone(),
                measure,
                Claim::Less,
                [cell, other],
                ratio,
                vec![task.experiment],
            ));
        }
    }
    pieces
}
