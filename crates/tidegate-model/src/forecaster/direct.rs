//! The network that reads a window row by row and gives the whole horizon at once.

use tidegate_cells::{Batch, Noise, make_room};

use super::tape::ForecasterTape;
use super::window_inputs::WindowInputs;
use super::{Forecaster, rows};
use crate::dropout::Place;
use crate::error::ModelError;
use crate::final_hidden::{add_final_hidden_gradient, final_hidden};

impl Forecaster {
    /// From normalised windows to `tape.raw`, `[B, horizon, C, L]`.
    pub(super) fn forward_direct(
        &self,
        inputs: &WindowInputs<'_>,
        noise: Option<Noise>,
        is_recorded: bool,
        tape: &mut ForecasterTape,
    ) -> Result<(), ModelError> {
        let configuration = &self.configuration;
        let (windows, targets) = (inputs.windows, configuration.targets);
        tape.window.clear();
        make_room(&mut tape.window, inputs.past.len());
        tape.window.extend_from_slice(inputs.past);
        let rows = tape.window.chunks_exact_mut(configuration.past_size);
        for (index, row) in rows.enumerate() {
            let levels = &tape.levels[index % windows * targets..];
            for (value, level) in row[..targets].iter_mut().zip(levels) {
                *value = level.normalise(*value);
            }
        }
        let batch = Batch::full(configuration.window, windows);
        let mut state = configuration.recurrent.zero_state(windows);
        let run = if is_recorded {
            tidegate_cells::Engine::forward_training
        } else {
            tidegate_cells::Engine::advance
        };
        run(
            &self.encoder,
            &batch,
            &tape.window,
            &mut state,
            noise,
            &mut tape.encoder,
        )?;
        let units = configuration.recurrent.output_size();
        final_hidden(&configuration.recurrent, &state, &mut tape.raw);
        if let Some(noise) = self.head_noise(noise) {
            rows::drop(
                noise,
                Place::Head as u64,
                configuration.dropout,
                units,
                &mut tape.raw,
            );
        }
        let known = configuration.horizon * configuration.known_size;
        tape.features.clear();
        make_room(&mut tape.features, windows * (units + known));
        for (index, hidden) in tape.raw.chunks_exact(units).enumerate() {
            tape.features.extend_from_slice(hidden);
            if known > 0 {
                let size = configuration.known_size;
                for row in inputs.known.chunks_exact(windows * size) {
                    tape.features
                        .extend_from_slice(&row[index * size..][..size]);
                }
            }
        }
        tape.raw.resize(windows * configuration.outputs(), 0.0);
        rows::forward(&self.head, &tape.features, &mut tape.raw, |_| {})?;
        Ok(())
    }

    /// From `tape.raw_gradient` to the gradient of every parameter.
    pub(super) fn backward_direct(
        &self,
        windows: usize,
        noise: Option<Noise>,
        tape: &mut ForecasterTape,
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let configuration = &self.configuration;
        self.backward_head(tape, gradient)?;
        let units = configuration.recurrent.output_size();
        let width = self.head.inputs();
        let hidden = &mut tape.embedded_gradient;
        hidden.clear();
        for row in tape.feature_gradient.chunks_exact(width) {
            hidden.extend_from_slice(&row[..units]);
        }
        if let Some(noise) = self.head_noise(noise) {
            rows::drop(
                noise,
                Place::Head as u64,
                configuration.dropout,
                units,
                hidden,
            );
        }
        let mut state_gradient = configuration.recurrent.zero_state(windows);
        add_final_hidden_gradient(&configuration.recurrent, hidden, &mut state_gradient);
        let recurrent = self.layout.recurrent.clone();
        self.encoder.backward(
            &Batch::full(configuration.window, windows),
            &self.parameters[recurrent.clone()],
            &tape.window,
            &mut tape.encoder,
            &[],
            &mut state_gradient,
            &mut gradient[recurrent],
            None,
        )?;
        Ok(())
    }
}
