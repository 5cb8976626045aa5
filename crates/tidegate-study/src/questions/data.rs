//! How much data each cell needs: the test loss against the share of the training data.

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::findings::{Findings, paired_evidence};
use crate::paired::{PairedRatio, interval_of_mean};
use crate::record::Measured;
use crate::study_report::{Crossing, DataAnswer, ExperimentReport, SharedTask, SharesOfCell};
use crate::verdict::{Evidence, Measure};

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
        let interval = |&index: &usize| {
            let losses: Vec<f64> = findings
                .measured(index, cell)
                .filter_map(|(_, run)| test_loss(run))
                .collect();
            interval_of_mean(&losses)
        };
        SharesOfCell {
            cell,
            test_loss: experiments
                .iter()
                .map(|experiment| experiment.summary_of(cell).and_then(|s| s.test_loss))
                .collect(),
            interval: indices.iter().map(interval).collect(),
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

/// Where the means of two cells change their order, straight lines drawn between the logarithms of the number of sequences.
fn crossings_of(a: &SharesOfCell, b: &SharesOfCell, sequences: &[usize]) -> Vec<Crossing> {
    let lead = |at: usize| Some(a.test_loss[at]?.mean - b.test_loss[at]?.mean);
    let between = |at: usize| {
        let (before, after) = (lead(at)?, lead(at + 1)?);
        if before * after >= 0.0 {
            return None;
        }
        let [low, high] = [sequences[at], sequences[at + 1]].map(|count| (count as f64).ln());
        let (first, second) = if before < 0.0 { (a, b) } else { (b, a) };
        Some(Crossing {
            first: first.cell,
            second: second.cell,
            sequences: (low + (high - low) * before / (before - after)).exp(),
        })
    };
    (0..sequences.len() - 1).filter_map(between).collect()
}

/// Which share a sentence speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Least,
    All,
}

/// Pieces of evidence that `cell` has a lower test loss than `other`.
pub(crate) fn evidence(
    findings: &Findings<'_>,
    answer: &DataAnswer,
    cell: CellVariant,
    other: CellVariant,
    amount: Amount,
) -> Vec<Evidence> {
    let of = |task: &SharedTask| {
        let index = match amount {
            Amount::Least => *task.experiments.first()?,
            Amount::All => *task.experiments.last()?,
        };
        let ratio = PairedRatio::of(&findings.pairs(index, [cell, other], &test_loss))?;
        Some(paired_evidence(
            &findings.experiments[index],
            task.task.clone(),
            Measure::TestLoss,
            Claim::Less,
            [cell, other],
            ratio,
            vec![index],
        ))
    };
    answer.tasks.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spread::Spread;

    #[test]
    fn curves_cross_where_their_order_changes() {
        let of = |cell, means: [f64; 3]| SharesOfCell {
            cell,
            test_loss: means
                .iter()
                .map(|&mean| Some(Spread::of(&[mean])))
                .collect(),
            interval: vec![None; 3],
        };
        let gru = of(CellVariant::Gru, [1.0, 0.5, 0.4]);
        let lstm = of(CellVariant::Lstm, [2.0, 0.6, 0.1]);
        // Leads of −0.1 and 0.3: a quarter of the way from 40 to 640, in logarithms.
        let found = crossings_of(&lstm, &gru, &[10, 40, 640]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].first, found[0].second),
            (CellVariant::Gru, CellVariant::Lstm)
        );
        assert!((found[0].sequences - 80.0).abs() < 1e-9, "{found:?}");
        let missing = SharesOfCell {
            test_loss: vec![None; 3],
            ..lstm
        };
        assert_eq!(crossings_of(&missing, &gru, &[10, 40, 640]), []);
    }
}
