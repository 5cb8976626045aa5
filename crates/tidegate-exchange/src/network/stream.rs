//! A network that is fed one step at a time.

use std::sync::Arc;

use tidegate_cells::{Batch, State, StepScratch};
use tidegate_model::BatchInputs;

use super::runner::{NetworkRunner, Packed, in_place};
use super::{Input, Layer};
use crate::error::ExchangeError;

/// Sequences that advance side by side, one step at a time, with their states.
pub struct NetworkStream {
    runner: Arc<NetworkRunner>,
    batch: usize,
    states: Vec<State>,
    scratches: Vec<StepScratch>,
}

impl NetworkStream {
    /// A stream of `batch` sequences, from states of zero.
    ///
    /// # Errors
    /// [`ExchangeError::NotStreamable`] names the layer that needs whole sequences: one that runs backwards in time, or
    /// that pools over the steps.
    pub fn new(runner: Arc<NetworkRunner>, batch: usize) -> Result<NetworkStream, ExchangeError> {
        let network = runner.network();
        for (index, layer) in network.layers.iter().enumerate() {
            let reason = match layer {
                Layer::Recurrent { stack, .. } if stack.bidirectional => {
                    "runs backwards in time too"
                }
                Layer::Mean | Layer::Attention { .. } => "pools over all steps of a sequence",
                _ => continue,
            };
            return Err(ExchangeError::NotStreamable {
                layer: network.place(index),
                reason,
            });
        }
        let states = runner.zero_states(batch);
        let scratches = runner.packed().iter().filter_map(|packed| match packed {
            Packed::Recurrent(engine) => Some(engine.step_scratch(batch)),
            _ => None,
        });
        let scratches = scratches.collect();
        Ok(NetworkStream {
            runner,
            batch,
            states,
            scratches,
        })
    }

    /// Number of sequences side by side.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Features of a row of the outputs.
    #[must_use]
    pub fn output_size(&self) -> usize {
        self.runner.network().output_size()
    }

    /// Advances every sequence by one step: from `[batch, features]`, or `[batch]` tokens, to outputs `[batch, output_size]`. Where the
    /// network reads the final state, they are as if the sequences ended here.
    ///
    /// # Errors
    /// Names the slice, value or token that does not fit; the states are as they were then.
    pub fn step(&mut self, inputs: &BatchInputs<'_>) -> Result<Vec<f32>, ExchangeError> {
        let batch = Batch::full(1, self.batch);
        let mut values = self.runner.enter(&batch, inputs)?;
        let network = self.runner.network();
        let mut width = match network.input {
            Input::Features(width) | Input::Tokens { vocabulary: width } => width,
        };
        let mut states = self.states.clone();
        let mut advancing = states.iter_mut().zip(&mut self.scratches);
        for (layer, packed) in network.layers.iter().zip(self.runner.packed()) {
            match (layer, packed) {
                (Layer::Recurrent { stack, .. }, Packed::Recurrent(engine)) => {
                    width = stack.output_size();
                    let mut output = vec![0.0; self.batch * width];
                    if let Some((state, scratch)) = advancing.next() {
                        engine.step(&values, state, scratch, &mut output)?;
                    }
                    values = output;
                }
                (Layer::Dense { .. }, Packed::Dense(linear)) => {
                    width = linear.outputs();
                    let mut output = vec![0.0; self.batch * width];
                    linear.forward(&values, &mut output)?;
                    values = output;
                }
                (Layer::Embedding { size, .. }, _) => width = *size,
                (layer, _) => in_place(layer, width, &mut values),
            }
        }
        self.states = states;
        Ok(values)
    }

    /// Sets every state to zero.
    pub fn reset(&mut self) {
        self.states.iter_mut().for_each(State::reset);
    }

    /// The states as they are now, one for each recurrent layer of the chain.
    #[must_use]
    pub fn snapshot(&self) -> Vec<State> {
        self.states.clone()
    }

    /// Goes on from these states.
    ///
    /// # Errors
    /// Names what does not fit; the states are as they were then.
    pub fn restore(&mut self, states: Vec<State>) -> Result<(), ExchangeError> {
        self.runner.check_states(&states, self.batch)?;
        self.states = states;
        Ok(())
    }
}
