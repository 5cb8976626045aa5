//! How much data each cell needs: the test loss against the share of the training data.

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::findings::Findings;
use crate::geometric_mean::GeometricMean;
use crate::piece::{Pieces, Subject};
use crate::record::Measured;
use crate::study_report::{Crossing, DataAnswer, ExperimentReport, SharedTask, SharesOfCell};
use crate::verdict::Measure;

pub(crate) fn answer(findings: &Findings<'_>) -> DataAnswer {
    let tasks = findings.plan.shared.iter();
    DataAnswer {
        tasks: tasks
            .map(|indices| shared_task(findings, indices))
            .collect(),
        omissions: findings.plan.data_omissions.clone(),
    }
}

fn shared_task(findings: &Findings<'_>, indices: &[usize]) -> SharedTask {
    let experiments: Vec<&ExperimentReport> = indices
        .iter()
        .map(|&index| &findings.experiments[index])
        .collect();
    let cell = |&cell: &CellVariant| {
        let geometric_mean = |&index: &usize| {
            let losses: Vec<f64> = findings
                .measured(index, cell)
                .filter_map(|(_, run)| test_loss(run))
                .collect();
            GeometricMean::of(&losses)
        };
        SharesOfCell {
            cell,
            test_loss: experiments
                .iter()
                .map(|experiment| experiment.summary_of(cell).and_then(|s| s.test_loss))
                .collect(),
            geometric_mean: indices.iter().map(geometric_mean).collect(),
        }
    };
    let cells: Vec<SharesOfCell> = findings.study.comparison.cells.iter().map(cell).collect();
    let sequences: Vec<usize> = experiments.iter().map(|e| e.sequences).collect();
    let mut crossings = Vec::new();
    for (index, first) in cells.iter().enumerate() {
        for second in &cells[index + 1..] {
            crossings.extend(crossings_of(first, second, &sequences));
        }
    }
    SharedTask {
        task: experiments[0].task.clone(),
        loss: experiments[0].summary[0].loss.clone(),
        shares: experiments.iter().map(|e| e.share).collect(),
        sequences,
        experiments: indices.to_vec(),
        cells,
        crossings,
    }
}

fn test_loss(run: &Measured) -> Option<f64> {
    run.tested.map(|tested| tested.test_loss)
}

/// Where the geometric means of two cells change their order, straight lines drawn between the logarithms of losses and of
/// numbers of sequences. An order counts only if at some share the intervals lie apart.
fn crossings_of(a: &SharesOfCell, b: &SharesOfCell, sequences: &[usize]) -> Vec<Crossing> {
    let at = |index: usize| Some((a.geometric_mean[index]?, b.geometric_mean[index]?));
    // Shares at which both have a mean, with the lead of the first in logarithms.
    let shares: Vec<(f64, f64, usize)> = (0..sequences.len())
        .filter_map(|index| {
            let (a, b) = at(index)?;
            Some((
                (sequences[index] as f64).ln(),
                a.mean.ln() - b.mean.ln(),
                index,
            ))
        })
        .collect();
    let leads_beyond_doubt = |part: &[(f64, f64, usize)], first: bool| {
        part.iter().any(|&(_, _, index)| {
            at(index).is_some_and(|(a, b)| {
                if first {
                    a.is_below(&b)
                } else {
                    b.is_below(&a)
                }
            })
        })
    };
    let between = |before: usize| {
        let ((low, lead, _), (high, next, _)) = (shares[before], shares[before + 1]);
        let (below, above) = shares.split_at(before + 1);
        let first = lead < 0.0;
        if lead * next >= 0.0
            || !leads_beyond_doubt(below, first)
            || !leads_beyond_doubt(above, !first)
        {
            return None;
        }
        let [first, second] = if first { [a, b] } else { [b, a] };
        Some(Crossing {
            first: first.cell,
            second: second.cell,
            sequences: (low + (high - low) * lead / (lead - next)).exp(),
        })
    };
    (0..shares.len().saturating_sub(1))
        .filter_map(between)
        .collect()
}

/// Which share a sentence speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Least,
    All,
}

/// Evidence that `cell` has a lower test loss than `other`.
pub(crate) fn evidence<'a>(
    findings: &'a Findings<'_>,
    answer: &DataAnswer,
    cell: CellVariant,
    other: CellVariant,
    amount: Amount,
) -> Pieces<'a> {
    let mut pieces = Pieces::default();
    for task in &answer.tasks {
        let index = match amount {
            Amount::Least => task.experiments.first(),
            Amount::All => task.experiments.last(),
        };
        let Some(&index) = index else { continue };
        let pairs = findings.pairs(index, [cell, other], &test_loss);
        let subject = Subject {
            experiment: &findings.experiments[index],
            experiments: vec![index],
            task: task.task.clone(),
            measure: Measure::TestLoss,
            claim: Claim::Less,
            cells: [cell, other],
        };
        pieces.add(subject, findings.study.comparison.seeds, &pairs, [1.0; 2]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cell whose intervals reach a hundredth to both sides.
    fn of(cell: CellVariant, means: [f64; 3]) -> SharesOfCell {
        let mean = |&mean: &f64| GeometricMean {
            mean,
            interval: Some([0.99 * mean, 1.01 * mean]),
        };
        SharesOfCell {
            cell,
            test_loss: vec![None; 3],
            geometric_mean: means.iter().map(mean).map(Some).collect(),
        }
    }

    #[test]
    fn curves_cross_where_their_order_changes() {
        let gru = of(CellVariant::Gru, [1.0, 0.5, 0.8]);
        let lstm = of(CellVariant::Lstm, [2.0, 1.0, 0.1]);
        // Leads of −1 and 3 powers of two: a quarter of the way from 40 to 640, in logarithms.
        let found = crossings_of(&lstm, &gru, &[10, 40, 640]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].first, found[0].second),
            (CellVariant::Gru, CellVariant::Lstm)
        );
        assert!((found[0].sequences - 80.0).abs() < 1e-9, "{found:?}");
        let missing = SharesOfCell {
            geometric_mean: vec![None; 3],
            ..lstm
        };
        assert_eq!(crossings_of(&missing, &gru, &[10, 40, 640]), []);
    }

    #[test]
    fn an_order_within_the_intervals_is_no_order() {
        let gru = of(CellVariant::Gru, [1.0, 0.5, 0.4]);
        let lstm = of(CellVariant::Lstm, [2.0, 1.0, 0.399]);
        assert_eq!(crossings_of(&lstm, &gru, &[10, 40, 640]), []);
    }
}
