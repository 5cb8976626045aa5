//! Copy memory: recall ten symbols after a long blank.

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::option_limits::{check_sizes, impossible};
use crate::random_stream::RandomStream;
use crate::sequence::{Inputs, Sequence, Targets};
use crate::sequence_set::SequenceSet;
use crate::splits::{Split, Splits};

const TASK: &str = "copy memory";
const BLANK: u32 = 0;
const SYMBOLS: u32 = 8;
const DELIMITER: u32 = 9;
const REMEMBERED: usize = 10;

/// Options of [`copy_memory`].
///
/// Bai et al. 2018 (arXiv 1803.01271) use lags of 500 to 2,000, 10,000 training and 1,000 test
/// sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopyMemory {
    /// Steps from a symbol's arrival to its recall, less the ten that are remembered: T in the
    /// paper, at least 1. A sequence has `lag + 20` steps. Default: 100.
    pub lag: usize,
    /// Training sequences. Default: 10,000.
    pub train: usize,
    /// Validation sequences. Default: 1,000.
    pub valid: usize,
    /// Test sequences. Default: 1,000.
    pub test: usize,
    /// Seed of the symbols. Default: 0.
    pub seed: u64,
}

impl Default for CopyMemory {
    fn default() -> CopyMemory {
        CopyMemory {
            lag: 100,
            train: 10_000,
            valid: 1_000,
            test: 1_000,
            seed: 0,
        }
    }
}

/// Generates the copy memory task of Arjovsky et al. 2016 (arXiv 1511.06464), after Hochreiter &
/// Schmidhuber 1997.
///
/// Tokens: 0 is the blank, 1 to 8 are the symbols, 9 is the delimiter.
///
/// ```text
/// steps    10        lag − 1     1    10
/// input    symbols   blanks      9    blanks
/// target   blanks    blanks   blank   the symbols, in order
/// ```
///
/// The target is one of 9 classes at every step: the blank or a symbol, never the delimiter. A
/// model without memory that knows the form scores 10 · ln 8 / (lag + 20) nats a step (0.0204 at a
/// lag of 1,000). Bai et al. 2018 repeat the delimiter over the last ten steps instead of blanks.
///
/// Each set has its own random stream, and a larger set begins with the sequences of a smaller one.
///
/// # Errors
/// [`DataError::ImpossibleOption`] for a lag of 0, a set without sequences, or more steps than
/// memory could hold.
pub fn copy_memory(options: CopyMemory) -> Result<Splits, DataError> {
    let CopyMemory {
        lag,
        train,
        valid,
        test,
        seed,
    } = options;
    if lag == 0 {
        return Err(impossible(
            TASK,
            "lag",
            lag,
            "it has to be at least 1, which leaves room for the delimiter",
        ));
    }
    check_sizes(TASK, lag.saturating_add(2 * REMEMBERED), train, valid, test)?;
    let generate = |split, count| {
        let mut stream = RandomStream::new(seed, split);
        SequenceSet::new(
            InputKind::Tokens {
                vocabulary: 1 + SYMBOLS as usize + 1,
            },
            TargetKind::Classes {
                count: 1 + SYMBOLS as usize,
            },
            Supervision::EveryStep,
            (0..count).map(|_| sequence(lag, &mut stream)).collect(),
        )
    };
    Splits::new(
        format!("copy memory, lag {lag}"),
        generate(Split::Train, train)?,
        generate(Split::Valid, valid)?,
        generate(Split::Test, test)?,
    )
}

fn sequence(lag: usize, stream: &mut RandomStream) -> Sequence {
    let mut inputs = vec![BLANK; lag + 2 * REMEMBERED];
    let mut targets = inputs.clone();
    let recall = targets.len() - REMEMBERED;
    for (position, target) in targets[recall..].iter_mut().enumerate() {
        *target = 1 + stream.below(SYMBOLS);
        inputs[position] = *target;
    }
    inputs[recall - 1] = DELIMITER;
    Sequence {
        inputs: Inputs::Tokens(inputs),
        targets: Targets::Classes(targets),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small(lag: usize, count: usize, seed: u64) -> Splits {
        copy_memory(CopyMemory {
            lag,
            train: count,
            valid: count,
            test: count,
            seed,
        })
        .unwrap()
    }

    fn parts(sequence: &Sequence) -> (&[u32], &[u32]) {
        match sequence {
            Sequence {
                inputs: Inputs::Tokens(tokens),
                targets: Targets::Classes(classes),
            } => (tokens, classes),
            other => panic!("not a classification of tokens: {other:?}"),
        }
    }

    proptest! {
        #[test]
        fn symbols_come_first_and_are_asked_for_after_the_delimiter(lag in 1usize..50, seed: u64) {
            for split in Split::ALL {
                for sequence in &small(lag, 3, seed).get(split).sequences {
                    let (tokens, classes) = parts(sequence);
                    prop_assert_eq!((tokens.len(), classes.len()), (lag + 20, lag + 20));
                    prop_assert!(tokens[..10].iter().all(|token| (1..=8).contains(token)));
                    prop_assert!(tokens[10..lag + 9].iter().all(|token| *token == 0));
                    prop_assert_eq!(tokens[lag + 9], 9);
                    prop_assert!(tokens[lag + 10..].iter().all(|token| *token == 0));
                    prop_assert!(classes[..lag + 10].iter().all(|class| *class == 0));
                    prop_assert_eq!(&classes[lag + 10..], &tokens[..10]);
                }
            }
        }
    }

    #[test]
    fn all_eight_symbols_occur_equally_often() {
        let splits = small(1, 2_000, 5);
        let mut counts = [0u32; 10];
        for sequence in &splits.train.sequences {
            parts(sequence).0[..10]
                .iter()
                .for_each(|token| counts[*token as usize] += 1);
        }
        // Each symbol: 2,500 expected, standard deviation 47.
        assert!(
            counts[1..=8]
                .iter()
                .all(|count| count.abs_diff(2_500) < 250),
            "{counts:?}"
        );
    }

    #[test]
    fn seeds_and_splits_differ_and_larger_sets_extend_smaller_ones() {
        let splits = small(5, 4, 1);
        assert_eq!(splits, small(5, 4, 1));
        assert_ne!(splits.train, small(5, 4, 2).train);
        assert_ne!(splits.train, splits.test);
        assert_eq!(
            splits.valid.sequences[..],
            small(5, 6, 1).valid.sequences[..4]
        );
    }

    #[test]
    fn impossible_options_are_refused_by_name() {
        let refused = |options| copy_memory(options).unwrap_err().to_string();
        let possible = CopyMemory::default();
        assert_eq!(
            refused(CopyMemory { lag: 0, ..possible }),
            "copy memory: lag = 0: it has to be at least 1, which leaves room for the delimiter"
        );
        assert_eq!(
            refused(CopyMemory {
                train: 0,
                ..possible
            }),
            "copy memory: train = 0: every set needs at least one sequence"
        );
        assert!(
            refused(CopyMemory {
                lag: usize::MAX,
                ..possible
            })
            .contains("at most 0 sequences")
        );
    }
}
