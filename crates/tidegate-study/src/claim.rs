//! A sentence's claim on one measure of two cells, and what an interval says of it.

use crate::verdict::Finding;

/// Ratios so near to 1 count as equal.
const EQUAL: f64 = 1.01;

/// Which of two cells has the larger measure, as a sentence claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The cell that the sentence speaks of has less than the other.
    Less,
    /// It has more.
    More,
}

impl Claim {
    /// Holds where the whole interval lies on the claimed side of 1; does not hold where it lies on the other side, or within
    /// one per cent of 1.
    pub(crate) fn finding(self, interval: Option<[f64; 2]>) -> Finding {
        let Some([low, high]) = interval else {
            return Finding::Undecided;
        };
        let equal = low >= 1.0 / EQUAL && high <= EQUAL;
        let (less, more) = (high < 1.0, low > 1.0);
        match (self, less, more) {
            _ if equal => Finding::DoesNotHold,
            (Claim::Less, true, _) | (Claim::More, _, true) => Finding::Holds,
            (Claim::Less, _, true) | (Claim::More, true, _) => Finding::DoesNotHold,
            _ => Finding::Undecided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_decides_only_where_it_leaves_1_out_or_hardly_leaves_it() {
        let finding = |claim: Claim, interval| claim.finding(interval);
        use Finding::{DoesNotHold, Holds, Undecided};
        for (interval, less, more) in [
            (Some([0.5, 0.9]), Holds, DoesNotHold),
            (Some([1.1, 1.9]), DoesNotHold, Holds),
            (Some([0.9, 1.1]), Undecided, Undecided),
            (Some([0.995, 1.005]), DoesNotHold, DoesNotHold),
            // Less beyond doubt, but by next to nothing.
            (Some([0.993, 0.997]), DoesNotHold, DoesNotHold),
            (Some([1.5, f64::INFINITY]), DoesNotHold, Holds),
            (Some([0.5, f64::INFINITY]), Undecided, Undecided),
            (None, Undecided, Undecided),
        ] {
            assert_eq!(finding(Claim::Less, interval), less, "{interval:?}");
            assert_eq!(finding(Claim::More, interval), more, "{interval:?}");
        }
    }
}
