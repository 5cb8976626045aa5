//! What the gates of a model do on given sequences.

use tidegate_cells::{Batch, State, Trace};

use crate::error::ModelError;
use crate::inputs::BatchInputs;
use crate::model::Model;

impl Model {
    /// Runs the recurrent layers over a batch of sequences as [`Model::forward`] does, and hands out what every gate,
    /// candidate and state of every layer and direction did: `[steps, batch, hidden_size]` each.
    ///
    /// A GRU's update gate of 1 keeps the old state; a minimal gated unit's forget gate of 0 does.
    ///
    /// # Errors
    /// Those of [`Model::forward`].
    pub fn trace(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
        state: &mut State,
    ) -> Result<Trace, ModelError> {
        batch.validate_padded()?;
        self.check_inputs(batch, inputs)?;
        self.recurrent_output_len(batch)?;
        let mut buffer = Vec::new();
        let features = self.recurrent_input(batch, inputs, None, &mut buffer);
        Ok(self.engine.trace(batch, features, state)?)
    }
}
