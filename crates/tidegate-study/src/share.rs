//! A share of the training data.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use tidegate_data::{DataError, SequenceSet};

/// One part in so many of the training sequences: 1 for all, 32 for a thirty-second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share {
    /// At least 1.
    pub one_in: usize,
}

impl Share {
    /// All training sequences.
    pub const ALL: Share = Share { one_in: 1 };

    /// Sequences of a share of so many: at least one.
    #[must_use]
    pub fn of(self, sequences: usize) -> usize {
        (sequences / self.one_in.max(1)).max(1)
    }

    /// A share of a set, chosen by a seed, and repeated as often as an epoch [passes](Share::passes) over it.
    ///
    /// # Errors
    /// [`DataError`] for an empty set.
    pub(crate) fn of_set(
        self,
        set: &SequenceSet,
        seed: u64,
    ) -> Result<Cow<'_, SequenceSet>, DataError> {
        if self == Share::ALL {
            return Ok(Cow::Borrowed(set));
        }
        let mut share = set.subset(self.of(set.len()), seed)?;
        let once = share.sequences.clone();
        for _ in 1..self.passes() {
            share.sequences.extend_from_slice(&once);
        }
        Ok(Cow::Owned(share))
    }

    /// Passes over a share in an epoch: as many as make it as long as an epoch of the whole set, so that what is compared over
    /// the shares is the data, and not the number of updates.
    #[must_use]
    pub fn passes(self) -> usize {
        self.one_in.max(1)
    }
}

/// Such as `1/8`; all is `1`.
impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.one_in {
            1 => formatter.pad("1"),
            parts => formatter.pad(&format!("1/{parts}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_at_least_one_sequence_and_at_least_one_pass() {
        let share = Share { one_in: 32 };
        assert_eq!((share.of(200), share.of(5), share.passes()), (6, 1, 32));
        assert_eq!((Share::ALL.of(7), Share::ALL.passes()), (7, 1));
        assert_eq!(
            (share.to_string(), Share::ALL.to_string()),
            ("1/32".into(), "1".into())
        );
    }

    #[test]
    fn a_share_of_a_set_is_repeated_and_depends_on_the_seed() {
        let set = crate::task::Task::adding_problem(4)
            .with_sequences(64)
            .splits()
            .unwrap()
            .train;
        let quarter = Share { one_in: 4 };
        let of = |seed| quarter.of_set(&set, seed).unwrap().into_owned();
        let share = of(1);
        assert_eq!(share.len(), 4 * 16);
        assert_eq!(share.sequences[..16], share.sequences[48..]);
        assert_ne!(share, of(2));
        assert!(matches!(
            Share::ALL.of_set(&set, 1).unwrap(),
            Cow::Borrowed(_)
        ));
    }
}
