//! The decoder of the segment-wise network: recurrent layers whose first input weights are composed with embeddings.
//!
//! The embedding of a query q is Eᵀq, with rows of E `[S, D]` for the horizon's segments, for the targets and for each known
//! value of a segment. So W_ih (Eᵀq) = (W_ih Eᵀ) q: the product with D inputs for every row becomes one with S, made once
//! for each set of parameters.

use tidegate_cells::{Engine, Linear, Stack, make_room};

use super::configuration::ForecasterConfiguration;
use super::layout::ForecasterLayout;
use super::rows;
use super::segment::Segments;
use super::window_inputs::WindowInputs;
use crate::error::ModelError;

/// The decoder's recurrent layers.
pub(super) struct Decoder {
    pub(super) engine: Engine,
    /// Its weights, as its stack lays them out.
    pub(super) weights: Vec<f32>,
    /// From a row of W_ih to one of W_ih Eᵀ.
    composition: Linear,
    embeddings: Vec<f32>,
}

/// Inputs of the decoder, S.
fn query_size(configuration: &ForecasterConfiguration) -> usize {
    let segments = Segments::of(configuration);
    segments.horizon + configuration.targets + segments.length * configuration.known_size
}

impl Decoder {
    pub(super) fn new(
        configuration: &ForecasterConfiguration,
        layout: &ForecasterLayout,
        parameters: &[f32],
    ) -> Result<Decoder, ModelError> {
        let size = query_size(configuration);
        let stack = Stack {
            input_size: size,
            ..configuration.recurrent.clone()
        };
        let width = configuration.recurrent.input_size;
        let mut decoder = Decoder {
            weights: vec![0.0; stack.parameter_count()],
            engine: Engine::new(stack.clone(), &vec![0.0; stack.parameter_count()])?,
            composition: Linear::new(width, size)?,
            embeddings: vec![0.0; size * width],
        };
        decoder.set_weights(configuration, layout, parameters)?;
        Ok(decoder)
    }

    /// Composes and packs the weights anew.
    pub(super) fn set_weights(
        &mut self,
        configuration: &ForecasterConfiguration,
        layout: &ForecasterLayout,
        parameters: &[f32],
    ) -> Result<(), ModelError> {
        let width = configuration.recurrent.input_size;
        let segments = Segments::of(configuration).horizon;
        let (positions, rest) = self.embeddings.split_at_mut(segments * width);
        let (targets, known) = rest.split_at_mut(configuration.targets * width);
        let half = width / 2;
        for (row, values) in positions
            .chunks_exact_mut(width)
            .zip(parameters[layout.position.clone()].chunks_exact(half))
        {
            row[..half].copy_from_slice(values);
        }
        for (row, values) in targets
            .chunks_exact_mut(width)
            .zip(parameters[layout.target.clone()].chunks_exact(width - half))
        {
            row[half..].copy_from_slice(values);
        }
        known.copy_from_slice(&parameters[layout.known.clone()]);
        let size = query_size(configuration);
        self.composition
            .set_weights(&self.embeddings, &vec![0.0; size])?;
        let recurrent = &parameters[layout.recurrent.clone()];
        let input_weights = input_weights(configuration);
        let composed = input_weights / width * size;
        let (first, others) = self.weights.split_at_mut(composed);
        self.composition
            .forward(&recurrent[..input_weights], first)?;
        others.copy_from_slice(&recurrent[input_weights..]);
        self.engine.set_weights(&self.weights)?;
        Ok(())
    }

    /// Adds to `gradient`, that of all parameters, what follows from that of the decoder's weights.
    pub(super) fn backward(
        &self,
        configuration: &ForecasterConfiguration,
        layout: &ForecasterLayout,
        parameters: &[f32],
        decoder_gradient: &[f32],
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let width = configuration.recurrent.input_size;
        let size = query_size(configuration);
        let input_weights = input_weights(configuration);
        let composed = input_weights / width * size;
        let (first, others) = decoder_gradient.split_at(composed);
        let mut embeddings = vec![0.0; self.embeddings.len()];
        let mut unused = vec![0.0; size];
        let mut weights = vec![0.0; input_weights];
        let recurrent = layout.recurrent.clone();
        self.composition.backward(
            &self.embeddings,
            &parameters[recurrent.start..][..input_weights],
            first,
            &mut embeddings,
            &mut unused,
            Some(&mut weights),
        )?;
        rows::add(&mut gradient[recurrent.start..], &weights);
        rows::add(
            &mut gradient[recurrent.start + input_weights..recurrent.end],
            others,
        );
        let half = width / 2;
        let segments = Segments::of(configuration).horizon;
        let (positions, rest) = embeddings.split_at(segments * width);
        let (targets, known) = rest.split_at(configuration.targets * width);
        let position_gradient = gradient[layout.position.clone()].chunks_exact_mut(half);
        for (sums, row) in position_gradient.zip(positions.chunks_exact(width)) {
            rows::add(sums, &row[..half]);
        }
        let target_gradient = gradient[layout.target.clone()].chunks_exact_mut(width - half);
        for (sums, row) in target_gradient.zip(targets.chunks_exact(width)) {
            rows::add(sums, &row[half..]);
        }
        rows::add(&mut gradient[layout.known.clone()], known);
        Ok(())
    }
}

/// Number of the first layer's input weights, which come first in the recurrent layers' buffer.
fn input_weights(configuration: &ForecasterConfiguration) -> usize {
    let stack = &configuration.recurrent;
    stack.cell.blocks() * stack.hidden_size * stack.input_size
}

/// Writes the queries `[horizon's segments · B · C, S]`. What lies beyond the horizon in its last segment is zero.
pub(super) fn queries(
    configuration: &ForecasterConfiguration,
    inputs: &WindowInputs<'_>,
    queries: &mut Vec<f32>,
) {
    let segments = Segments::of(configuration);
    let (targets, known_size) = (configuration.targets, configuration.known_size);
    let (windows, size) = (inputs.windows, query_size(configuration));
    let length = segments.horizon * windows * targets * size;
    make_room(queries, length);
    queries.clear();
    queries.resize(length, 0.0);
    for (row, query) in queries.chunks_exact_mut(size).enumerate() {
        let (target, pair) = (row % targets, row / targets);
        let (index, segment) = (pair % windows, pair / windows);
        query[segment] = 1.0;
        query[segments.horizon + target] = 1.0;
        if known_size == 0 {
            continue;
        }
        let known = query[segments.horizon + targets..].chunks_exact_mut(known_size);
        let rows = segment * segments.length..configuration.horizon;
        for (values, row) in known.zip(rows) {
            let start = (row * windows + index) * known_size;
            values.copy_from_slice(&inputs.known[start..start + known_size]);
        }
    }
}
