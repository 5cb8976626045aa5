//! The channels of recordings with their scaling: what any model of whole recordings remembers of its training recordings.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Recordings;
use super::error::{RecordingsError, short};
use super::recording::Recording;
use crate::panel::Scaling;
use crate::sequence::Inputs;

/// Channels and their scaling, taken from training recordings that need no labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSchema {
    /// The channels' names, in a model's order; at least one.
    pub channels: Vec<String>,
    /// Of each channel, over all steps of the training recordings.
    pub scaling: Vec<Scaling>,
}

impl ChannelSchema {
    /// Takes channels and scaling from the recordings with these indices.
    ///
    /// # Panics
    /// If an index is not below the number of recordings.
    #[must_use]
    pub fn fit(recordings: &Recordings, training: &[usize]) -> ChannelSchema {
        ChannelSchema {
            channels: recordings.channels.clone(),
            scaling: scaling(recordings, training),
        }
    }

    /// All recordings without their labels, in the file's order: what a trained model is shown.
    ///
    /// # Errors
    /// Channels that differ, or a value that cannot be scaled.
    pub fn inputs(&self, recordings: &Recordings) -> Result<Vec<Inputs>, RecordingsError> {
        self.validate()?;
        inputs(&self.channels, &self.scaling, recordings)
    }

    /// A schema may come from a file that was changed.
    ///
    /// # Errors
    /// [`RecordingsError::Schema`] says what does not hold together.
    pub fn validate(&self) -> Result<(), RecordingsError> {
        let refusals = [
            (self.channels.is_empty(), "there is no channel"),
            (repeats(&self.channels), "two channels have one name"),
            (
                self.scaling.len() != self.channels.len(),
                "there is not one scaling for each channel",
            ),
            (
                !self.scaling.iter().all(Scaling::is_usable),
                "a scaling is not finite, or its deviation is not above 0",
            ),
        ];
        match refusals.into_iter().find(|(refused, _)| *refused) {
            Some((_, reason)) => Err(RecordingsError::Schema { reason }),
            None => Ok(()),
        }
    }
}

/// Whether two names are the same.
pub(super) fn repeats(names: &[String]) -> bool {
    let mut seen = HashSet::new();
    !names.iter().all(|name| seen.insert(name))
}

/// The scaling of each channel over all steps of the recordings with these indices.
pub(super) fn scaling(recordings: &Recordings, rows: &[usize]) -> Vec<Scaling> {
    let size = recordings.channels.len();
    let all = || rows.iter().map(|&row| &recordings.recordings[row]);
    let of_channel = |channel| {
        let values = all().flat_map(|one| one.values.iter().skip(channel).step_by(size));
        Scaling::fit(values.map(|&value| f64::from(value)))
    };
    (0..size).map(of_channel).collect()
}

/// All recordings, scaled.
pub(super) fn inputs(
    channels: &[String],
    scaling: &[Scaling],
    recordings: &Recordings,
) -> Result<Vec<Inputs>, RecordingsError> {
    let order = order(channels, recordings)?;
    let all = recordings.recordings.iter();
    all.map(|recording| scaled(channels, scaling, recording, &order))
        .collect()
}

/// For each channel of a schema, its index in the recordings.
///
/// Channels are found by their names; where either side has no names, they go by their order.
pub(super) fn order(
    channels: &[String],
    recordings: &Recordings,
) -> Result<Vec<usize>, RecordingsError> {
    let found = &recordings.channels;
    let by_order = are_unnamed(found) || are_unnamed(channels);
    if by_order && found.len() == channels.len() {
        return Ok((0..found.len()).collect());
    }
    let places: HashMap<&String, usize> = found
        .iter()
        .enumerate()
        .map(|(index, name)| (name, index))
        .collect();
    let order: Vec<usize> = channels
        .iter()
        .filter_map(|name| places.get(name).copied())
        .collect();
    if order.len() == channels.len() && order.len() == found.len() {
        return Ok(order);
    }
    let without = |names: &[String], others: &[String]| -> Vec<String> {
        names
            .iter()
            .filter(|name| !others.contains(name))
            .cloned()
            .collect()
    };
    Err(RecordingsError::ChannelsDiffer {
        path: recordings.path.clone(),
        missing: without(channels, found),
        extra: without(found, channels),
        found: found.clone().into(),
        trained: channels.to_vec().into(),
    })
}

/// A recording with its channels in this order, scaled.
pub(super) fn scaled(
    channels: &[String],
    scaling: &[Scaling],
    recording: &Recording,
    order: &[usize],
) -> Result<Inputs, RecordingsError> {
    let size = order.len();
    let mut values = Vec::with_capacity(recording.values.len());
    for (step, row) in recording.values.chunks_exact(size).enumerate() {
        for (channel, (&index, scaling)) in order.iter().zip(scaling).enumerate() {
            let scaled = scaling.to_scaled(f64::from(row[index])) as f32;
            if !scaled.is_finite() {
                return Err(RecordingsError::OutOfRange {
                    place: recording.place.clone(),
                    recording: short(&recording.name),
                    step,
                    channel: short(&channels[channel]),
                    value: row[index],
                });
            }
            values.push(scaled);
        }
    }
    Ok(Inputs::Features { size, values })
}

/// The names of the channels of a file that does not name them.
pub(super) fn unnamed(count: usize) -> Vec<String> {
    (0..count)
        .map(|channel| format!("channel_{channel}"))
        .collect()
}

fn are_unnamed(channels: &[String]) -> bool {
    channels.iter().enumerate().all(|(index, name)| {
        name.strip_prefix("channel_")
            .is_some_and(|number| number == index.to_string())
    })
}
