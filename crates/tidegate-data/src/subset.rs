//! A random share of a set, for what is asked of little data.

use crate::error::DataError;
use crate::random_stream::RandomStream;
use crate::sequence_set::SequenceSet;

impl SequenceSet {
    /// A random subset of `count` sequences, in the order that they have in this set.
    ///
    /// The same set, count and seed give the same subset. With one seed, a larger subset holds all
    /// sequences of a smaller one, and the largest is the set itself.
    ///
    /// # Errors
    /// [`DataError::SubsetSize`] for a count of 0 or above [`SequenceSet::len`].
    ///
    /// ```
    /// use tidegate_data::{AddingProblem, adding_problem};
    ///
    /// let train = adding_problem(AddingProblem { length: 10, train: 64, ..AddingProblem::default() })?.train;
    /// let quarter = train.subset(train.len() / 4, 1)?;
    /// assert_eq!(quarter.len(), 16);
    /// assert!(quarter.sequences.iter().all(|sequence| train.sequences.contains(sequence)));
    /// # Ok::<(), tidegate_data::DataError>(())
    /// ```
    pub fn subset(&self, count: usize, seed: u64) -> Result<SequenceSet, DataError> {
        let available = self.len();
        if count == 0 || count > available {
            return Err(DataError::SubsetSize { count, available });
        }
        // The first draws of a shuffle (Fisher-Yates): they do not depend on how many follow.
        let mut stream = RandomStream::of_subsets(seed);
        let mut order: Vec<usize> = (0..available).collect();
        for place in 0..count {
            // No set in memory has more sequences than u32 counts.
            let left = u32::try_from(available - place).unwrap_or(u32::MAX);
            order.swap(place, place + stream.below(left) as usize);
        }
        order.truncate(count);
        order.sort_unstable();
        Ok(SequenceSet {
            input: self.input,
            target: self.target,
            supervision: self.supervision,
            sequences: order
                .into_iter()
                .map(|index| self.sequences[index].clone())
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::kind::{InputKind, Supervision, TargetKind};
    use crate::sequence::{Inputs, Sequence, Targets};

    use super::*;

    /// Every sequence is told by its token.
    fn numbered(count: u32) -> SequenceSet {
        let sequence = |token| Sequence {
            inputs: Inputs::Tokens(vec![token]),
            targets: Targets::Classes(vec![0]),
        };
        SequenceSet::new(
            InputKind::Tokens {
                vocabulary: count.max(1) as usize,
            },
            TargetKind::Classes { count: 1 },
            Supervision::LastStep,
            (0..count).map(sequence).collect(),
        )
        .unwrap()
    }

    fn numbers(set: &SequenceSet) -> Vec<u32> {
        let number = |sequence: &Sequence| match &sequence.inputs {
            Inputs::Tokens(tokens) => tokens[0],
            Inputs::Features { .. } => unreachable!("the set has tokens"),
        };
        set.sequences.iter().map(number).collect()
    }

    fn chosen(available: u32, count: usize, seed: u64) -> Vec<u32> {
        numbers(&numbered(available).subset(count, seed).unwrap())
    }

    proptest! {
        #[test]
        fn a_subset_has_its_size_keeps_the_order_and_lies_in_every_larger_one(available in 1u32..60, seed: u64) {
            let mut smaller = Vec::new();
            for count in 1..=available as usize {
                let subset = chosen(available, count, seed);
                prop_assert_eq!(subset.len(), count);
                prop_assert!(subset.is_sorted_by(|a, b| a < b));
                prop_assert!(smaller.iter().all(|number| subset.contains(number)));
                smaller = subset;
            }
        }
    }

    #[test]
    fn the_whole_set_is_its_own_largest_subset() {
        let set = numbered(9);
        assert_eq!(set.subset(9, 4).unwrap(), set);
    }

    #[test]
    fn every_sequence_is_chosen_equally_often() {
        let mut counts = [0u32; 10];
        for seed in 0..2_000 {
            for number in chosen(10, 3, seed) {
                counts[number as usize] += 1;
            }
        }
        // Each: 600 expected, standard deviation 20.
        assert!(
            counts.iter().all(|count| count.abs_diff(600) < 100),
            "{counts:?}"
        );
    }

    #[test]
    fn seeds_choose_differently_and_the_same_seed_alike() {
        assert_eq!(chosen(40, 10, 1), chosen(40, 10, 1));
        assert_ne!(chosen(40, 10, 1), chosen(40, 10, 2));
    }

    /// If this fails, every share of a data set has changed: scores before and after no longer compare.
    #[test]
    fn the_choice_of_a_seed_never_changes() {
        assert_eq!(chosen(100, 5, 0), [4, 7, 25, 26, 83]);
    }

    #[test]
    fn counts_that_the_set_cannot_give_are_refused() {
        let refused = |count| numbered(4).subset(count, 0).unwrap_err().to_string();
        assert_eq!(
            refused(0),
            "cannot choose 0 of 4 sequences: a subset has at least one and at most all of them"
        );
        assert!(refused(5).contains("choose 5 of 4"));
        assert!(matches!(
            numbered(0).subset(1, 0),
            Err(DataError::SubsetSize {
                count: 1,
                available: 0
            })
        ));
    }
}
