//! What a detector remembers of its stream, to go on later.

use serde::{Deserialize, Serialize};
use tidegate_cells::State;

use super::detector::Detector;
use super::error::DetectError;
use super::learning::{Learning, READINGS, STEPS};
use super::memory::{MEMORY, Memory};
use super::views::Views;
use crate::optimiser::OptimiserState;

/// Largest count that is taken for one: no stream is as long, and none overflows from there.
const LARGEST_COUNT: u64 = 1 << 62;

/// The state of a [`Detector`], with the bits of all numbers: what goes on from it says the same as what was never
/// interrupted. It belongs to one model, to one rate of false alarms, and to learning or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorState {
    model: String,
    threshold: u64,
    readings: u64,
    alarms: u64,
    episode: Option<u64>,
    last_above: u64,
    mean: u64,
    expected: Vec<u64>,
    predicted: Vec<u64>,
    missing: Vec<u64>,
    recurrent: Floats,
    learning: Option<LearningState>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floats {
    hidden: Vec<u32>,
    cell: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LearningState {
    parameters: Vec<u32>,
    updates: u64,
    buffers: Vec<Vec<u32>>,
    inputs: Vec<u32>,
    targets: Vec<u32>,
    start: Floats,
    pending: Vec<u32>,
    since: usize,
    memories: Vec<MemoryState>,
    /// JSON keeps the shortest decimals of a number, which come back as the number.
    views: Views,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemoryState {
    values: Vec<u64>,
    oldest: usize,
}

impl Detector {
    /// What is remembered of the stream so far.
    #[must_use]
    pub fn snapshot(&self, model: &str) -> DetectorState {
        DetectorState {
            model: model.to_owned(),
            threshold: self.threshold().to_bits(),
            readings: self.readings,
            alarms: self.alarms,
            episode: self.episode,
            last_above: self.last_above,
            mean: self.mean.mean.to_bits(),
            expected: bits(&self.predictor.expected),
            predicted: bits(&self.predictor.predicted),
            missing: self.predictor.missing.clone(),
            recurrent: Floats::of(&self.predictor.state),
            learning: self.learning.as_ref().map(|learning| LearningState {
                parameters: short_bits(self.model.network.parameters()),
                updates: learning.optimiser.updates,
                buffers: learning
                    .optimiser
                    .buffers
                    .iter()
                    .map(|one| short_bits(one))
                    .collect(),
                inputs: short_bits(&learning.inputs),
                targets: short_bits(&learning.targets),
                start: Floats::of(&learning.start),
                pending: short_bits(&learning.pending),
                since: learning.since,
                memories: learning.memories().map(MemoryState::of).collect(),
                views: self.views.clone(),
            }),
        }
    }

    /// Goes on from a state; `model` is the [fingerprint](crate::DetectModel::fingerprint) of the model as it was loaded.
    ///
    /// # Errors
    /// [`DetectError::OtherState`] says what does not fit; the detector is not to be used then.
    pub fn restore(&mut self, model: &str, state: &DetectorState) -> Result<(), DetectError> {
        let other = |reason: &str| DetectError::OtherState {
            reason: reason.to_owned(),
        };
        if state.model != model {
            return Err(other("belongs to another model: begin with a new state"));
        }
        if state.threshold != self.threshold().to_bits() {
            return Err(other(
                "was kept with another rate of false alarms: give the same one, or begin with a new state",
            ));
        }
        match (&self.learning, &state.learning) {
            (None, Some(_)) => {
                return Err(other(
                    "is one of learning: give --learn, or begin with a new state",
                ));
            }
            (Some(_), None) => {
                return Err(other(
                    "is one without learning: leave --learn out, or begin with a new state",
                ));
            }
            _ => {}
        }
        self.take(state)
            .ok_or_else(|| other("is damaged: begin with a new state"))
    }

    fn take(&mut self, state: &DetectorState) -> Option<()> {
        self.readings = state.readings;
        self.alarms = state.alarms;
        self.episode = state.episode;
        self.last_above = state.last_above;
        let counts = [state.readings, state.alarms];
        let is_ordered = counts.iter().all(|&count| count <= LARGEST_COUNT)
            && state.last_above <= state.readings
            && state.episode.is_none_or(|start| start <= state.last_above);
        self.mean.mean = f64::from_bits(state.mean);
        let places = [
            (&mut self.predictor.expected, &state.expected),
            (&mut self.predictor.predicted, &state.predicted),
        ];
        for (place, bits) in places {
            replace(place, bits.iter().map(|&bits| f64::from_bits(bits)))?;
        }
        replace(&mut self.predictor.missing, state.missing.iter().copied())?;
        state.recurrent.put_into(&mut self.predictor.state)?;
        if let (Some(learning), Some(state)) = (&mut self.learning, &state.learning) {
            let parameters: Vec<f32> = floats(&state.parameters);
            self.model.network.set_parameters(&parameters).ok()?;
            learning.take(state, self.model.plan.channels.len())?;
            let is_sound = state.views.is_sound(self.model.plan.channels.len())
                && state.views.is_like(&self.views);
            self.views = is_sound.then(|| state.views.clone())?;
        }
        let is_finite = self.mean.mean.is_finite();
        (is_ordered && is_finite).then_some(())
    }
}

impl Learning {
    fn memories(&self) -> impl Iterator<Item = &Memory> {
        let of_channels = self.errors.iter().chain(self.levels.iter().flatten());
        of_channels.chain(&self.together)
    }

    fn take(&mut self, state: &LearningState, channels: usize) -> Option<()> {
        let mut optimiser = OptimiserState {
            updates: state.updates,
            buffers: state.buffers.iter().map(|one| floats(one)).collect(),
        };
        let fits = |one: &OptimiserState, other: &OptimiserState| {
            one.buffers.len() == other.buffers.len()
                && one
                    .buffers
                    .iter()
                    .zip(&other.buffers)
                    .all(|(one, other)| one.len() == other.len())
        };
        let steps = state.targets.len() / channels;
        let is_whole = state.targets.len() == steps * channels
            && state.inputs.len() == 2 * state.targets.len()
            && steps < STEPS
            && state.since < READINGS
            && state.updates <= LARGEST_COUNT
            && [0, 2 * channels].contains(&state.pending.len());
        if !fits(&optimiser, &self.optimiser) || !is_whole {
            return None;
        }
        std::mem::swap(&mut self.optimiser, &mut optimiser);
        self.inputs = floats(&state.inputs);
        self.targets = floats(&state.targets);
        self.pending = floats(&state.pending);
        state.start.put_into(&mut self.start)?;
        self.since = state.since;
        let mut kept = state.memories.iter();
        let levels = self.levels.iter_mut().flatten();
        for memory in self
            .errors
            .iter_mut()
            .chain(levels)
            .chain(&mut self.together)
        {
            kept.next()?.put_into(memory)?;
        }
        kept.next().is_none().then_some(())
    }
}

impl MemoryState {
    fn of(memory: &Memory) -> MemoryState {
        MemoryState {
            values: bits(&memory.values),
            oldest: memory.oldest,
        }
    }

    fn put_into(&self, memory: &mut Memory) -> Option<()> {
        memory.oldest = (self.oldest < MEMORY).then_some(self.oldest)?;
        replace(
            &mut memory.values,
            self.values.iter().map(|&bits| f64::from_bits(bits)),
        )
    }
}

impl Floats {
    fn of(state: &State) -> Floats {
        Floats {
            hidden: short_bits(&state.hidden),
            cell: short_bits(&state.cell),
        }
    }

    fn put_into(&self, state: &mut State) -> Option<()> {
        let number = |&bits: &u32| f32::from_bits(bits);
        replace(&mut state.hidden, self.hidden.iter().map(number))?;
        replace(&mut state.cell, self.cell.iter().map(number))?;
        let mut all = state.hidden.iter().chain(&state.cell);
        all.all(|value| value.is_finite()).then_some(())
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn short_bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn floats(bits: &[u32]) -> Vec<f32> {
    bits.iter().map(|&bits| f32::from_bits(bits)).collect()
}

/// Only by as many.
fn replace<T>(place: &mut [T], values: impl ExactSizeIterator<Item = T>) -> Option<()> {
    (place.len() == values.len()).then_some(())?;
    place
        .iter_mut()
        .zip(values)
        .for_each(|(place, value)| *place = value);
    Some(())
}
