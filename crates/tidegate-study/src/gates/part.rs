//! The part of a long sequence that a page shows.

use std::ops::Range;

use tidegate_cells::{Cell, Stack};

use super::GatesError;

/// Steps that a page shows where no others are asked for.
const USUAL: usize = 2_000;

/// Values that a page holds at most: some ten megabytes.
const MOST_VALUES: usize = 2_000_000;

/// Steps asked for: from the first, up to but without the end; either may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The first step; 0 if left out.
    pub start: Option<usize>,
    /// The step after the last; the sequence's end if left out, or as far as a page shows.
    pub end: Option<usize>,
}

impl Part {
    /// The steps to show of what a model's recurrent layers do on a sequence of so many steps.
    ///
    /// # Errors
    /// [`GatesError::NoSuchSteps`] if they are not in the sequence, [`GatesError::TooManySteps`] if they make too large a
    /// page.
    pub fn of(self, stack: &Stack, steps: usize) -> Result<Range<usize>, GatesError> {
        let values = arrays(stack.cell) * stack.layers * stack.directions() * stack.hidden_size;
        let most = (MOST_VALUES / values.max(1)).max(1);
        self.check(steps)?;
        let start = self.start.unwrap_or(0);
        let usual = (start + USUAL.min(most)).min(steps);
        let end = match self.end {
            Some(end) => end,
            None => usual,
        };
        if end - start > most {
            return Err(GatesError::TooManySteps {
                asked: self.to_string(),
                most,
            });
        }
        Ok(start..end)
    }

    /// Checks that the steps are in a sequence.
    fn check(self, steps: usize) -> Result<(), GatesError> {
        let (start, end) = (self.start.unwrap_or(0), self.end.unwrap_or(steps));
        if start < end && end <= steps {
            return Ok(());
        }
        Err(GatesError::NoSuchSteps {
            asked: self.to_string(),
            steps,
        })
    }
}

/// Gates, candidate and states that are shown of each layer and direction.
pub(super) fn arrays(cell: Cell) -> usize {
    match cell {
        Cell::Gru(_) => 4,
        Cell::Lstm(_) => 6,
        Cell::Mgu(_) => 3,
        Cell::Rnn(_) => 1,
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = |step: Option<usize>| step.map_or_else(String::new, |step| step.to_string());
        write!(formatter, "{}..{}", side(self.start), side(self.end))
    }
}
