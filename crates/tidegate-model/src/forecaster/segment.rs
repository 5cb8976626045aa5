//! The segment-wise network (SegRNN, Lin et al. 2023, arXiv 2308.11200).
//!
//! Rows are pairs of a window and a target, b · C + c. The encoder's steps are the window's segments, embedded by a dense
//! layer and max(0, ·). The decoder makes one step for each segment of the horizon, all from the encoder's final state; its
//! rows are k · B · C + b · C + c for segment k. What a decoder's step reads, the position's embedding beside the target's and
//! the embedding of what is known ahead added to them, is linear in a query: 1 at k, 1 at c, and the known values. So the
//! queries enter the recurrent layers themselves, with first input weights composed with the embeddings
//! (`composition.rs`).

use tidegate_cells::{Batch, Noise, State, make_room};

use super::composition::queries;
use super::configuration::{ForecasterConfiguration, Network};
use super::normalisation::Level;
use super::tape::ForecasterTape;
use super::window_inputs::WindowInputs;
use super::{Forecaster, rows};
use crate::dropout::Place;
use crate::error::ModelError;
use crate::final_hidden::{add_final_hidden_gradient, final_hidden};

/// Sizes that follow from a configuration.
#[derive(Clone, Copy)]
pub(super) struct Segments {
    /// Rows of a segment.
    pub(super) length: usize,
    /// Segments of the window.
    pub(super) window: usize,
    /// Segments of the horizon.
    pub(super) horizon: usize,
}

impl Segments {
    pub(super) fn of(configuration: &ForecasterConfiguration) -> Segments {
        let length = match configuration.network {
            Network::Segment { length } => length,
            Network::Direct => configuration.window,
        };
        Segments {
            length,
            window: configuration.window / length,
            horizon: configuration.horizon_segments(),
        }
    }
}

impl Forecaster {
    /// From windows to `tape.raw`, `[horizon's segments, B, C, length · L]`.
    pub(super) fn forward_segments(
        &self,
        inputs: &WindowInputs<'_>,
        noise: Option<Noise>,
        is_recorded: bool,
        tape: &mut ForecasterTape,
    ) -> Result<(), ModelError> {
        let configuration = &self.configuration;
        let stack = &configuration.recurrent;
        let segments = Segments::of(configuration);
        let pairs = inputs.windows * configuration.targets;
        cut(configuration, inputs, &tape.levels, &mut tape.window);
        let embedded = segments.window * pairs * stack.input_size;
        make_room(&mut tape.embedded, embedded);
        tape.embedded.resize(embedded, 0.0);
        if let Some(embedding) = &self.segment_embedding {
            rows::forward(embedding, &tape.window, &mut tape.embedded, |values| {
                // What is not a number stays so, and is refused by the recurrent layers.
                let negative = values.iter_mut().filter(|value| **value < 0.0);
                negative.for_each(|value| *value = 0.0);
            })?;
        }
        let run = if is_recorded {
            tidegate_cells::Engine::forward_training
        } else {
            tidegate_cells::Engine::advance
        };
        let mut state = stack.zero_state(pairs);
        run(
            &self.encoder,
            &Batch::full(segments.window, pairs),
            &tape.embedded,
            &mut state,
            noise,
            &mut tape.encoder,
        )?;
        let Some(decoder) = &self.decoder else {
            return Ok(());
        };
        queries(configuration, inputs, &mut tape.queries);
        let mut state = repeated(&state, stack.layers, segments.horizon);
        run(
            &decoder.engine,
            &Batch::full(1, segments.horizon * pairs),
            &tape.queries,
            &mut state,
            noise.map(|noise| noise.after(segments.window)),
            &mut tape.decoder,
        )?;
        final_hidden(stack, &state, &mut tape.features);
        if let Some(noise) = self.head_noise(noise) {
            rows::drop(
                noise,
                Place::Head as u64,
                configuration.dropout,
                stack.hidden_size,
                &mut tape.features,
            );
        }
        let raw = segments.horizon * pairs * self.head.outputs();
        make_room(&mut tape.raw, raw);
        tape.raw.resize(raw, 0.0);
        rows::forward(&self.head, &tape.features, &mut tape.raw, |_| {})?;
        Ok(())
    }

    /// From `tape.raw_gradient` to the gradient of every parameter.
    pub(super) fn backward_segments(
        &self,
        windows: usize,
        noise: Option<Noise>,
        tape: &mut ForecasterTape,
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let configuration = &self.configuration;
        let stack = &configuration.recurrent;
        let segments = Segments::of(configuration);
        let pairs = windows * configuration.targets;
        let (Some(decoder), Some(embedding)) = (&self.decoder, &self.segment_embedding) else {
            return Ok(());
        };
        self.backward_head(tape, gradient)?;
        if let Some(noise) = self.head_noise(noise) {
            rows::drop(
                noise,
                Place::Head as u64,
                configuration.dropout,
                stack.hidden_size,
                &mut tape.feature_gradient,
            );
        }
        let mut state_gradient = stack.zero_state(segments.horizon * pairs);
        add_final_hidden_gradient(stack, &tape.feature_gradient, &mut state_gradient);
        let mut decoder_gradient = vec![0.0; decoder.weights.len()];
        decoder.engine.backward(
            &Batch::full(1, segments.horizon * pairs),
            &decoder.weights,
            &tape.queries,
            &mut tape.decoder,
            &[],
            &mut state_gradient,
            &mut decoder_gradient,
            None,
        )?;
        decoder.backward(
            configuration,
            &self.layout,
            &self.parameters,
            &decoder_gradient,
            gradient,
        )?;
        let mut state_gradient = summed(&state_gradient, stack.layers, segments.horizon);
        make_room(&mut tape.embedded_gradient, tape.embedded.len());
        tape.embedded_gradient.resize(tape.embedded.len(), 0.0);
        let recurrent = self.layout.recurrent.clone();
        self.encoder.backward(
            &Batch::full(segments.window, pairs),
            &self.parameters[recurrent.clone()],
            &tape.embedded,
            &mut tape.encoder,
            &[],
            &mut state_gradient,
            &mut gradient[recurrent],
            Some(&mut tape.embedded_gradient),
        )?;
        let embedded = tape.embedded_gradient.iter_mut().zip(&tape.embedded);
        for (gradient, value) in embedded {
            *gradient = if *value > 0.0 { *gradient } else { 0.0 };
        }
        let weight = self.layout.segment_weight.clone();
        let (head, rest) = gradient[weight.start..].split_at_mut(weight.len());
        rows::backward(
            embedding,
            &self.parameters[weight],
            &tape.window,
            &tape.embedded_gradient,
            [head, &mut rest[..self.layout.segment_bias.len()]],
            None,
        )?;
        Ok(())
    }
}

/// Writes the window's segments `[segments, B · C, length · (1 + P − C)]`: of each row the normalised target, then
/// everything that is no target.
fn cut(
    configuration: &ForecasterConfiguration,
    inputs: &WindowInputs<'_>,
    levels: &[Level],
    segments: &mut Vec<f32>,
) {
    let (targets, past_size) = (configuration.targets, configuration.past_size);
    let Segments { length, window, .. } = Segments::of(configuration);
    let windows = inputs.windows;
    let width = 1 + past_size - targets;
    segments.clear();
    make_room(segments, window * windows * targets * length * width);
    for segment in 0..window {
        for index in 0..windows {
            for target in 0..targets {
                let level = levels[index * targets + target];
                for row in segment * length..(segment + 1) * length {
                    let past = &inputs.past[(row * windows + index) * past_size..][..past_size];
                    segments.push(level.normalise(past[target]));
                    segments.extend_from_slice(&past[targets..]);
                }
            }
        }
    }
}

/// The state `[layers, rows, H]` so many times, `[layers, times · rows, H]`.
fn repeated(state: &State, layers: usize, times: usize) -> State {
    let repeat = |values: &[f32]| match values.len() / layers {
        0 => Vec::new(),
        layer => values
            .chunks_exact(layer)
            .flat_map(|layer| layer.repeat(times))
            .collect(),
    };
    State {
        batch: state.batch * times,
        hidden: repeat(&state.hidden),
        cell: repeat(&state.cell),
    }
}

/// The sum over repetitions, the reverse of [`repeated`].
fn summed(state: &State, layers: usize, times: usize) -> State {
    let sum = |values: &[f32]| {
        let one = values.len() / (layers * times);
        let mut sums = vec![0.0; layers * one];
        if one > 0 {
            let layers = sums
                .chunks_exact_mut(one)
                .zip(values.chunks_exact(one * times));
            for (sums, layer) in layers {
                layer
                    .chunks_exact(one)
                    .for_each(|part| rows::add(sums, part));
            }
        }
        sums
    };
    State {
        batch: state.batch / times,
        hidden: sum(&state.hidden),
        cell: sum(&state.cell),
    }
}
