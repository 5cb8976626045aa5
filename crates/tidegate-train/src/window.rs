//! A batch of sequences, or a window of its steps, laid out time-major for the model.

use std::ops::Range;

use tidegate_cells::{Batch, make_room};
use tidegate_data::{InputKind, Inputs, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::BatchInputs;

use crate::error::TrainError;
use crate::losses::{
    LossSum, binary_cross_entropy, cross_entropy, mean_squared_error, weighted_cross_entropy,
};
use crate::window_steps::ends_inside;

/// Buffers for one window after another, kept between updates. Sequences that have ended have length 0, so that the
/// engine leaves their state as it is.
#[derive(Default)]
pub(crate) struct Window {
    steps: usize,
    rows: usize,
    /// Real steps of each row inside the window.
    lengths: Vec<usize>,
    ragged: bool,
    tokens_given: bool,
    features: Vec<f32>,
    tokens: Vec<u32>,
    target: Option<TargetKind>,
    last_step: bool,
    /// For supervision of the last step: 1 where the row ends in this window.
    ends: Vec<usize>,
    values: Vec<f32>,
    classes: Vec<u32>,
}

impl Window {
    /// Lays out the given steps of the sequences `rows` of a set that keeps its promises.
    pub(crate) fn fill(&mut self, set: &SequenceSet, rows: &[usize], window: &Range<usize>) {
        let start = window.start;
        let steps = window.len();
        let batch = rows.len();
        let sequences = || rows.iter().map(|&row| &set.sequences[row]);
        (self.steps, self.rows) = (steps, batch);
        self.lengths.clear();
        let lengths = rows.iter().map(|&row| set.sequence_length(row));
        self.lengths.extend(
            lengths
                .clone()
                .map(|length| length.saturating_sub(start).min(steps)),
        );
        self.ragged = self.lengths.iter().any(|&length| length != steps);
        let inputs = sequences().zip(&self.lengths).enumerate();
        match set.input {
            InputKind::Features { size } => {
                self.tokens_given = false;
                resize(&mut self.features, steps * batch * size, self.ragged, 0.0);
                for (row, (sequence, &length)) in inputs {
                    if let Inputs::Features { values, .. } = &sequence.inputs {
                        scatter(
                            part(values, start, length, size),
                            size,
                            row,
                            batch,
                            &mut self.features,
                        );
                    }
                }
            }
            InputKind::Tokens { .. } => {
                self.tokens_given = true;
                resize(&mut self.tokens, steps * batch, self.ragged, 0);
                for (row, (sequence, &length)) in inputs {
                    if let Inputs::Tokens(tokens) = &sequence.inputs {
                        scatter(
                            part(tokens, start, length, 1),
                            1,
                            row,
                            batch,
                            &mut self.tokens,
                        );
                    }
                }
            }
        }
        self.target = Some(set.target);
        self.last_step = set.supervision == Supervision::LastStep;
        self.ends.clear();
        if self.last_step {
            self.ends
                .extend(lengths.map(|length| usize::from(ends_inside(length, window))));
        }
        self.fill_targets(set, rows, start);
    }

    /// Lays out a part of a window. Where the last step of a sequence is supervised, the window's last part stands for all
    /// of it: the state that the model is read from has been carried to there.
    pub(crate) fn fill_part(
        &mut self,
        set: &SequenceSet,
        rows: &[usize],
        part: &Range<usize>,
        window: &Range<usize>,
    ) {
        self.fill(set, rows, part);
        if self.last_step && part != window && part.end == window.end {
            self.ends.clear();
            let lengths = rows.iter().map(|&row| set.sequence_length(row));
            self.ends
                .extend(lengths.map(|length| usize::from(ends_inside(length, window))));
            self.fill_targets(set, rows, part.start);
        }
    }

    fn fill_targets(&mut self, set: &SequenceSet, rows: &[usize], start: usize) {
        let batch = rows.len();
        // What stands under a step that is not supervised is never looked at, but must not grow with old batches.
        let target_steps = if self.last_step { 1 } else { self.steps };
        let width = match set.target {
            TargetKind::Values { size: width } | TargetKind::Labels { count: width } => {
                resize(
                    &mut self.values,
                    target_steps * batch * width,
                    self.ragged,
                    0.0,
                );
                width
            }
            TargetKind::Classes { .. } => {
                resize(&mut self.classes, target_steps * batch, self.ragged, 0);
                1
            }
        };
        for (row, &index) in rows.iter().enumerate() {
            let (start, length) = if self.last_step {
                (0, self.ends[row])
            } else {
                (start, self.lengths[row])
            };
            match &set.sequences[index].targets {
                Targets::Values(values) | Targets::Labels(values) => {
                    scatter(
                        part(values, start, length, width),
                        width,
                        row,
                        batch,
                        &mut self.values,
                    );
                }
                Targets::Classes(classes) => {
                    scatter(
                        part(classes, start, length, 1),
                        1,
                        row,
                        batch,
                        &mut self.classes,
                    );
                }
            }
        }
    }

    /// The shape of the inputs.
    pub(crate) fn batch(&self) -> Batch<'_> {
        let lengths = if self.ragged {
            Some(self.lengths.as_slice())
        } else {
            None
        };
        Batch::padded(self.steps, self.rows, lengths)
    }

    /// The inputs, time-major.
    pub(crate) fn inputs(&self) -> BatchInputs<'_> {
        if self.tokens_given {
            BatchInputs::Tokens(&self.tokens)
        } else {
            BatchInputs::Features(&self.features)
        }
    }

    /// The loss of the model's `outputs` on this window; `gradient` takes the gradient of its mean. `class_weights` count
    /// where the targets are classes.
    pub(crate) fn loss(
        &self,
        outputs: &[f32],
        class_weights: Option<&[f64]>,
        gradient: &mut Vec<f32>,
    ) -> Result<LossSum, TrainError> {
        make_room(gradient, outputs.len());
        gradient.resize(outputs.len(), 0.0);
        let batch = if self.last_step {
            let all = self.ends.iter().all(|&ends| ends == 1);
            Batch::padded(1, self.rows, if all { None } else { Some(&self.ends) })
        } else {
            self.batch()
        };
        match self.target {
            Some(TargetKind::Values { size }) => {
                mean_squared_error(&batch, size, outputs, &self.values, gradient)
            }
            Some(TargetKind::Classes { count }) => match class_weights {
                None => cross_entropy(&batch, count, outputs, &self.classes, gradient),
                Some(weights) => {
                    weighted_cross_entropy(&batch, weights, outputs, &self.classes, gradient)
                }
            },
            Some(TargetKind::Labels { count }) => {
                binary_cross_entropy(&batch, count, outputs, &self.values, gradient)
            }
            None => Ok(LossSum::default()),
        }
    }
}

/// Values of steps `start..start + length`.
fn part<T>(values: &[T], start: usize, length: usize, width: usize) -> &[T] {
    if length == 0 {
        &[]
    } else {
        &values[start * width..(start + length) * width]
    }
}

/// Copies the steps of one row to their places in a time-major buffer.
fn scatter<T: Copy>(source: &[T], width: usize, row: usize, batch: usize, target: &mut [T]) {
    if batch == 1 {
        target[..source.len()].copy_from_slice(source);
        return;
    }
    if width == 1 {
        for (place, value) in target.iter_mut().skip(row).step_by(batch).zip(source) {
            *place = *value;
        }
        return;
    }
    for (step, values) in source.chunks_exact(width.max(1)).enumerate() {
        target[(step * batch + row) * width..][..width].copy_from_slice(values);
    }
}

/// Gives a buffer its length and, where not every place will be written, empties it.
fn resize<T: Copy>(buffer: &mut Vec<T>, length: usize, clear: bool, zero: T) {
    make_room(buffer, length);
    if clear {
        buffer.clear();
    }
    buffer.resize(length, zero);
}

#[cfg(test)]
mod tests;
