//! How far two networks are from each other.

use tidegate_cells::Batch;
use tidegate_model::BatchInputs;

use super::{Input, Network, NetworkOutputs};
use crate::error::ExchangeError;

/// Steps and sequences that are compared.
const STEPS: usize = 17;
const BATCH: usize = 3;

impl Network {
    /// The largest difference of any output between this network and `other` over a batch of sequences: numbers from −1 to 1, or
    /// tokens, the same in every call. Not a number where an output is not.
    ///
    /// # Errors
    /// Either network does not run, or they differ in what they read or in the shape of what they give.
    pub fn largest_difference(&self, other: &Network) -> Result<f32, ExchangeError> {
        let differs = |reason: String| ExchangeError::Malformed {
            place: "the networks".into(),
            reason,
        };
        if self.input != other.input {
            return Err(differs(format!(
                "read {:?} and {:?}",
                self.input, other.input
            )));
        }
        let (ours, theirs) = (self.probed()?, other.probed()?);
        if (ours.width, ours.every_step) != (theirs.width, theirs.every_step) {
            return Err(differs("give outputs of different shapes".into()));
        }
        let pairs = ours.values.iter().zip(&theirs.values);
        Ok(pairs.fold(0.0, |largest: f32, (a, b)| {
            let difference = (a - b).abs();
            if difference.is_nan() || difference > largest {
                difference
            } else {
                largest
            }
        }))
    }

    /// The largest magnitude of any output over that batch.
    ///
    /// # Errors
    /// The network does not run.
    pub fn largest_output(&self) -> Result<f32, ExchangeError> {
        let outputs = self.probed()?;
        let values = outputs.values.iter();
        Ok(values.fold(0.0, |largest, value| value.abs().max(largest)))
    }

    fn probed(&self) -> Result<NetworkOutputs, ExchangeError> {
        let batch = Batch::full(STEPS, BATCH);
        match self.input {
            Input::Features(width) => {
                let numbers = drawn(STEPS * BATCH * width);
                let features: Vec<f32> = numbers
                    .map(|number| number as f32 / 8_388_608.0 - 1.0)
                    .collect();
                self.run(&batch, &BatchInputs::Features(&features))
            }
            Input::Tokens { vocabulary } => {
                let numbers = drawn(STEPS * BATCH);
                let tokens: Vec<u32> = numbers
                    .map(|number| (number as usize % vocabulary.max(1)) as u32)
                    .collect();
                self.run(&batch, &BatchInputs::Tokens(&tokens))
            }
        }
    }
}

/// So many numbers of 24 bits, by the generator SplitMix64 (Steele et al. 2014).
fn drawn(count: usize) -> impl Iterator<Item = u32> {
    (1..=count as u64).map(|index| {
        let mut state = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((state ^ (state >> 31)) >> 40) as u32
    })
}
