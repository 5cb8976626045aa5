//! Groups of a batch's sequences that are run one after the other.
//!
//! Where a network reads whole sequences, one cannot stop within them, but between some and the next. Sequences do not know
//! of each other: the bits are those of the whole batch.

use std::ops::Range;

use tidegate_cells::{Batch, State};

use crate::sequences::{MULTIPLY_ADDS_PER_PART, Sequences};

/// Some sequences of a batch.
pub(crate) struct Group {
    sequences: Range<usize>,
    /// Number of sequences of the whole batch.
    all: usize,
    steps: usize,
    lengths: Option<Vec<usize>>,
}

impl Sequences {
    /// The sequences in groups, none of which takes long if its sequences do not.
    pub(crate) fn groups(&self, multiply_adds_per_step: usize) -> Vec<Group> {
        let per_sequence = multiply_adds_per_step.saturating_mul(self.steps).max(1);
        let size = (MULTIPLY_ADDS_PER_PART / per_sequence).max(1);
        let lengths = self.batch().lengths;
        let group = |start: usize| {
            let sequences = start..self.batch.min(start + size);
            Group {
                lengths: lengths.map(|lengths| lengths[sequences.clone()].to_vec()),
                sequences,
                all: self.batch,
                steps: self.steps,
            }
        };
        (0..self.batch).step_by(size).map(group).collect()
    }
}

impl Group {
    /// The shape that the engine reads.
    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch::padded(self.steps, self.sequences.len(), self.lengths.as_deref())
    }

    /// Its part of `[…, sequences, width]`.
    pub(crate) fn take<T: Copy>(&self, values: &[T], width: usize) -> Vec<T> {
        let rows = values.chunks_exact(self.all * width);
        rows.flat_map(|row| row[self.range(width)].iter().copied())
            .collect()
    }

    /// Puts what belongs to it into `[…, sequences, width]`.
    pub(crate) fn put(&self, part: &[f32], values: &mut [f32], width: usize) {
        let rows = values.chunks_exact_mut(self.all * width);
        for (row, part) in rows.zip(part.chunks_exact(self.sequences.len() * width)) {
            row[self.range(width)].copy_from_slice(part);
        }
    }

    /// Its part of a state.
    pub(crate) fn take_state(&self, state: &State, units: usize) -> State {
        State {
            batch: self.sequences.len(),
            hidden: self.take(&state.hidden, units),
            cell: self.take(&state.cell, units),
        }
    }

    /// Puts its state into that of all.
    pub(crate) fn put_state(&self, part: &State, state: &mut State, units: usize) {
        self.put(&part.hidden, &mut state.hidden, units);
        self.put(&part.cell, &mut state.cell, units);
    }

    fn range(&self, width: usize) -> Range<usize> {
        self.sequences.start * width..self.sequences.end * width
    }
}
