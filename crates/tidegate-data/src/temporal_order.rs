//! Temporal order: tell in which order two symbols came, long after both.

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::option_limits::{check_sizes, impossible};
use crate::random_stream::RandomStream;
use crate::sequence::{Inputs, Sequence, Targets};
use crate::sequence_set::SequenceSet;
use crate::splits::{Split, Splits};

const TASK: &str = "temporal order";
/// The symbols a, b, c and d, which say nothing, are the tokens below this.
const DISTRACTORS: u32 = 4;
/// The relevant symbols X and Y are this token and the next.
const FIRST_RELEVANT: u32 = 4;
const TRIGGER: u32 = 6;
const START: u32 = 7;
const VOCABULARY: usize = 8;
const CLASSES: usize = 4;
const SHORTEST: usize = 10;

/// Options of [`temporal_order`].
///
/// Hochreiter & Schmidhuber 1997 use lengths of 100 to 110.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TemporalOrder {
    /// Steps of every sequence, start and trigger included, at least 10. Default: 100.
    pub length: usize,
    /// Training sequences. Default: 10,000.
    pub train: usize,
    /// Validation sequences. Default: 1,000.
    pub valid: usize,
    /// Test sequences. Default: 1,000.
    pub test: usize,
    /// Seed of the symbols and their steps. Default: 0.
    pub seed: u64,
}

impl Default for TemporalOrder {
    fn default() -> TemporalOrder {
        TemporalOrder {
            length: 100,
            train: 10_000,
            valid: 1_000,
            test: 1_000,
            seed: 0,
        }
    }
}

/// Generates the temporal order task with two relevant symbols (Hochreiter & Schmidhuber 1997,
/// *Long Short-Term Memory*, Neural Computation 9(8), experiment 6a), with sequences of one length.
///
/// Tokens: 0 to 3 are the distractors a, b, c and d, 4 is X, 5 is Y, 6 is the trigger B and 7 the
/// start E.
///
/// ```text
/// step     0    L/10 to L/10 + L/10    L/2 to L/2 + L/10    L − 1    all others
/// input    E    X or Y                 X or Y               B        a, b, c or d
/// ```
///
/// Divisions round down, both ends are included: steps 10 to 20 and 50 to 60 of 100. The target, at
/// the last step, is one of 4 classes: 0 for X then X, 1 for X then Y, 2 for Y then X, 3 for Y then
/// Y. A model without memory scores ln 4 ≈ 1.386 nats at best.
///
/// Each set has its own random stream, and a larger set begins with the sequences of a smaller one.
///
/// # Errors
/// [`DataError::ImpossibleOption`] for a length below 10, a set without sequences, or more steps
/// than memory could hold.
pub fn temporal_order(options: TemporalOrder) -> Result<Splits, DataError> {
    let TemporalOrder {
        length,
        train,
        valid,
        test,
        seed,
    } = options;
    if length < SHORTEST {
        return Err(impossible(
            TASK,
            "length",
            length,
            "a sequence needs at least 10 steps, so that each relevant symbol has a tenth of them to appear in",
        ));
    }
    check_sizes(TASK, length, train, valid, test)?;
    let generate = |split, count| {
        let mut stream = RandomStream::new(seed, split);
        SequenceSet::new(
            InputKind::Tokens {
                vocabulary: VOCABULARY,
            },
            TargetKind::Classes { count: CLASSES },
            Supervision::LastStep,
            (0..count).map(|_| sequence(length, &mut stream)).collect(),
        )
    };
    Splits::new(
        format!("temporal order, length {length}"),
        generate(Split::Train, train)?,
        generate(Split::Valid, valid)?,
        generate(Split::Test, test)?,
    )
}

fn sequence(length: usize, stream: &mut RandomStream) -> Sequence {
    let tenth = length / 10;
    // The limit on steps keeps every length within u32.
    let mut place = |start: usize| start + stream.below(tenth as u32 + 1) as usize;
    let (first, second) = (place(tenth), place(length / 2));
    let (earlier, later) = (stream.below(2), stream.below(2));
    let mut tokens: Vec<u32> = (0..length).map(|_| stream.below(DISTRACTORS)).collect();
    tokens[0] = START;
    tokens[first] = FIRST_RELEVANT + earlier;
    tokens[second] = FIRST_RELEVANT + later;
    tokens[length - 1] = TRIGGER;
    Sequence {
        inputs: Inputs::Tokens(tokens),
        targets: Targets::Classes(vec![2 * earlier + later]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small(length: usize, count: usize, seed: u64) -> Splits {
        temporal_order(TemporalOrder {
            length,
            train: count,
            valid: count,
            test: count,
            seed,
        })
        .unwrap()
    }

    fn parts(sequence: &Sequence) -> (&[u32], u32) {
        match sequence {
            Sequence {
                inputs: Inputs::Tokens(tokens),
                targets: Targets::Classes(classes),
            } => (tokens, classes[0]),
            other => panic!("not a classification of tokens: {other:?}"),
        }
    }

    /// The steps with X or Y.
    fn relevant(tokens: &[u32]) -> Vec<usize> {
        let is_relevant = |step: &usize| [4, 5].contains(&tokens[*step]);
        (0..tokens.len()).filter(is_relevant).collect()
    }

    proptest! {
        #[test]
        fn two_symbols_stand_in_their_tenths_and_the_target_is_their_order(length in 10usize..130, seed: u64) {
            for split in Split::ALL {
                for sequence in &small(length, 3, seed).get(split).sequences {
                    let (tokens, class) = parts(sequence);
                    prop_assert_eq!(tokens.len(), length);
                    prop_assert_eq!((tokens[0], tokens[length - 1]), (7, 6));
                    let steps = relevant(tokens);
                    prop_assert_eq!(steps.len(), 2);
                    let tenth = length / 10;
                    prop_assert!((tenth..=2 * tenth).contains(&steps[0]));
                    prop_assert!((length / 2..=length / 2 + tenth).contains(&steps[1]));
                    let distractors = (1..length - 1).filter(|step| !steps.contains(step));
                    prop_assert!(distractors.map(|step| tokens[step]).all(|token| token < 4));
                    let orders = [[4, 4], [4, 5], [5, 4], [5, 5]];
                    prop_assert_eq!(orders[class as usize], [tokens[steps[0]], tokens[steps[1]]]);
                }
            }
        }
    }

    #[test]
    fn all_classes_steps_and_distractors_occur_equally_often() {
        let splits = small(100, 4_400, 5);
        let (mut classes, mut tokens) = ([0u32; 4], [0u32; 8]);
        let (mut first, mut second) = ([0u32; 11], [0u32; 11]);
        for sequence in &splits.train.sequences {
            let (found, class) = parts(sequence);
            classes[class as usize] += 1;
            found.iter().for_each(|token| tokens[*token as usize] += 1);
            let steps = relevant(found);
            first[steps[0] - 10] += 1;
            second[steps[1] - 50] += 1;
        }
        // Each class: 1,100 expected, standard deviation 29. Each step: 400, 19. Each distractor:
        // 105,600, 281.
        assert!(
            classes.iter().all(|count| count.abs_diff(1_100) < 150),
            "{classes:?}"
        );
        for steps in [first, second] {
            assert!(
                steps.iter().all(|count| count.abs_diff(400) < 100),
                "{steps:?}"
            );
        }
        assert!(
            tokens[..4]
                .iter()
                .all(|count| count.abs_diff(105_600) < 1_500),
            "{tokens:?}"
        );
    }

    #[test]
    fn seeds_and_splits_differ_and_larger_sets_extend_smaller_ones() {
        let splits = small(20, 4, 1);
        assert_eq!(splits, small(20, 4, 1));
        assert_ne!(splits.train, small(20, 4, 2).train);
        assert_ne!(splits.train, splits.test);
        assert_eq!(
            splits.valid.sequences[..],
            small(20, 6, 1).valid.sequences[..4]
        );
    }

    #[test]
    fn impossible_options_are_refused_by_name() {
        let refused = |options| temporal_order(options).unwrap_err().to_string();
        let possible = TemporalOrder::default();
        assert_eq!(
            refused(TemporalOrder {
                length: 9,
                ..possible
            }),
            "temporal order: length = 9: a sequence needs at least 10 steps, so that each relevant symbol has a tenth \
             of them to appear in"
        );
        assert_eq!(
            refused(TemporalOrder {
                test: 0,
                ..possible
            }),
            "temporal order: test = 0: every set needs at least one sequence"
        );
        assert!(
            refused(TemporalOrder {
                length: usize::MAX,
                ..possible
            })
            .contains("at most 0 sequences")
        );
    }
}
