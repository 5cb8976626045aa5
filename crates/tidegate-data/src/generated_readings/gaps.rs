//! Gaps in a series: runs of rows without a value.

use crate::random_stream::RandomStream;

/// Longest gap in rows. All lengths from 1 on are equally likely.
const LONGEST: u32 = 11;
const MEAN: f64 = (LONGEST as f64 + 1.0) / 2.0;

/// Says of one row after the other whether its value is missing.
#[derive(Debug)]
pub(super) struct Gaps {
    stream: RandomStream,
    /// Probability that a gap begins at a row that is in none.
    begins: f64,
    /// Rows of the present gap that are still to come.
    left: u32,
}

impl Gaps {
    /// With this share of missing values in a long series.
    ///
    /// Before each row that is in no gap, one begins with probability p; it is L rows long in the mean. Between two gaps lie
    /// (1 − p)/p rows with a value in the mean, so that the share is p L / (p L + 1 − p).
    pub(super) fn new(stream: RandomStream, share: f64) -> Gaps {
        let odds = share / (1.0 - share);
        Gaps {
            stream,
            begins: odds / (MEAN + odds),
            left: 0,
        }
    }

    pub(super) fn missing(&mut self) -> bool {
        if self.left == 0 && f64::from(self.stream.uniform()) < self.begins {
            self.left = 1 + self.stream.below(LONGEST);
        }
        let missing = self.left > 0;
        self.left = self.left.saturating_sub(1);
        missing
    }
}
