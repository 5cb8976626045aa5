//! The forward pass of training, which records what the backward pass needs.

use tidegate_cells::{Batch, Noise, State};

use crate::configuration::Readout;
use crate::error::ModelError;
use crate::inputs::BatchInputs;
use crate::model::Model;
use crate::tape::{ModelTape, Pass};

impl Model {
    /// Runs the model over a batch of sequences and records the pass on `tape`.
    ///
    /// Shapes are those of [`Model::forward`]. `noise` drives every dropout and zoneout of the pass; without it nothing
    /// is dropped, and the outputs are those of [`Model::forward`]. For truncated back-propagation through time, carry
    /// `state` from one window to the next. Sequences may also be run part by part, with `noise` begun
    /// [`after`](Noise::after) the steps of the parts before: outputs and states are then those of the whole.
    ///
    /// # Errors
    /// Names the slice, token or sequence that does not fit the model; the tape is empty then.
    pub fn forward_training(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        state: &mut State,
        noise: Option<Noise>,
        tape: &mut ModelTape,
        outputs: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        tape.pass = None;
        batch.validate_padded()?;
        self.check_inputs(batch, inputs)?;
        self.recurrent_output_len(batch)?;
        let features = self.recurrent_input(batch, inputs, noise, &mut tape.inputs);
        self.engine
            .forward_training(batch, features, state, noise, &mut tape.recurrent)?;
        let recurrent_output = match self.configuration().readout {
            Readout::EveryStep | Readout::Mean | Readout::Attention => tape.recurrent.output(),
            Readout::LastStep => &[],
        };
        self.read_out(
            batch,
            recurrent_output,
            state,
            noise,
            &mut tape.readout,
            outputs,
        )?;
        tape.pass = Some(Pass::new(batch, noise));
        Ok(())
    }

    /// Advances `state` over a part of the sequences exactly as [`Model::forward_training`] does, without outputs and
    /// without a record; `tape` is working memory.
    ///
    /// # Errors
    /// Those of [`Model::forward_training`].
    pub fn advance(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        state: &mut State,
        noise: Option<Noise>,
        tape: &mut ModelTape,
    ) -> Result<(), ModelError> {
        tape.pass = None;
        batch.validate_padded()?;
        self.check_inputs(batch, inputs)?;
        self.recurrent_output_len(batch)?;
        let features = self.recurrent_input(batch, inputs, noise, &mut tape.inputs);
        Ok(self
            .engine
            .advance(batch, features, state, noise, &mut tape.recurrent)?)
    }
}
