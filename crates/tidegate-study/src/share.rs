//! A share of the training data.

use std::fmt;

use serde::{Deserialize, Serialize};

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

    /// Passes over a share in an epoch: the root of its denominator, rounded, so that a small share has fewer updates than the
    /// whole set, but not in proportion to its size.
    #[must_use]
    pub fn passes(self) -> usize {
        (self.one_in as f64).sqrt().round() as usize
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
        assert_eq!((share.of(200), share.of(5), share.passes()), (6, 1, 6));
        assert_eq!((Share::ALL.of(7), Share::ALL.passes()), (7, 1));
        assert_eq!(
            (share.to_string(), Share::ALL.to_string()),
            ("1/32".into(), "1".into())
        );
    }
}
