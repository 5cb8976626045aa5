//! Recordings with numbers, prepared for training.

use tidegate_data::{
    ChannelSchema, Inputs, Recordings, Scaling, Sequence, SequenceSet, unlabelled_split,
};
use tidegate_data::{InputKind, Supervision, TargetKind, Targets};

use crate::error::TrainError;

/// Recordings, split into training and validation, with channels and targets scaled by those of training.
#[derive(Clone, Debug, PartialEq)]
pub struct RegressData {
    /// Channels and their scaling.
    pub schema: ChannelSchema,
    /// How each target is scaled.
    pub target_scaling: Vec<Scaling>,
    /// Indices of the recordings to train on.
    pub train_rows: Vec<usize>,
    /// Indices of those that are held back to validate.
    pub valid_rows: Vec<usize>,
    /// To train on.
    pub train: SequenceSet,
    /// To validate on.
    pub valid: SequenceSet,
}

impl RegressData {
    /// Holds a share of the recordings back and fits the scaling on the rest. `targets` are `[recordings, size]`.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] names what does not fit, and where; [`TrainError::Length`] where there is not a row of
    /// targets for each recording; [`TrainError::Data`] for a target that is not finite once it is scaled.
    pub fn fit(
        recordings: &Recordings,
        targets: &[f64],
        size: usize,
        valid_share: f64,
        seed: u64,
    ) -> Result<RegressData, TrainError> {
        let count = recordings.recordings.len();
        if size == 0 || targets.len() != count * size {
            return Err(TrainError::Length {
                what: "targets",
                steps: 1,
                batch: count,
                width: size,
                found: targets.len(),
            });
        }
        let (train_rows, valid_rows) = unlabelled_split(recordings, valid_share, seed)?;
        let schema = ChannelSchema::fit(recordings, &train_rows);
        let of_target = |target: usize| {
            let rows = train_rows.iter();
            Scaling::fit(rows.map(move |&row| targets[row * size + target]))
        };
        let target_scaling: Vec<Scaling> = (0..size).map(of_target).collect();
        let inputs = schema.inputs(recordings)?;
        let set = |part, rows: &[usize]| {
            let sequences = rows.iter().map(|&row| {
                let values = targets[row * size..(row + 1) * size].iter();
                let scaled = values.zip(&target_scaling);
                Sequence {
                    inputs: inputs[row].clone(),
                    targets: Targets::Values(
                        scaled
                            .map(|(&value, scaling)| scaling.to_scaled(value) as f32)
                            .collect(),
                    ),
                }
            });
            set_of(schema.channels.len(), size, sequences.collect()).map_err(|problem| {
                TrainError::Data {
                    part,
                    problem: Box::new(problem),
                }
            })
        };
        Ok(RegressData {
            train: set("training", &train_rows)?,
            valid: set("validation", &valid_rows)?,
            schema,
            target_scaling,
            train_rows,
            valid_rows,
        })
    }
}

/// Sequences with so many channels and so many numbers at their end.
fn set_of(
    channels: usize,
    targets: usize,
    sequences: Vec<Sequence>,
) -> Result<SequenceSet, tidegate_data::DataError> {
    SequenceSet::new(
        InputKind::Features { size: channels },
        TargetKind::Values { size: targets },
        Supervision::LastStep,
        sequences,
    )
}

/// Sequences whose targets nobody reads.
pub(super) fn without_targets(inputs: Vec<Inputs>, channels: usize, targets: usize) -> SequenceSet {
    let sequences = inputs.into_iter().map(|inputs| Sequence {
        inputs,
        targets: Targets::Values(vec![0.0; targets]),
    });
    SequenceSet {
        input: InputKind::Features { size: channels },
        target: TargetKind::Values { size: targets },
        supervision: Supervision::LastStep,
        sequences: sequences.collect(),
    }
}
