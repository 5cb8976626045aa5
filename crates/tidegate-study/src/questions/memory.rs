//! How long each cell remembers: the longest lag that it solves, and how far the gradient reaches back.

use tidegate_train::{MeanNorm, StateGradients};

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::findings::Findings;
use crate::lag_family::LagFamily;
use crate::omission::Omission;
use crate::piece::{Pieces, Subject};
use crate::record::Reach;
use crate::study_report::{
    ExperimentReport, GradientReach, LagTask, LagsOfCell, MemoryAnswer, ReachOfCell,
};
use crate::verdict::Measure;

/// Part of the lowest loss without memory below which a task is solved.
const SOLVED_BELOW: f64 = 0.1;

/// Lags double: the longest one that a cell can solve lies between the longest that it solved and twice that.
const RESOLUTION: f64 = 2.0;

pub(crate) fn answer(findings: &Findings<'_>) -> MemoryAnswer {
    let plan = findings.plan;
    MemoryAnswer {
        solved_below: SOLVED_BELOW,
        tasks: plan
            .lags
            .iter()
            .map(|(family, indices)| lag_task(findings, *family, indices))
            .collect(),
        gradients: plan
            .watched
            .iter()
            .map(|&index| gradients(findings, index))
            .filter(|reach| !reach.cells.is_empty())
            .collect(),
        omissions: plan.memory_omissions.clone(),
    }
}

fn lag_task(findings: &Findings<'_>, family: LagFamily, indices: &[usize]) -> LagTask {
    let lags = findings.study.effort.lags();
    let experiments: Vec<&ExperimentReport> = indices
        .iter()
        .map(|&index| &findings.experiments[index])
        .collect();
    let without_memory: Vec<f64> = lags
        .iter()
        .map(|&lag| family.loss_without_memory(lag))
        .collect();
    let cell = |&cell: &CellVariant| {
        let solves = |lag: usize, seed: u64| {
            let row = experiments[lag]
                .rows
                .iter()
                .find(|row| row.cell == cell && row.seed == seed);
            row.and_then(|row| row.test_loss)
                .is_some_and(|loss| loss < SOLVED_BELOW * without_memory[lag])
        };
        let seeds = || 1..=findings.study.comparison.seeds as u64;
        let longest = |seed| {
            let solved = (0..lags.len()).take_while(|&lag| solves(lag, seed)).count();
            solved.checked_sub(1).map(|last| lags[last])
        };
        LagsOfCell {
            cell,
            test_loss: experiments
                .iter()
                .map(|experiment| experiment.summary_of(cell).and_then(|s| s.test_loss))
                .collect(),
            solved: (0..lags.len())
                .map(|lag| seeds().filter(|&seed| solves(lag, seed)).count())
                .collect(),
            longest_lag: seeds().map(longest).collect(),
        }
    };
    LagTask {
        key: experiments[0].key.clone(),
        loss: experiments[0].summary[0].loss.clone(),
        updates: experiments[0].updates,
        lags: lags.to_vec(),
        losses_without_memory: without_memory.clone(),
        experiments: indices.to_vec(),
        cells: findings.study.comparison.cells.iter().map(cell).collect(),
    }
}

/// Evidence that `cell` solves longer lags than `other`. Where none was solved, half of the shortest stands.
pub(crate) fn evidence<'a>(
    findings: &'a Findings<'_>,
    answer: &MemoryAnswer,
    cell: CellVariant,
    other: CellVariant,
) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    for task in &answer.tasks {
        let lags = |cell| -> &[Option<usize>] {
            let found = task.cells.iter().find(|lags| lags.cell == cell);
            found.map_or(&[], |found| &found.longest_lag)
        };
        let (ours, theirs) = (lags(cell), lags(other));
        let none = task.lags[0] as f64 / RESOLUTION;
        let steps = |lag: &Option<usize>| lag.map_or(none, |lag| lag as f64);
        let pairs: Vec<(f64, f64)> = ours
            .iter()
            .zip(theirs)
            .map(|(a, b)| (steps(a), steps(b)))
            .collect();
        // Beyond the lags that were tested, a ratio is a bound.
        let all = |lags: &[Option<usize>]| lags.contains(&task.lags.last().copied());
        let (is_least, is_most) = (
            all(ours) || theirs.contains(&None),
            ours.contains(&None) || all(theirs),
        );
        if is_least && is_most {
            pieces.omit(Omission::LagsOutOfRange {
                task: task.key.clone(),
            });
            continue;
        }
        let uncertainty = |is_bound| if is_bound { f64::INFINITY } else { RESOLUTION };
        let subject = Subject {
            experiment: &findings.experiments[task.experiments[0]],
            experiments: task.experiments.clone(),
            task: task.key.clone(),
            measure: Measure::LongestLag,
            claim: Claim::More,
            cells: [cell, other],
        };
        let uncertainty = [is_most, is_least].map(uncertainty);
        pieces.add(
            subject,
            findings.study.comparison.seeds,
            &pairs,
            uncertainty,
        );
    }
    pieces
}

fn gradients(findings: &Findings<'_>, index: usize) -> GradientReach {
    let experiment = &findings.experiments[index];
    let reaches = |cell| -> Vec<&Reach> {
        let measured = findings.measured(index, cell);
        measured.filter_map(|(_, m)| m.gradients.as_ref()).collect()
    };
    let mut lags = Vec::new();
    let mut cells = Vec::new();
    for &cell in &findings.study.comparison.cells {
        let reaches = reaches(cell);
        let Some(first) = reaches.first() else {
            continue;
        };
        let measured = first
            .before
            .lags
            .iter()
            .take_while(|norm| norm.hidden.is_some());
        lags = measured.map(|norm| norm.lag).collect();
        let means = |of: fn(&Reach) -> &StateGradients,
                     norm: fn(usize, &StateGradients) -> Option<MeanNorm>| {
            let at = |lag| {
                let norms = reaches.iter().map(|reach| norm(lag, of(reach)));
                norms
                    .collect::<Option<Vec<MeanNorm>>>()
                    .map(|norms| geometric(&norms))
            };
            (0..lags.len()).map(at).collect::<Option<Vec<f64>>>()
        };
        let hidden = |lag: usize, norms: &StateGradients| norms.lags[lag].hidden;
        let cell_state = |lag: usize, norms: &StateGradients| norms.lags[lag].cell;
        let (Some(hidden_before), Some(hidden_after)) = (
            means(|reach| &reach.before, hidden),
            means(|reach| &reach.after, hidden),
        ) else {
            continue;
        };
        cells.push(ReachOfCell {
            cell,
            hidden_before,
            hidden_after,
            cell_before: means(|reach| &reach.before, cell_state),
            cell_after: means(|reach| &reach.after, cell_state),
        });
    }
    GradientReach {
        task: experiment.task.clone(),
        key: experiment.key.clone(),
        experiment: index,
        lags,
        cells,
    }
}

/// Mean over the seeds; 0 if one is.
fn geometric(norms: &[MeanNorm]) -> f64 {
    let logarithms: f64 = norms.iter().map(|norm| norm.geometric.ln()).sum();
    (logarithms / norms.len() as f64).exp()
}
