//! How far the gradient reaches back in a run, before and after training.

use tidegate_data::SequenceSet;
use tidegate_model::Model;
use tidegate_train::{StateGradients, TrainError, state_gradient_norms};

use crate::record::Reach;

/// Sequences that are looked at.
const SEQUENCES: usize = 64;

/// Measures both models on the first sequences of a set.
pub(crate) fn reach(before: &Model, after: &Model, set: &SequenceSet) -> Result<Reach, TrainError> {
    let rows: Vec<usize> = (0..set.len().min(SEQUENCES)).collect();
    let longest = rows.iter().map(|&row| set.sequence_length(row)).max();
    let lags = lags(longest.unwrap_or(0));
    let norms = |model| -> Result<StateGradients, TrainError> {
        state_gradient_norms(model, set, &rows, &lags)
    };
    Ok(Reach {
        before: norms(before)?,
        after: norms(after)?,
    })
}

/// 0, 1, 2, 3, 4, 6, 8, 12, 16 and so on, below the number of steps.
fn lags(steps: usize) -> Vec<usize> {
    let powers = (0..usize::BITS - 1).map(|power| 1_usize << power);
    let lags = powers.flat_map(|power| [power, power + power / 2]);
    let mut lags: Vec<usize> = [0]
        .into_iter()
        .chain(lags.take_while(|&lag| lag < steps))
        .collect();
    lags.dedup();
    lags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_grow_by_half_and_stay_inside_the_sequence() {
        assert_eq!(lags(13), [0, 1, 2, 3, 4, 6, 8, 12]);
        assert_eq!(lags(12), [0, 1, 2, 3, 4, 6, 8]);
        assert_eq!(lags(1), [0]);
    }
}
