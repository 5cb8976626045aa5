//! How long each cell takes to train: an update, an epoch, the way to a loss that both gated cells reach.

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::family::Family;
use crate::findings::Findings;
use crate::omission::Omission;
use crate::piece::{Pieces, Subject};
use crate::record::Measured;
use crate::spread::Spread;
use crate::study_report::{CurvePoint, TimeAnswer, TimedTask, TimesOfCell};
use crate::verdict::Measure;

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
            let omission = omission(|task| Omission::NoCommonTarget { task });
            if !answer.omissions.contains(&omission) {
                answer.omissions.push(omission);
            }
        }
        answer.tasks.push(task);
    }
    answer
}

fn timed_task(findings: &Findings<'_>, index: usize) -> TimedTask {
    let experiment = &findings.experiments[index];
    let target = target(findings, index);
    let cell = |&cell: &CellVariant| {
        let runs: Vec<&Measured> = findings.measured(index, cell).map(|(_, m)| m).collect();
        let summary = experiment.summary_of(cell)?;
        let over = |values: Vec<f64>| (!values.is_empty()).then(|| Spread::of(&values));
        let reached: Vec<[f64; 2]> = runs
            .iter()
            .filter_map(|run| to_target(run, target?))
            .collect();
        Some(TimesOfCell {
            cell,
            hidden_size: summary.hidden_size,
            parameters: summary.parameters,
            seconds_per_update: over(runs.iter().filter_map(|run| per_update(run)).collect())?,
            seconds_per_epoch: summary.seconds_per_epoch?,
            runs: runs.len(),
            reached: reached.len(),
            updates_to_target: over(reached.iter().map(|[updates, _]| *updates).collect()),
            seconds_to_target: over(reached.iter().map(|[_, seconds]| *seconds).collect()),
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

/// Updates and seconds until the validation loss is at the target: between the ends of two epochs on a straight line of the
/// logarithm of the loss, in the first epoch at its end.
fn to_target(run: &Measured, target: f64) -> Option<[f64; 2]> {
    let reached = run
        .curve
        .iter()
        .position(|point| point.valid_loss <= target)?;
    let amounts = |point: &CurvePoint| [point.updates as f64, point.seconds];
    let end = amounts(&run.curve[reached]);
    let Some(before) = reached.checked_sub(1).map(|index| &run.curve[index]) else {
        return Some(end);
    };
    let [high, low] = [before.valid_loss, run.curve[reached].valid_loss].map(f64::ln);
    let part = (high - target.ln()) / (high - low);
    // A loss of 0 has no logarithm.
    let part = if part.is_finite() { part } else { 1.0 };
    let start = amounts(before);
    Some([0, 1].map(|index| start[index] + part * (end[index] - start[index])))
}

/// Evidence that `cell` takes less time than `other`.
pub(crate) fn evidence<'a>(
    findings: &'a Findings<'_>,
    answer: &TimeAnswer,
    cell: CellVariant,
    other: CellVariant,
) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    for task in &answer.tasks {
        let index = task.experiment;
        let to_target = |run: &Measured| to_target(run, task.target_loss?);
        let updates = |run: &Measured| Some(to_target(run)?[0]);
        let seconds = |run: &Measured| Some(to_target(run)?[1]);
        let runs = [cell, other].map(|cell| findings.measured(index, cell));
        let mut threads = runs.into_iter().flatten().map(|(_, run)| run.threads);
        let first = threads.next();
        let is_alike = threads.all(|number| Some(number) == first);
        let measures: [(Measure, &Number<'_>); 3] = [
            (Measure::SecondsPerUpdate, &per_update),
            (Measure::UpdatesToTarget, &updates),
            (Measure::SecondsToTarget, &seconds),
        ];
        for (measure, of) in measures {
            // What has no common target is an omission of the answer.
            if task.target_loss.is_none() && measure != Measure::SecondsPerUpdate {
                continue;
            }
            if measure.is_timing() && !is_alike {
                pieces.omit(Omission::UnlikeTimes {
                    task: task.task.clone(),
                });
                continue;
            }
            let pairs = findings.pairs(index, [cell, other], of);
            let subject = Subject {
                experiment: &findings.experiments[index],
                experiments: vec![index],
                task: task.task.clone(),
                measure,
                claim: Claim::Less,
                cells: [cell, other],
            };
            pieces.add(subject, findings.study.comparison.seeds, &pairs, [1.0; 2]);
        }
    }
    pieces
}

/// A number of a run, where it has it.
type Number<'a> = dyn Fn(&Measured) -> Option<f64> + 'a;
