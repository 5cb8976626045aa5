//! From the recurrent layers to the head, and back: which rows the head reads, and the dropout on them.

use tidegate_cells::{Batch, Noise, State, make_room};

use crate::configuration::Readout;
use crate::dropout::{Dropout, Place};
use crate::error::ModelError;
use crate::final_hidden::final_hidden;
use crate::model::Model;
use crate::pooling::PoolingBuffers;
use crate::real_rows::RealRows;

/// What the head read, and working memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadoutBuffers {
    /// Rows of `[steps · batch]` that the head or the pooling read; unused for [`Readout::LastStep`].
    pub(crate) rows: RealRows,
    /// Features `[M, K]` that the head read, unless it read the recurrent output itself. After the backward pass through
    /// the head: the gradient of the recurrent output `[steps, batch, K]`, empty where only the final state was read.
    pub(crate) features: Vec<f32>,
    /// Outputs or their gradients `[M, outputs]` of the real rows.
    pub(crate) outputs: Vec<f32>,
    /// Of a head that reads pooled features.
    pub(crate) pooling: PoolingBuffers,
}

impl ReadoutBuffers {
    /// Bytes held.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.rows.memory_bytes()
            + self.pooling.memory_bytes()
            + (self.features.capacity() + self.outputs.capacity()) * size_of::<f32>()
    }
}

impl Model {
    /// Whether the head reads the recurrent output as it lies, without gathering or dropping.
    pub(crate) fn reads_in_place(&self, noise: Option<Noise>, rows: &RealRows) -> bool {
        self.configuration().readout == Readout::EveryStep
            && rows.all()
            && self.head_dropout(noise).is_none()
    }

    /// The masks on the head's features.
    fn head_dropout(&self, noise: Option<Noise>) -> Option<Dropout> {
        Dropout::new(self.configuration().output_dropout, noise, Place::Head)
    }

    /// Runs the head: `recurrent_output` is `[steps, batch, K]`, `state` the final state.
    pub(crate) fn read_out(
        &self,
        batch: &Batch,
        recurrent_output: &[f32],
        state: &State,
        noise: Option<Noise>,
        buffers: &mut ReadoutBuffers,
        outputs: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let width = self.configuration().outputs;
        let ReadoutBuffers {
            rows,
            features,
            outputs: dense,
            pooling: pooling_buffers,
        } = buffers;
        if self.configuration().readout == Readout::LastStep {
            final_hidden(&self.configuration().recurrent, state, features);
            self.drop_final_features(noise, batch.batch, features);
            make_room(outputs, batch.batch * width);
            outputs.resize(batch.batch * width, 0.0);
            return Ok(self.head.forward(features, outputs)?);
        }
        rows.set(batch);
        if let Some(pooling) = &self.pooling {
            let size = self.configuration().recurrent.output_size();
            let score = &self.parameters()[self.layout.pooling_score.clone()];
            let mut gathered = std::mem::take(&mut pooling_buffers.states);
            let states = if rows.all() {
                recurrent_output
            } else {
                rows.gather(recurrent_output, size, &mut gathered);
                &gathered
            };
            let place = (&*rows, batch.batch);
            pooling.forward(score, place, states, size, features, pooling_buffers)?;
            pooling_buffers.states = gathered;
            self.drop_final_features(noise, batch.batch, features);
            make_room(outputs, batch.batch * width);
            outputs.resize(batch.batch * width, 0.0);
            return Ok(self.head.forward(features, outputs)?);
        }
        if self.reads_in_place(noise, rows) {
            make_room(outputs, rows.len() * width);
            outputs.resize(rows.len() * width, 0.0);
            return Ok(self.head.forward(recurrent_output, outputs)?);
        }
        rows.gather(
            recurrent_output,
            self.configuration().recurrent.output_size(),
            features,
        );
        self.drop_features(noise, rows.places(), features);
        make_room(dense, rows.len() * width);
        dense.resize(rows.len() * width, 0.0);
        self.head.forward(features, dense)?;
        rows.scatter(dense, width, outputs);
        Ok(())
    }

    /// Applies the masks to rows of features, or of their gradients; `places` gives sequence and step of each.
    pub(crate) fn drop_features(
        &self,
        noise: Option<Noise>,
        places: impl Iterator<Item = (usize, usize)>,
        features: &mut [f32],
    ) {
        if let Some(dropout) = self.head_dropout(noise) {
            let width = self.configuration().recurrent.output_size();
            dropout.apply(places, width, features);
        }
    }

    /// The same for the features of the final state, and for pooled ones: one mask per sequence, wherever the pass begins.
    pub(crate) fn drop_final_features(
        &self,
        noise: Option<Noise>,
        batch: usize,
        features: &mut [f32],
    ) {
        let noise = noise.map(|noise| noise.after(0));
        self.drop_features(noise, (0..batch).map(|row| (row, 0)), features);
    }
}
