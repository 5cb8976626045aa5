//! The first part of a table in blocks, each of which is held back once.

use std::ops::Range;

use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};

use super::channel::{Channel, input};
use super::data::DetectData;
use super::error::DetectError;
use super::predictor::Predictor;
use crate::error::TrainError;
use tidegate_model::Model;

/// Beginnings of sequences lie this many rows apart, or as many as leave about this many sequences.
const LEAST_STRIDE: usize = 8;
const SEQUENCES: usize = 512;

/// Some rows to learn from, and some that are held back.
pub(super) struct Fold {
    /// In one or two pieces.
    pub(super) learnt: Vec<Range<usize>>,
    pub(super) held_back: Range<usize>,
}

impl Fold {
    /// The fold of so many that holds back the block `index` of the first `rows`.
    pub(super) fn of(rows: usize, folds: usize, index: usize) -> Fold {
        let border = |index: usize| index * rows / folds;
        let held_back = border(index)..border(index + 1);
        let pieces = [0..held_back.start, held_back.end..rows];
        Fold {
            learnt: pieces
                .into_iter()
                .filter(|piece| !piece.is_empty())
                .collect(),
            held_back,
        }
    }

    /// The channels' scales, from the rows that are learnt from.
    pub(super) fn channels(&self, data: &DetectData) -> Result<Vec<Channel>, DetectError> {
        let names = data.names.iter().enumerate();
        names
            .map(|(index, name)| {
                let parts: Vec<Vec<f64>> = self
                    .learnt
                    .iter()
                    .map(|part| data.column(index, part.clone()))
                    .collect();
                Channel::fit(name, parts.iter().map(Vec::as_slice))
            })
            .collect()
    }

    /// Sequences of `steps` to learn from, and to choose the best epoch with.
    pub(super) fn sets(
        &self,
        data: &DetectData,
        channels: &[Channel],
        steps: usize,
    ) -> Result<[SequenceSet; 2], TrainError> {
        let rows: usize = self.learnt.iter().map(Range::len).sum();
        let stride = (rows / SEQUENCES).clamp(LEAST_STRIDE.min(steps), steps);
        let learnt = sequences(data, channels, &self.learnt, steps, stride);
        let held_back = sequences(
            data,
            channels,
            std::slice::from_ref(&self.held_back),
            steps,
            steps,
        );
        let set = |sequences: Vec<Sequence>, part: String| {
            if sequences.is_empty() {
                return Err(TrainError::from(DetectError::NoSequence {
                    steps: steps + 1,
                    part,
                }));
            }
            SequenceSet::new(
                InputKind::Features {
                    size: 2 * channels.len(),
                },
                TargetKind::Values {
                    size: channels.len(),
                },
                Supervision::EveryStep,
                sequences,
            )
            .map_err(|problem| TrainError::Data {
                part: "training",
                problem: Box::new(problem),
            })
        };
        let Range { start, end } = self.held_back;
        let words = format!("rows {} to {}, which are held back", start + 1, end);
        let inside = format!("ends of {words}; within rows {} to {end}", start + 1);
        Ok([set(learnt, words)?, set(held_back, inside)?])
    }

    /// The errors of the held-back rows `[rows, channels]`, by a network that did not learn from them, which has read all
    /// rows before.
    pub(super) fn errors(
        &self,
        data: &DetectData,
        model: &Model,
        channels: &[Channel],
    ) -> Result<Vec<f64>, TrainError> {
        let width = channels.len();
        let mut predictor = Predictor::new(model, width);
        let mut errors = vec![f64::NAN; self.held_back.len() * width];
        let mut of_row = vec![f64::NAN; width];
        for row in 0..self.held_back.end {
            predictor.observe(channels, data.row(row), &mut of_row);
            if let Some(place) = row.checked_sub(self.held_back.start) {
                errors[place * width..(place + 1) * width].copy_from_slice(&of_row);
            }
            predictor.advance(model, channels)?;
        }
        Ok(errors)
    }
}

/// Sequences of rows that follow each other without a missing value: each step's target is what the line does not expect
/// of the next row.
fn sequences(
    data: &DetectData,
    channels: &[Channel],
    parts: &[Range<usize>],
    steps: usize,
    stride: usize,
) -> Vec<Sequence> {
    let width = channels.len();
    let mut sequences = Vec::new();
    for part in parts {
        for run in whole_runs(data, part.clone()) {
            let scaled: Vec<f64> = run
                .clone()
                .flat_map(|row| data.row(row).iter().zip(channels))
                .map(|(&value, channel)| channel.scaled(value))
                .collect();
            let innovation = |row: usize, index: usize| {
                let channel = &channels[index];
                let expected = channel.expected(scaled[(row - 1) * width + index]);
                input(channel.innovation_of(scaled[row * width + index], expected))
            };
            let rows = run.len();
            for start in (0..rows.saturating_sub(steps)).step_by(stride) {
                let mut values = Vec::with_capacity(2 * width * steps);
                let mut targets = Vec::with_capacity(width * steps);
                for row in start..start + steps {
                    for index in 0..width {
                        values.push(input(scaled[row * width + index]));
                        values.push(if row == 0 {
                            0.0
                        } else {
                            innovation(row, index)
                        });
                        targets.push(innovation(row + 1, index));
                    }
                }
                sequences.push(Sequence {
                    inputs: Inputs::Features {
                        size: 2 * width,
                        values,
                    },
                    targets: Targets::Values(targets),
                });
            }
        }
    }
    sequences
}

/// The longest ranges of rows in which nothing is missing.
fn whole_runs(data: &DetectData, rows: Range<usize>) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = rows.start;
    for row in rows.clone() {
        if !data.is_whole(row) {
            runs.push(start..row);
            start = row + 1;
        }
    }
    runs.push(start..rows.end);
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_held_back_once_and_learnt_from_in_all_other_folds() {
        for rows in [200, 203, 604] {
            for row in 0..rows {
                let folds: Vec<Fold> = (0..4).map(|index| Fold::of(rows, 4, index)).collect();
                let held_back = folds
                    .iter()
                    .filter(|fold| fold.held_back.contains(&row))
                    .count();
                let learnt = folds
                    .iter()
                    .filter(|fold| fold.learnt.iter().any(|part| part.contains(&row)));
                assert_eq!((held_back, learnt.count()), (1, 3));
            }
        }
    }
}
