//! The prediction of the next reading, one reading at a time.

use tidegate_cells::State;
use tidegate_model::{BatchInputs, Model, ModelScratch};

use super::channel::{Channel, LARGEST_SCALED, input};
use crate::error::TrainError;

/// Missing readings, one after the other, in whose place the prediction is read; in the place of later ones it is the mean.
const MOST_PREDICTED: u64 = 64;

/// A network on its way through a stream.
pub(super) struct Predictor {
    pub(super) state: State,
    scratch: ModelScratch,
    /// What the network reads at this reading, `[channels, 2]`: the reading, and what the line did not expect of it.
    pub(super) inputs: Vec<f32>,
    outputs: Vec<f32>,
    /// This reading scaled; where it is missing what was predicted for it.
    scaled: Vec<f64>,
    /// What the line expects of the next reading, scaled; not a number before the first.
    pub(super) expected: Vec<f64>,
    /// What line and network predict for it.
    pub(super) predicted: Vec<f64>,
    /// Missing readings of each channel up to this one, one after the other.
    pub(super) missing: Vec<u64>,
}

impl Predictor {
    pub(super) fn new(model: &Model, channels: usize) -> Predictor {
        Predictor {
            state: model.zero_state(1),
            scratch: model.step_scratch(1),
            inputs: vec![0.0; 2 * channels],
            outputs: vec![0.0; channels],
            scaled: vec![0.0; channels],
            expected: vec![f64::NAN; channels],
            predicted: vec![f64::NAN; channels],
            missing: vec![0; channels],
        }
    }

    /// Takes a reading, and says how far it lies from what was predicted, without a sign, in the readings' units; not a number
    /// where it is missing or nothing was predicted.
    pub(super) fn observe(&mut self, channels: &[Channel], values: &[f64], errors: &mut [f64]) {
        for (index, (channel, &value)) in channels.iter().zip(values).enumerate() {
            let (expected, predicted) = (self.expected[index], self.predicted[index]);
            let missing = &mut self.missing[index];
            *missing = match value.is_nan() {
                true => missing.saturating_add(1),
                false => 0,
            };
            // What predicts from its own predictions may run away; the mean does not.
            let scaled = match *missing {
                0 => channel.scaled(value),
                1..=MOST_PREDICTED if !predicted.is_nan() => {
                    predicted.clamp(-LARGEST_SCALED, LARGEST_SCALED)
                }
                _ => 0.0,
            };
            errors[index] = match value.is_nan() {
                true => f64::NAN,
                false => channel.in_units(scaled - predicted).abs(),
            };
            let innovation = match expected.is_nan() {
                true => 0.0,
                false => channel.innovation_of(scaled, expected),
            };
            self.inputs[2 * index] = input(scaled);
            self.inputs[2 * index + 1] = input(innovation);
            self.scaled[index] = scaled;
        }
    }

    /// Predicts the reading after the one that was taken.
    pub(super) fn advance(
        &mut self,
        model: &Model,
        channels: &[Channel],
    ) -> Result<(), TrainError> {
        model.step(
            &BatchInputs::Features(&self.inputs),
            &mut self.state,
            &mut self.scratch,
            &mut self.outputs,
        )?;
        if self.outputs.iter().any(|output| !output.is_finite()) {
            return Err(TrainError::OutputsNotFinite);
        }
        for (index, channel) in channels.iter().enumerate() {
            let expected = channel.expected(self.scaled[index]);
            self.expected[index] = expected;
            self.predicted[index] = expected + channel.innovation * f64::from(self.outputs[index]);
        }
        Ok(())
    }
}
