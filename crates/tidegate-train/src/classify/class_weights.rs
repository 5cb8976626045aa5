//! What a class counts in the loss.

use serde::{Deserialize, Serialize};

/// Whether rare classes count more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeights {
    /// Every recording, or step, counts the same.
    #[default]
    Equal,
    /// Every class counts the same: class c weighs n / (k · n_c), with n_c of the n training recordings, or steps, of k
    /// classes.
    Balanced,
}

impl ClassWeights {
    /// The weight of each class with so many in training; none where all count 1. A class without any counts 1, which no
    /// loss ever reads.
    pub(super) fn weights(self, counts: &[usize]) -> Option<Vec<f64>> {
        match self {
            ClassWeights::Equal => None,
            ClassWeights::Balanced => {
                let total: usize = counts.iter().sum();
                let weight = |&count: &usize| match count {
                    0 => 1.0,
                    _ => total as f64 / (counts.len() as f64 * count as f64),
                };
                Some(counts.iter().map(weight).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_weights_are_scikit_learns_and_have_the_mean_1_over_the_recordings() {
        // compute_class_weight("balanced", …) for 6, 3 and 1 of three classes.
        let weights = ClassWeights::Balanced.weights(&[6, 3, 1]).unwrap();
        assert_eq!(weights, [10.0 / 18.0, 10.0 / 9.0, 10.0 / 3.0]);
        assert!((6.0 * weights[0] + 3.0 * weights[1] + weights[2] - 10.0).abs() < 1e-12);
        assert_eq!(ClassWeights::Equal.weights(&[6, 3, 1]), None);
    }
}
