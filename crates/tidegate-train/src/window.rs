//! A batch of sequences, or a window of its steps, laid out time-major for the model.

use std::ops::Range;

use tidegate_cells::Batch;
use tidegate_data::{InputKind, Inputs, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::BatchInputs;

use crate::error::TrainError;
use crate::losses::{LossSum, binary_cross_entropy, cross_entropy, mean_squared_error};
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
        Batch {
            steps: self.steps,
            batch: self.rows,
            lengths,
        }
    }

    /// The inputs, time-major.
    pub(crate) fn inputs(&self) -> BatchInputs<'_> {
        if self.tokens_given {
            BatchInputs::Tokens(&self.tokens)
        } else {
            BatchInputs::Features(&self.features)
        }
    }

    /// The loss of the model's `outputs` on this window; `gradient` takes the gradient of its mean.
    pub(crate) fn loss(
        &self,
        outputs: &[f32],
        gradient: &mut Vec<f32>,
    ) -> Result<LossSum, TrainError> {
        gradient.resize(outputs.len(), 0.0);
        let batch = if self.last_step {
            let all = self.ends.iter().all(|&ends| ends == 1);
            Batch {
                steps: 1,
                batch: self.rows,
                lengths: if all { None } else { Some(&self.ends) },
            }
        } else {
            self.batch()
        };
        match self.target {
            Some(TargetKind::Values { size }) => {
                mean_squared_error(&batch, size, outputs, &self.values, gradient)
            }
            Some(TargetKind::Classes { count }) => {
                cross_entropy(&batch, count, outputs, &self.classes, gradient)
            }
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
    if clear {
        buffer.clear();
    }
    buffer.resize(length, zero);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window_steps::{self, count, is_supervised, longest};
    use proptest::prelude::*;
    use tidegate_data::Sequence;

    fn set(lengths: &[usize], supervision: Supervision) -> SequenceSet {
        let sequences = lengths.iter().enumerate().map(|(index, &length)| {
            let number = |step: usize, channel: usize| (100 * index + 10 * step + channel) as f32;
            let steps = if supervision == Supervision::EveryStep {
                length
            } else {
                1
            };
            Sequence {
                inputs: Inputs::Features {
                    size: 2,
                    values: (0..length)
                        .flat_map(|step| [number(step, 1), number(step, 2)])
                        .collect(),
                },
                targets: Targets::Values((0..steps).map(|step| number(step, 5)).collect()),
            }
        });
        SequenceSet {
            input: InputKind::Features { size: 2 },
            target: TargetKind::Values { size: 1 },
            supervision,
            sequences: sequences.collect(),
        }
    }

    #[test]
    fn a_window_is_time_major_and_zero_where_padded() {
        let set = set(&[3, 1, 2], Supervision::EveryStep);
        let mut window = Window::default();
        window.fill(&set, &[2, 0, 1], &(0..3));
        assert_eq!(
            window.batch(),
            Batch {
                steps: 3,
                batch: 3,
                lengths: Some(&[2, 3, 1])
            }
        );
        let BatchInputs::Features(features) = window.inputs() else {
            panic!("features")
        };
        let expected = [
            201., 202., 1., 2., 101., 102., 211., 212., 11., 12., 0., 0., 0., 0., 21., 22., 0., 0.,
        ];
        assert_eq!(features, expected);
        assert_eq!(window.values, [205., 5., 105., 215., 15., 0., 0., 25., 0.]);
    }

    #[test]
    fn sequences_that_ended_before_a_window_have_no_step_in_it() {
        let set = set(&[3, 1, 2], Supervision::EveryStep);
        let mut window = Window::default();
        window.fill(&set, &[0, 1, 2], &(2..4));
        assert_eq!(
            window.batch(),
            Batch {
                steps: 2,
                batch: 3,
                lengths: Some(&[1, 0, 0])
            }
        );
        assert_eq!(window.values[0], 25.0);
    }

    proptest! {
        #[test]
        fn every_supervised_step_falls_into_exactly_one_window(
            lengths in prop::collection::vec(1..9_usize, 1..6), size in 1..10_usize, last: bool,
        ) {
            let supervision = if last { Supervision::LastStep } else { Supervision::EveryStep };
            let set = set(&lengths, supervision);
            let rows: Vec<usize> = (0..lengths.len()).collect();
            let longest = longest(&set, &rows);
            let mut window = Window::default();
            let mut steps = 0;
            for index in 0..count(longest, Some(size)) {
                let range = window_steps::steps(index, longest, Some(size));
                window.fill(&set, &rows, &range);
                let width = if last { 1 } else { range.len() };
                let outputs = vec![0.0; width * lengths.len()];
                let loss = window.loss(&outputs, &mut Vec::new()).unwrap();
                prop_assert_eq!(loss.steps > 0, is_supervised(&set, &rows, &range));
                steps += loss.steps;
            }
            prop_assert_eq!(steps, if last { lengths.len() } else { lengths.iter().sum() });
        }
    }
}
