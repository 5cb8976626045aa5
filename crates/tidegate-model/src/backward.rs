//! The backward pass: from the gradient of the outputs to that of every parameter.

use tidegate_cells::{Batch, Noise, State, check_length, first_not_finite, make_room};

use crate::configuration::{InputLayer, Readout};
use crate::dropout::{Dropout, Place};
use crate::embedding::Embedding;
use crate::error::ModelError;
use crate::final_hidden::add_final_hidden_gradient;
use crate::inputs::BatchInputs;
use crate::model::Model;
use crate::tape::ModelTape;

impl Model {
    /// Adds the gradient of every parameter to `gradient`, a flat buffer laid out by [`Model::tensors`], and consumes
    /// what `tape` holds.
    ///
    /// `batch` and `inputs` are those of the recorded pass, and the parameters must not have changed since.
    /// `output_gradient` has the shape of the outputs; what it holds past a sequence's end is not read. The gradient of
    /// the final state is taken as zero: back-propagation through time ends at the window's end (truncated).
    ///
    /// # Errors
    /// [`ModelError::Tape`] if the tape holds no pass of this batch; otherwise names the slice that does not fit, or the
    /// value of `output_gradient` that is not finite. `gradient` is as it was then. If gradients overflow on their way
    /// back, the error says so, and `gradient` is not to be used.
    pub fn backward(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        tape: &mut ModelTape,
        output_gradient: &[f32],
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let mut state_gradient = match tape.state_gradient.take() {
            Some(mut state) if self.is_state_of(&state, batch.batch) => {
                state.reset();
                state
            }
            _ => self.zero_state(batch.batch),
        };
        let output_gradient = Some(output_gradient);
        let result = self.backward_part(
            batch,
            inputs,
            tape,
            output_gradient,
            &mut state_gradient,
            gradient,
        );
        tape.state_gradient = Some(state_gradient);
        result
    }

    /// The same for one part of sequences that are run part by part, from the last part to the first.
    ///
    /// `state_gradient` holds the gradient of the part's final state, zeros for the last part, and afterwards that of its
    /// initial state, which is the final one of the part before. Without `output_gradient` no output of this part
    /// matters. Over all parts, `gradient` takes what one pass over the whole gives, but for the order of summation.
    ///
    /// # Errors
    /// Those of [`Model::backward`], and that `state_gradient` does not fit.
    pub fn backward_part(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        tape: &mut ModelTape,
        output_gradient: Option<&[f32]>,
        state_gradient: &mut State,
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        batch.validate_padded()?;
        self.check_inputs(batch, inputs)?;
        check_length(
            "gradient",
            gradient.len(),
            &[("parameters", self.parameter_count())],
        )?;
        self.check_state_gradient(state_gradient, batch.batch)?;
        if let Some(output_gradient) = output_gradient {
            self.check_outputs("output_gradient", batch, output_gradient.len())?;
        }
        let pass = tape
            .pass
            .take()
            .filter(|pass| pass.is_of(batch))
            .ok_or(ModelError::Tape)?;
        match output_gradient {
            Some(output_gradient) => {
                self.check_output_gradient(batch, output_gradient)?;
                self.backward_head(
                    batch,
                    pass.noise,
                    tape,
                    output_gradient,
                    state_gradient,
                    gradient,
                )?;
            }
            None => tape.readout.features.clear(),
        }
        self.backward_recurrent(batch, inputs, pass.noise, tape, state_gradient, gradient)?;
        if let (InputLayer::Embedding { vocabulary, size }, BatchInputs::Tokens(tokens)) =
            (self.configuration().input, inputs)
        {
            let weight_gradient = &mut gradient[self.layout.embedding.clone()];
            Embedding { vocabulary, size }.add_gradient(
                batch,
                tokens,
                &tape.input_gradient,
                weight_gradient,
            );
        }
        Ok(())
    }

    /// Checks that the gradient of every output that was computed is finite.
    fn check_output_gradient(
        &self,
        batch: &Batch,
        output_gradient: &[f32],
    ) -> Result<(), ModelError> {
        let every_step = self.configuration().readout == Readout::EveryStep;
        let outputs = self.configuration().outputs;
        let mut start = 0;
        while let Some(found) = first_not_finite(&output_gradient[start..]) {
            let index = start + found;
            let (position, output) = (index / outputs, index % outputs);
            let (row, step) = (position % batch.batch, position / batch.batch);
            let value = output_gradient[index];
            if !every_step {
                return Err(ModelError::OutputGradient {
                    place: format!("sequence {row}, output {output}"),
                    value,
                });
            }
            if step < batch.length(row) {
                let place = format!("sequence {row}, step {step}, output {output}");
                return Err(ModelError::OutputGradient { place, value });
            }
            // Padding is not read: on to the next row.
            start = (position + 1) * outputs;
        }
        Ok(())
    }

    /// Through the head: leaves the gradient of the recurrent output on the tape and adds that of the final state.
    fn backward_head(
        &self,
        batch: &Batch,
        noise: Option<Noise>,
        tape: &mut ModelTape,
        output_gradient: &[f32],
        state_gradient: &mut State,
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let width = self.configuration().recurrent.output_size();
        let total = self.recurrent_output_len(batch)?;
        let ModelTape {
            recurrent,
            readout,
            feature_gradient,
            ..
        } = tape;
        let (layout, parameters) = (&self.layout, self.parameters());
        if let Some(pooling) = &self.pooling {
            make_room(feature_gradient, readout.features.len());
            feature_gradient.resize(readout.features.len(), 0.0);
            self.head.backward(
                layout,
                parameters,
                &readout.features,
                output_gradient,
                gradient,
                feature_gradient,
            )?;
            self.drop_final_features(noise, batch.batch, feature_gradient);
            let gathered = std::mem::take(&mut readout.pooling.states);
            let states = if readout.rows.all() {
                recurrent.output()
            } else {
                &gathered
            };
            pooling.backward(
                (layout, parameters),
                (&readout.rows, batch.batch),
                states,
                (feature_gradient, width),
                gradient,
                &mut readout.pooling,
            )?;
            readout.pooling.states = gathered;
            readout
                .rows
                .scatter(&readout.pooling.gradient, width, &mut readout.features);
        } else if self.configuration().readout == Readout::LastStep {
            make_room(feature_gradient, readout.features.len());
            feature_gradient.resize(readout.features.len(), 0.0);
            self.head.backward(
                layout,
                parameters,
                &readout.features,
                output_gradient,
                gradient,
                feature_gradient,
            )?;
            self.drop_final_features(noise, batch.batch, feature_gradient);
            let stack = &self.configuration().recurrent;
            add_final_hidden_gradient(stack, feature_gradient, state_gradient);
            readout.features.clear();
        } else if self.reads_in_place(noise, &readout.rows) {
            make_room(&mut readout.features, total);
            readout.features.resize(total, 0.0);
            self.head.backward(
                layout,
                parameters,
                recurrent.output(),
                output_gradient,
                gradient,
                &mut readout.features,
            )?;
        } else {
            readout.rows.gather(
                output_gradient,
                self.configuration().outputs,
                &mut readout.outputs,
            );
            make_room(feature_gradient, readout.features.len());
            feature_gradient.resize(readout.features.len(), 0.0);
            self.head.backward(
                layout,
                parameters,
                &readout.features,
                &readout.outputs,
                gradient,
                feature_gradient,
            )?;
            self.drop_features(noise, readout.rows.places(), feature_gradient);
            readout
                .rows
                .scatter(feature_gradient, width, &mut readout.features);
        }
        Ok(())
    }

    /// Through the recurrent layers and the dropout before them: leaves the gradient of an embedding on the tape.
    fn backward_recurrent(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        noise: Option<Noise>,
        tape: &mut ModelTape,
        state_gradient: &mut State,
        gradient: &mut [f32],
    ) -> Result<(), ModelError> {
        let dropout = Dropout::new(self.configuration().input_dropout, noise, Place::Input);
        let size = self.configuration().recurrent.input_size;
        let learns_input = matches!(self.configuration().input, InputLayer::Embedding { .. });
        let ModelTape {
            recurrent,
            inputs: kept,
            readout,
            input_gradient,
            ..
        } = tape;
        let features = match *inputs {
            BatchInputs::Features(values) if dropout.is_none() => values,
            _ => kept.as_slice(),
        };
        if learns_input {
            make_room(input_gradient, features.len());
            input_gradient.resize(features.len(), 0.0);
        }
        self.engine.backward(
            batch,
            &self.parameters()[self.layout.recurrent.clone()],
            features,
            recurrent,
            &readout.features,
            state_gradient,
            &mut gradient[self.layout.recurrent.clone()],
            learns_input.then_some(input_gradient.as_mut_slice()),
        )?;
        if let (true, Some(dropout)) = (learns_input, dropout) {
            dropout.apply_to_all(batch.batch, size, input_gradient);
        }
        Ok(())
    }
}
