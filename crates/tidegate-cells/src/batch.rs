//! The shape of a batch of sequences.

use crate::error::Error;

/// A batch of sequences, time-major `[steps, batch, features]`, possibly ragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    /// Number of steps T of the longest sequence that fits.
    pub steps: usize,
    /// Number of sequences B.
    pub batch: usize,
    /// One length per sequence, in any order, 0 to `steps`; absent when every sequence has `steps` steps.
    pub lengths: Option<&'a [usize]>,
}

impl<'a> Batch<'a> {
    /// A batch whose sequences all have `steps` steps.
    #[must_use]
    pub fn full(steps: usize, batch: usize) -> Self {
        Batch {
            steps,
            batch,
            lengths: None,
        }
    }

    /// A batch with one length per sequence.
    #[must_use]
    pub fn ragged(steps: usize, lengths: &'a [usize]) -> Self {
        Batch {
            steps,
            batch: lengths.len(),
            lengths: Some(lengths),
        }
    }

    /// Length of sequence `row`.
    #[must_use]
    pub fn length(&self, row: usize) -> usize {
        self.lengths.map_or(self.steps, |lengths| lengths[row])
    }

    /// Number of real steps over all sequences.
    #[must_use]
    pub fn total_steps(&self) -> usize {
        self.lengths
            .map_or(self.steps * self.batch, |lengths| lengths.iter().sum())
    }

    /// Checks that there is one length per sequence and none beyond `steps`.
    ///
    /// # Errors
    /// [`Error::Lengths`] names the sequence at fault.
    pub fn validate(&self) -> Result<(), Error> {
        let Some(lengths) = self.lengths else {
            return Ok(());
        };
        if lengths.len() != self.batch {
            return Err(Error::Lengths(format!(
                "{} given for {} sequences",
                lengths.len(),
                self.batch
            )));
        }
        match lengths.iter().position(|&length| length > self.steps) {
            Some(row) => Err(Error::Lengths(format!(
                "sequence {row} is said to have {} steps, but the batch has {}",
                lengths[row], self.steps
            ))),
            None => Ok(()),
        }
    }
}
