//! Inference over whole sequences.

use tidegate_cells::{Batch, State, Tape};

use crate::configuration::Readout;
use crate::error::ModelError;
use crate::inputs::BatchInputs;
use crate::model::Model;
use crate::readout::ReadoutBuffers;

impl Model {
    /// Runs the model over a batch of sequences, without dropout.
    ///
    /// `state` holds the state before the first step and, afterwards, that at each sequence's true end. `outputs` is
    /// replaced: `[steps, batch, outputs]` for [`Readout::EveryStep`](crate::Readout::EveryStep), zero past a sequence's
    /// end; `[batch, outputs]` for [`Readout::LastStep`](crate::Readout::LastStep), from the final state, and for the
    /// readouts that pool, from this pass's steps alone: the state carries no steps of passes before. A sequence of
    /// length 0 keeps its state; where the head pools, it reads zeros. A sequence's bits do not depend on its neighbours, on its padding or on the number of
    /// threads.
    ///
    /// # Errors
    /// Names the slice, token or sequence that does not fit the model; nothing has changed then.
    pub fn forward(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        state: &mut State,
        outputs: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        batch.validate_padded()?;
        self.check_inputs(batch, inputs)?;
        let mut buffer = Vec::new();
        let features = self.recurrent_input(batch, inputs, None, &mut buffer);
        self.recurrent_output_len(batch)?;
        // The head reads the outputs where the recurrent layers leave them.
        let mut tape = Tape::new();
        self.engine
            .advance(batch, features, state, None, &mut tape)?;
        let recurrent_output = match self.configuration().readout {
            Readout::EveryStep | Readout::Mean | Readout::Attention => tape.output(),
            Readout::LastStep => &[],
        };
        self.read_out(
            batch,
            recurrent_output,
            state,
            None,
            &mut ReadoutBuffers::default(),
            outputs,
        )
    }
}
