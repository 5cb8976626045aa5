//! The shape of a batch of sequences.

use crate::error::{Error, check_length};

/// A batch of sequences, possibly ragged. Its rows of features are time-major, `[steps, batch, features]` with padding past each
/// sequence's end; or packed, without padding: `[total steps, features]` as in PyTorch's `PackedSequence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    /// Number of steps T of the longest sequence that fits.
    pub steps: usize,
    /// Number of sequences B.
    pub batch: usize,
    /// One length per sequence, in any order, 0 to `steps`; absent when every sequence has `steps` steps.
    pub lengths: Option<&'a [usize]>,
    /// Whether the rows are packed: all of step 0, then all of step 1 and so on, of the sequences that have the step. The
    /// lengths must not increase then.
    pub packed: bool,
}

impl<'a> Batch<'a> {
    /// A batch whose sequences all have `steps` steps.
    #[must_use]
    pub fn full(steps: usize, batch: usize) -> Self {
        Batch {
            steps,
            batch,
            lengths: None,
            packed: false,
        }
    }

    /// A batch with one length per sequence.
    #[must_use]
    pub fn ragged(steps: usize, lengths: &'a [usize]) -> Self {
        Batch {
            steps,
            batch: lengths.len(),
            lengths: Some(lengths),
            packed: false,
        }
    }

    /// A batch of padded rows, with one length per sequence or none where every sequence has `steps` steps.
    #[must_use]
    pub fn padded(steps: usize, batch: usize, lengths: Option<&'a [usize]>) -> Self {
        Batch {
            steps,
            batch,
            lengths,
            packed: false,
        }
    }

    /// A batch of packed rows; `lengths` do not increase.
    #[must_use]
    pub fn packed(lengths: &'a [usize]) -> Self {
        Batch {
            steps: lengths.first().copied().unwrap_or(0),
            batch: lengths.len(),
            lengths: Some(lengths),
            packed: true,
        }
    }

    /// Length of sequence `row`.
    #[must_use]
    pub fn length(&self, row: usize) -> usize {
        self.lengths.map_or(self.steps, |lengths| lengths[row])
    }

    /// Checks that a slice holds rows of the size `width`.
    pub(crate) fn check_rows(
        &self,
        what: &'static str,
        found: usize,
        width: (&str, usize),
    ) -> Result<(), Error> {
        if self.packed {
            return check_length(what, found, &[("packed rows", self.total_steps()), width]);
        }
        let shape = [("steps", self.steps), ("batch", self.batch), width];
        check_length(what, found, &shape)
    }

    /// Number of real steps over all sequences.
    #[must_use]
    pub fn total_steps(&self) -> usize {
        self.lengths
            .map_or(self.steps * self.batch, |lengths| lengths.iter().sum())
    }

    /// As [`Batch::validate`], for what reads padded rows alone.
    ///
    /// # Errors
    /// Those of [`Batch::validate`], and [`Error::Lengths`] where rows are packed.
    pub fn validate_padded(&self) -> Result<(), Error> {
        if self.packed {
            let reason =
                "rows are packed, but only padded ones, [steps, batch, features], are read";
            return Err(Error::Lengths(reason.into()));
        }
        self.validate()
    }

    /// Checks that there is one length per sequence and none beyond `steps`, nor, where rows are packed, beyond the one before.
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
        let mut steps = lengths.iter();
        if self.packed
            && steps
                .try_fold(0usize, |sum, &n| sum.checked_add(n))
                .is_none()
        {
            let reason = "the packed rows cannot be counted on this machine";
            return Err(Error::Lengths(reason.into()));
        }
        let longer = lengths.windows(2).position(|pair| pair[0] < pair[1]);
        if let (true, Some(row)) = (self.packed, longer) {
            return Err(Error::Lengths(format!(
                "packed sequences stand in the order of their lengths, the longest first, but sequence {row} has {} steps and sequence {} has {}",
                lengths[row],
                row + 1,
                lengths[row + 1]
            )));
        }
        if let Some(row) = lengths.iter().position(|&length| length > self.steps) {
            return Err(Error::Lengths(format!(
                "sequence {row} is said to have {} steps, but the batch has {}",
                lengths[row], self.steps
            )));
        }
        Ok(())
    }
}
