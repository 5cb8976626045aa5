//! The adding problem: remember two marked numbers and add them.

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::option_limits::{check_sizes, impossible};
use crate::random_stream::RandomStream;
use crate::sequence::{Inputs, Sequence, Targets};
use crate::sequence_set::SequenceSet;
use crate::splits::{Split, Splits};

const TASK: &str = "adding problem";

/// Options of [`adding_problem`].
///
/// Bai et al. 2018 (arXiv 1803.01271) use length 600, 50,000 training and 1,000 test sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AddingProblem {
    /// Steps of every sequence, at least 2. Default: 200.
    pub length: usize,
    /// Training sequences. Default: 10,000.
    pub train: usize,
    /// Validation sequences. Default: 1,000.
    pub valid: usize,
    /// Test sequences. Default: 1,000.
    pub test: usize,
    /// Seed of the numbers and the marked steps. Default: 0.
    pub seed: u64,
}

impl Default for AddingProblem {
    fn default() -> AddingProblem {
        AddingProblem {
            length: 200,
            train: 10_000,
            valid: 1_000,
            test: 1_000,
            seed: 0,
        }
    }
}

/// Generates the adding problem (Hochreiter & Schmidhuber 1997), in the form of Arjovsky et al.
/// 2016 (arXiv 1511.06464).
///
/// Each step has two features: a number, uniform on [0, 1), and a marker. The marker is 1 at two
/// steps, one anywhere in the first half, one anywhere in the second (which has the odd step, if
/// there is one), and 0 elsewhere. The target, at the last step, is the sum of the two marked
/// numbers.
///
/// To predict 1 always has an expected squared error of 1/6 ≈ 0.1667, the variance of that sum.
/// (The literature often gives 0.1767, which no sum of two independent numbers uniform on [0, 1)
/// has.)
///
/// Each set has its own random stream, and a larger set begins with the sequences of a smaller one.
///
/// # Errors
/// [`DataError::ImpossibleOption`] for a length below 2, a set without sequences, or more steps
/// than memory could hold.
pub fn adding_problem(options: AddingProblem) -> Result<Splits, DataError> {
    let AddingProblem {
        length,
        train,
        valid,
        test,
        seed,
    } = options;
    if length < 2 {
        return Err(impossible(
            TASK,
            "length",
            length,
            "a sequence needs at least 2 steps, one for each marker",
        ));
    }
    check_sizes(TASK, length, train, valid, test)?;
    let generate = |split, count| {
        let mut stream = RandomStream::new(seed, split);
        SequenceSet::new(
            InputKind::Features { size: 2 },
            TargetKind::Values { size: 1 },
            Supervision::LastStep,
            (0..count).map(|_| sequence(length, &mut stream)).collect(),
        )
    };
    Splits::new(
        format!("adding problem, length {length}"),
        generate(Split::Train, train)?,
        generate(Split::Valid, valid)?,
        generate(Split::Test, test)?,
    )
}

fn sequence(length: usize, stream: &mut RandomStream) -> Sequence {
    let half = length / 2;
    // The limit on steps keeps every length within u32.
    let first = stream.below(half as u32) as usize;
    let second = half + stream.below((length - half) as u32) as usize;
    let mut values: Vec<f32> = (0..length).flat_map(|_| [stream.uniform(), 0.0]).collect();
    values[2 * first + 1] = 1.0;
    values[2 * second + 1] = 1.0;
    let sum = values[2 * first] + values[2 * second];
    Sequence {
        inputs: Inputs::Features { size: 2, values },
        targets: Targets::Values(vec![sum]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small(length: usize, count: usize, seed: u64) -> Splits {
        adding_problem(AddingProblem {
            length,
            train: count,
            valid: count,
            test: count,
            seed,
        })
        .unwrap()
    }

    fn parts(sequence: &Sequence) -> (&[f32], f32) {
        match sequence {
            Sequence {
                inputs: Inputs::Features { values, .. },
                targets: Targets::Values(target),
            } => (values, target[0]),
            other => panic!("not a regression on features: {other:?}"),
        }
    }

    proptest! {
        #[test]
        fn each_half_has_one_marker_and_the_target_is_the_marked_sum(length in 2usize..60, seed: u64) {
            for split in Split::ALL {
                for sequence in &small(length, 3, seed).get(split).sequences {
                    let (values, target) = parts(sequence);
                    let marked: Vec<usize> = (0..length).filter(|step| values[2 * step + 1] != 0.0).collect();
                    prop_assert_eq!(marked.len(), 2);
                    prop_assert!(marked[0] < length / 2 && marked[1] >= length / 2);
                    prop_assert_eq!(target, marked.iter().map(|step| values[2 * step]).sum::<f32>());
                }
            }
        }
    }

    #[test]
    fn predicting_one_scores_a_sixth() {
        let splits = small(10, 20_000, 3);
        let errors = splits
            .train
            .sequences
            .iter()
            .map(|sequence| (f64::from(parts(sequence).1) - 1.0).powi(2));
        let score = errors.sum::<f64>() / 20_000.0;
        // Standard error of this mean: 0.0014.
        assert!((score - 1.0 / 6.0).abs() < 0.006, "{score}");
    }

    #[test]
    fn every_step_is_marked_sooner_or_later() {
        let splits = small(7, 500, 3);
        for step in 0..7 {
            assert!(
                splits
                    .train
                    .sequences
                    .iter()
                    .any(|sequence| parts(sequence).0[2 * step + 1] == 1.0),
                "{step}"
            );
        }
    }

    #[test]
    fn a_larger_set_begins_with_the_sequences_of_a_smaller_one() {
        let (small, large) = (small(20, 5, 9), small(20, 8, 9));
        for split in Split::ALL {
            assert_eq!(
                small.get(split).sequences[..],
                large.get(split).sequences[..5]
            );
        }
    }

    #[test]
    fn seeds_and_splits_differ() {
        let splits = small(20, 5, 1);
        assert_eq!(splits, small(20, 5, 1));
        assert_ne!(splits.train, small(20, 5, 2).train);
        assert_ne!(splits.train, splits.valid);
        assert_ne!(splits.valid, splits.test);
    }

    #[test]
    fn impossible_options_are_refused_by_name() {
        let refused = |options| adding_problem(options).unwrap_err().to_string();
        let possible = AddingProblem::default();
        assert_eq!(
            refused(AddingProblem {
                length: 1,
                ..possible
            }),
            "adding problem: length = 1: a sequence needs at least 2 steps, one for each marker"
        );
        assert_eq!(
            refused(AddingProblem {
                valid: 0,
                ..possible
            }),
            "adding problem: valid = 0: every set needs at least one sequence"
        );
        for huge in [usize::MAX, 1 << 40] {
            assert!(
                refused(AddingProblem {
                    length: huge,
                    ..possible
                })
                .contains("at most 0 sequences")
            );
            assert!(
                refused(AddingProblem {
                    test: huge,
                    ..possible
                })
                .contains("at most 1342177 sequences")
            );
        }
    }
}
