//! A network made ready to run, and its run over whole sequences.

use tidegate_cells::{Batch, Engine, Error, Linear, State, check_length, first_not_finite};
use tidegate_model::{AttentionWeights, BatchInputs, ModelError, pool};

use super::{Activation, Input, Layer, Network};
use crate::error::ExchangeError;

/// What a network gives for a batch of sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkOutputs {
    /// `[steps, batch, width]`, zero past a sequence's end, or `[batch, width]`.
    pub values: Vec<f32>,
    /// Features of a row.
    pub width: usize,
    /// Whether there is a row for each step.
    pub every_step: bool,
}

/// A valid network with its weights packed. It needs `&self` alone to run; threads inside a call are those of the current
/// rayon pool.
pub struct NetworkRunner {
    network: Network,
    packed: Vec<Packed>,
}

/// What a layer keeps beside its description.
pub(super) enum Packed {
    Recurrent(Engine),
    Dense(Linear),
    Nothing,
}

impl Network {
    /// Runs the network over a batch of sequences from states of zero: packs the weights, runs and forgets them. For more
    /// than one run, make a [`NetworkRunner`].
    ///
    /// # Errors
    /// Those of [`NetworkRunner::new`] and [`NetworkRunner::run`].
    pub fn run(
        &self,
        batch: &Batch<'_>,
        inputs: &BatchInputs<'_>,
    ) -> Result<NetworkOutputs, ExchangeError> {
        let runner = NetworkRunner::new(self.clone())?;
        let mut states = runner.zero_states(batch.batch);
        runner.run(batch, inputs, &mut states)
    }
}

impl NetworkRunner {
    /// Checks the network and packs its weights.
    ///
    /// # Errors
    /// Those of [`Network::validate`], or an instruction set asked for by the environment that this machine lacks.
    pub fn new(network: Network) -> Result<NetworkRunner, ExchangeError> {
        let flows = network.flows()?;
        let packed = network.layers.iter().zip(&flows).map(|(layer, below)| {
            Ok(match layer {
                Layer::Recurrent { stack, weights } => {
                    Packed::Recurrent(Engine::new(stack.clone(), weights)?)
                }
                Layer::Dense { weight, bias } => {
                    let mut linear = Linear::new(below.width, bias.len())?;
                    linear.set_weights(weight, bias)?;
                    Packed::Dense(linear)
                }
                _ => Packed::Nothing,
            })
        });
        let packed = packed.collect::<Result<Vec<_>, Error>>()?;
        Ok(NetworkRunner { network, packed })
    }

    /// The network that it runs.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The states before the first step: zeros, one [`State`] for each recurrent layer of the chain.
    #[must_use]
    pub fn zero_states(&self, batch: usize) -> Vec<State> {
        self.stacks().map(|stack| stack.zero_state(batch)).collect()
    }

    /// The recurrent layers of the chain, in order.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &tidegate_cells::Stack> {
        self.network.layers.iter().filter_map(|layer| match layer {
            Layer::Recurrent { stack, .. } => Some(stack),
            _ => None,
        })
    }

    pub(super) fn packed(&self) -> &[Packed] {
        &self.packed
    }

    /// Runs the network over a batch of sequences. `states` holds one state for each recurrent layer, as
    /// [`NetworkRunner::zero_states`] makes them, and afterwards those at each sequence's true end.
    ///
    /// # Errors
    /// Names the slice, value, token or sequence that does not fit. The states are as they were then.
    pub fn run(
        &self,
        batch: &Batch<'_>,
        inputs: &BatchInputs<'_>,
        states: &mut [State],
    ) -> Result<NetworkOutputs, ExchangeError> {
        batch.validate()?;
        if batch.packed {
            let reason = "the rows are packed: a network reads padded ones".into();
            return Err(Error::Lengths(reason).into());
        }
        self.check_states(states, batch.batch)?;
        let mut values = self.enter(batch, inputs)?;
        let mut width = self.input_width();
        let mut every_step = true;
        let mut ended = states.to_vec();
        let mut next_state = ended.iter_mut();
        let mut final_state: &[f32] = &[];
        let mut final_hidden;
        for (layer, packed) in self.network.layers.iter().zip(&self.packed) {
            let rows = if every_step {
                batch.steps * batch.batch
            } else {
                batch.batch
            };
            match (layer, packed) {
                (Layer::Recurrent { stack, .. }, Packed::Recurrent(engine)) => {
                    width = stack.output_size();
                    let mut output = zeros(rows, width)?;
                    // There is a state for each: it was checked.
                    if let Some(state) = next_state.next() {
                        engine.forward(batch, &values, state, &mut output)?;
                        final_hidden = top_hidden(stack, state);
                        final_state = &final_hidden;
                    }
                    values = output;
                }
                (Layer::Dense { .. }, Packed::Dense(linear)) => {
                    let mut output = zeros(rows, linear.outputs())?;
                    linear.forward(&values, &mut output)?;
                    width = linear.outputs();
                    values = output;
                }
                (Layer::FinalState, _) => {
                    values = final_state.to_vec();
                    every_step = false;
                }
                (Layer::Mean, _) => {
                    values = pool(batch, &values, width, None)?;
                    every_step = false;
                }
                (
                    Layer::Attention {
                        weight,
                        bias,
                        score,
                    },
                    _,
                ) => {
                    let attention = AttentionWeights {
                        weight,
                        bias,
                        score,
                    };
                    values = pool(batch, &values, width, Some(attention))?;
                    every_step = false;
                }
                (layer, _) => in_place(layer, width, &mut values),
            }
            if let Layer::Embedding { size, .. } = layer {
                width = *size;
            }
        }
        if every_step {
            clear_padding(batch, width, &mut values);
        }
        states.clone_from_slice(&ended);
        Ok(NetworkOutputs {
            values,
            width,
            every_step,
        })
    }

    /// Features of a row that enters the layers above an embedding.
    fn input_width(&self) -> usize {
        match (&self.network.input, self.network.layers.first()) {
            (_, Some(Layer::Embedding { size, .. })) => *size,
            (Input::Features(width) | Input::Tokens { vocabulary: width }, _) => *width,
        }
    }

    /// Checks the inputs and gives the rows of features that enter the layers above an embedding.
    pub(super) fn enter(
        &self,
        batch: &Batch<'_>,
        inputs: &BatchInputs<'_>,
    ) -> Result<Vec<f32>, ExchangeError> {
        let (steps, sequences) = (("steps", batch.steps), ("batch", batch.batch));
        match (&self.network.input, inputs) {
            (Input::Features(width), BatchInputs::Features(values)) => {
                let shape = [steps, sequences, ("features", *width)];
                check_length("inputs", values.len(), &shape)?;
                let mut rows = values.to_vec();
                // What stands past a sequence's end is never read.
                clear_padding(batch, *width, &mut rows);
                if let Some(index) = first_not_finite(&rows) {
                    let (position, feature) = (index / width, index % width);
                    return Err(Error::NotFinite {
                        what: "input".into(),
                        value: rows[index],
                        place: format!(
                            "sequence {}, step {}, feature {feature}",
                            position % batch.batch,
                            position / batch.batch
                        ),
                    }
                    .into());
                }
                Ok(rows)
            }
            (Input::Tokens { vocabulary }, BatchInputs::Tokens(tokens)) => {
                check_length("tokens", tokens.len(), &[steps, sequences])?;
                let Some(Layer::Embedding { size, weight }) = self.network.layers.first() else {
                    return Ok(Vec::new());
                };
                let mut features = zeros(tokens.len(), *size)?;
                for (position, row) in features.chunks_exact_mut(*size).enumerate() {
                    let (step, sequence) = (position / batch.batch, position % batch.batch);
                    if step >= batch.length(sequence) {
                        continue;
                    }
                    let token = tokens[position];
                    let found = weight.chunks_exact(*size).nth(token as usize);
                    row.copy_from_slice(found.ok_or(ModelError::Token {
                        row: sequence,
                        step,
                        token,
                        vocabulary: *vocabulary,
                    })?);
                }
                Ok(features)
            }
            (Input::Features(_), BatchInputs::Tokens(_)) => Err(ModelError::InputKind {
                expected: "features",
                found: "tokens",
            }
            .into()),
            (Input::Tokens { .. }, BatchInputs::Features(_)) => Err(ModelError::InputKind {
                expected: "tokens",
                found: "features",
            }
            .into()),
        }
    }

    /// Checks number and shapes of the states for `batch` sequences.
    pub(super) fn check_states(&self, states: &[State], batch: usize) -> Result<(), Error> {
        let count = self.stacks().count();
        check_length("states", states.len(), &[("recurrent layers", count)])?;
        for (stack, state) in self.stacks().zip(states) {
            check_length("batch of a state", state.batch, &[("batch", batch)])?;
            let shape = [
                ("layers · directions", stack.layers * stack.directions()),
                ("batch", batch),
                ("hidden size", stack.hidden_size),
            ];
            check_length("state.hidden", state.hidden.len(), &shape)?;
            if stack.cell.carries_cell() {
                check_length("state.cell", state.cell.len(), &shape)?;
            }
        }
        Ok(())
    }
}

/// Writes zeros past each sequence's end.
fn clear_padding(batch: &Batch<'_>, width: usize, values: &mut [f32]) {
    if batch.lengths.is_none() {
        return;
    }
    for (position, row) in values.chunks_exact_mut(width).enumerate() {
        if position / batch.batch >= batch.length(position % batch.batch) {
            row.fill(0.0);
        }
    }
}

/// Applies a layer that keeps the shape of its rows.
pub(super) fn in_place(layer: &Layer, width: usize, values: &mut [f32]) {
    match layer {
        Layer::Scale { offset, factor } => {
            for row in values.chunks_exact_mut(width) {
                for ((value, offset), factor) in row.iter_mut().zip(offset).zip(factor) {
                    *value = (*value - offset) * factor;
                }
            }
        }
        Layer::Activation(Activation::Relu) => values
            .iter_mut()
            .for_each(|value| *value = if *value < 0.0 { 0.0 } else { *value }),
        Layer::Activation(Activation::Sigmoid) => values
            .iter_mut()
            .for_each(|value| *value = 1.0 / (1.0 + (-*value).exp())),
        Layer::Activation(Activation::Tanh) => {
            values.iter_mut().for_each(|value| *value = value.tanh());
        }
        Layer::Activation(Activation::Softmax) => {
            values.chunks_exact_mut(width).for_each(softmax);
        }
        _ => {}
    }
}

/// exp(x) over the sum of the row, from the largest value so that nothing overflows.
fn softmax(row: &mut [f32]) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut()
        .for_each(|value| *value = (*value - largest).exp());
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|value| *value /= sum);
}

/// The top layer's hidden state, both directions side by side: `[batch, directions · H]`.
fn top_hidden(stack: &tidegate_cells::Stack, state: &State) -> Vec<f32> {
    let (batch, size) = (state.batch, stack.hidden_size);
    let top = (stack.layers - 1) * stack.directions() * batch * size;
    let mut features = Vec::with_capacity(batch * stack.output_size());
    for row in 0..batch {
        for direction in 0..stack.directions() {
            let start = top + (direction * batch + row) * size;
            features.extend_from_slice(&state.hidden[start..start + size]);
        }
    }
    features
}

/// Zeros, or the reason why there is no memory for them.
fn zeros(rows: usize, width: usize) -> Result<Vec<f32>, Error> {
    let mut values = Vec::new();
    let count = rows.checked_mul(width);
    match count.map(|count| values.try_reserve_exact(count)) {
        Some(Ok(())) => {
            values.resize(rows * width, 0.0);
            Ok(values)
        }
        _ => Err(Error::Length {
            what: "outputs of a layer",
            shape: format!("rows {rows}, width {width}: they do not fit in memory"),
            expected: rows.saturating_mul(width),
            found: 0,
        }),
    }
}
