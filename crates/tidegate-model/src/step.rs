//! Inference one step at a time, without allocation: the path of a stream.

use tidegate_cells::{Batch, State, StepScratch, check_length};

use crate::error::ModelError;
use crate::inputs::BatchInputs;
use crate::model::Model;

/// Working memory of [`Model::step`] for a fixed number of sequences, made once by [`Model::step_scratch`].
pub struct ModelScratch {
    recurrent: StepScratch,
    features: Vec<f32>,
    output: Vec<f32>,
}

impl Model {
    /// Working memory for stepping `batch` sequences side by side.
    #[must_use]
    pub fn step_scratch(&self, batch: usize) -> ModelScratch {
        let stack = &self.configuration().recurrent;
        ModelScratch {
            recurrent: self.engine.step_scratch(batch),
            features: vec![0.0; batch * stack.input_size],
            output: vec![0.0; batch * stack.output_size()],
        }
    }

    /// Advances `state.batch` sequences by one step. It allocates nothing, unless it fails.
    ///
    /// `inputs` is `[batch, input_size]` features or `[batch]` tokens; `outputs [batch, outputs]` is what the head reads
    /// at this step, for [`Readout::LastStep`](crate::Readout::LastStep): as if the sequence ended here. The bits are
    /// those of [`Model::forward`] over the sequence so far.
    ///
    /// # Errors
    /// Names the slice or token that does not fit; a bidirectional model cannot be stepped, and neither can one that pools
    /// ([`ModelError::Pooling`]). `state` is as it was then.
    pub fn step(
        &self,
        inputs: &BatchInputs,
        state: &mut State,
        scratch: &mut ModelScratch,
        outputs: &mut [f32],
    ) -> Result<(), ModelError> {
        let stack = &self.configuration().recurrent;
        if self.configuration().readout.pools() {
            return Err(ModelError::Pooling);
        }
        let batch = Batch::full(1, state.batch);
        let sequences = ("batch", batch.batch);
        self.check_inputs(&batch, inputs)?;
        check_length(
            "outputs",
            outputs.len(),
            &[sequences, ("outputs", self.configuration().outputs)],
        )?;
        let ModelScratch {
            recurrent,
            features,
            output,
        } = scratch;
        check_length(
            "scratch",
            output.len(),
            &[sequences, ("output size", stack.output_size())],
        )?;
        check_length(
            "scratch",
            features.len(),
            &[sequences, ("input_size", stack.input_size)],
        )?;
        let features = match *inputs {
            BatchInputs::Features(values) => values,
            BatchInputs::Tokens(tokens) => {
                self.look_up(&batch, tokens, features);
                features
            }
        };
        self.engine.step(features, state, recurrent, output)?;
        Ok(self.head.forward(output, outputs)?)
    }
}
