//! How much a study measures.

use crate::share::Share;
use crate::study_report::Effort;

impl Effort {
    /// Final runs of each cell where no other number is asked for.
    #[must_use]
    pub fn seeds(self) -> usize {
        match self {
            Effort::Quick => 3,
            Effort::Full => 5,
        }
    }

    /// Lags over which memory is tested, in steps.
    pub(crate) fn lags(self) -> &'static [usize] {
        match self {
            Effort::Quick => &[25, 50, 100],
            Effort::Full => &[25, 50, 100, 200, 400, 800],
        }
    }

    /// Training sequences of a memory test.
    pub(crate) fn lag_sequences(self) -> usize {
        match self {
            Effort::Quick => 6_400,
            Effort::Full => 12_800,
        }
    }

    /// Shares of the training data beside all of it, ascending.
    pub(crate) fn shares(self) -> Vec<Share> {
        let parts: &[usize] = match self {
            Effort::Quick => &[32, 8],
            Effort::Full => &[32, 16, 8, 4, 2],
        };
        parts.iter().map(|&one_in| Share { one_in }).collect()
    }
}
