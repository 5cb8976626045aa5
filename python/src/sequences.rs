//! The layout of the sequences that a caller gives: one sequence or a batch, time first or batch first, perhaps ragged.

use std::borrow::Cow;
use std::fmt;

use pyo3::prelude::*;
use tidegate_cells::{Batch, Error as CellsError, first_not_finite};

use crate::arrays::{lengths_of, shape_text};
use crate::compute::compute;
use crate::error::{Failure, Outcome};

/// Multiply-adds after which a pass over long sequences asks whether the user wants to stop: about a tenth of a second.
pub(crate) const MULTIPLY_ADDS_PER_PART: usize = 1 << 31;

/// How many sequences there are, and how they lie in the caller's arrays.
pub(crate) struct Sequences {
    /// Number of steps T of the longest sequence.
    pub(crate) steps: usize,
    /// Number of sequences B.
    pub(crate) batch: usize,
    /// Whether the arrays have an axis for the batch.
    pub(crate) is_batched: bool,
    /// Whether that axis comes before the steps.
    pub(crate) is_batch_first: bool,
    lengths: Option<Vec<usize>>,
}

impl Sequences {
    /// Sequences in an array of `shape`, whose last axis is `width` features, or which has none for tokens.
    ///
    /// # Errors
    /// `ValueError` if there is another number of axes or features, no sequence or no step, or if the lengths do not fit.
    pub(crate) fn of(
        name: &str,
        shape: &[usize],
        width: Option<usize>,
        is_batch_first: bool,
        lengths: Option<&Bound<'_, PyAny>>,
    ) -> Outcome<Sequences> {
        let refuse = |reason: String| {
            Err(Failure::value(format!(
                "{name} has shape {}, {reason}",
                shape_text(shape)
            )))
        };
        let axes = |axes: &str| match width {
            Some(width) => format!("[{axes}, {width}]"),
            None => format!("[{axes}]"),
        };
        let batched = if is_batch_first {
            "batch, steps"
        } else {
            "steps, batch"
        };
        let expected = format!("expected {} or {}", axes(batched), axes("steps"));
        let (outer, features) = match width {
            Some(_) => match shape.split_last() {
                Some((&features, outer)) => (outer, Some(features)),
                None => return refuse(expected),
            },
            None => (shape, None),
        };
        let (steps, batch) = match *outer {
            [steps] => (steps, 1),
            [batch, steps] if is_batch_first => (steps, batch),
            [steps, batch] => (steps, batch),
            _ => return refuse(expected),
        };
        if features != width {
            return refuse(expected);
        }
        if steps == 0 {
            return refuse("but a sequence needs at least one step".into());
        }
        if batch == 0 {
            return refuse("but there has to be at least one sequence".into());
        }
        let is_batched = outer.len() == 2;
        let lengths = match lengths {
            None => None,
            Some(_) if !is_batched => {
                return Err(Failure::value(format!(
                    "lengths are for a batch, and {name} of shape {} is one sequence",
                    shape_text(shape)
                )));
            }
            Some(lengths) => Some(lengths_of(lengths)?),
        };
        let sequences = Sequences {
            steps,
            batch,
            is_batched,
            is_batch_first,
            lengths,
        };
        sequences.batch().validate()?;
        Ok(sequences)
    }

    /// The shape that the engine reads.
    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch::padded(self.steps, self.batch, self.lengths.as_deref())
    }

    /// Whether the caller's order of axes is the engine's.
    pub(crate) fn is_time_major(&self) -> bool {
        !self.is_batch_first || self.batch == 1 || self.steps == 1
    }

    /// The caller's rows of `width` values, time first: where they lie if they lie so.
    pub(crate) fn time_major<'a, T: Copy + Default + Send + Sync>(
        &self,
        py: Python<'_>,
        values: &'a [T],
        width: usize,
    ) -> Cow<'a, [T]> {
        if self.is_time_major() {
            return Cow::Borrowed(values);
        }
        Cow::Owned(compute(py, || {
            let mut rows = vec![T::default(); values.len()];
            swap_axes(values, &mut rows, [self.batch, self.steps, width]);
            rows
        }))
    }

    /// Writes rows that stand time first to `target` in the caller's order.
    pub(crate) fn to_callers_order(
        &self,
        py: Python<'_>,
        rows: &[f32],
        target: &mut [f32],
        width: usize,
    ) {
        compute(py, || {
            if self.is_time_major() {
                target.copy_from_slice(rows);
            } else {
                swap_axes(rows, target, [self.steps, self.batch, width]);
            }
        });
    }

    /// The shape of the caller's array with a row of `width` values for each step.
    pub(crate) fn shape_of_steps(&self, width: usize) -> Vec<usize> {
        match (self.is_batched, self.is_batch_first) {
            (false, _) => vec![self.steps, width],
            (true, false) => vec![self.steps, self.batch, width],
            (true, true) => vec![self.batch, self.steps, width],
        }
    }

    /// The shape of the caller's array with a row of `width` values for each sequence.
    pub(crate) fn shape_of_sequences(&self, width: usize) -> Vec<usize> {
        if self.is_batched {
            vec![self.batch, width]
        } else {
            vec![width]
        }
    }

    /// The sequences' steps in parts that follow each other, none of which takes long.
    pub(crate) fn parts(&self, multiply_adds_per_step: usize) -> Vec<Part> {
        let per_step = multiply_adds_per_step.saturating_mul(self.batch).max(1);
        let steps = (MULTIPLY_ADDS_PER_PART / per_step).max(1);
        let starts = (0..self.steps).step_by(steps);
        starts
            .map(|start| {
                let end = self.steps.min(start + steps);
                let length = |&length: &usize| length.clamp(start, end) - start;
                let lengths = self.lengths.as_ref();
                Part {
                    start,
                    end,
                    batch: self.batch,
                    lengths: lengths.map(|lengths| lengths.iter().map(length).collect()),
                }
            })
            .collect()
    }

    /// Checks that the features `[steps, batch, width]` of every real step are finite: for sequences that are run in parts,
    /// whose own errors would count steps from the part's first.
    ///
    /// # Errors
    /// The engine's, with the place in the whole sequences.
    pub(crate) fn check_finite(&self, rows: &[f32], width: usize) -> Result<(), CellsError> {
        if first_not_finite(rows).is_none() {
            return Ok(());
        }
        let batch = self.batch();
        for (index, row) in rows.chunks_exact(width).enumerate() {
            let (step, sequence) = (index / self.batch, index % self.batch);
            if step < batch.length(sequence)
                && let Some(feature) = first_not_finite(row)
            {
                return Err(CellsError::NotFinite {
                    what: "input".into(),
                    value: row[feature],
                    place: format!("step {step}, sequence {sequence}, feature {feature}"),
                });
            }
        }
        Ok(())
    }
}

impl fmt::Display for Sequences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a pass over {} × {} steps", self.batch, self.steps)
    }
}

/// Some steps of all sequences.
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) end: usize,
    batch: usize,
    lengths: Option<Vec<usize>>,
}

impl Part {
    /// The shape that the engine reads.
    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch::padded(self.end - self.start, self.batch, self.lengths.as_deref())
    }

    /// Where its rows of `width` values lie, time first.
    pub(crate) fn range(&self, width: usize) -> std::ops::Range<usize> {
        self.start * self.batch * width..self.end * self.batch * width
    }
}

/// Writes `source [a, b, width]` to `target [b, a, width]`.
fn swap_axes<T: Copy>(source: &[T], target: &mut [T], [a, b, width]: [usize; 3]) {
    if width == 0 {
        return;
    }
    for (index, row) in target.chunks_exact_mut(width).enumerate() {
        let (second, first) = (index / a, index % a);
        row.copy_from_slice(&source[(first * b + second) * width..][..width]);
    }
}
