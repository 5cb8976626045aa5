//! One update: forward, loss, backward, clipping, optimiser. Its buffers are kept from one update to the next.

use std::ops::Range;

use tidegate_cells::Noise;
use tidegate_data::SequenceSet;
use tidegate_model::{Model, ModelConfiguration};

use crate::back_propagation::{BackPropagation, Failure, Passage};
use crate::checkpoint::Snapshot;
use crate::clipping::{clipping_factor, global_norm};
use crate::error::TrainError;
use crate::losses::LossSum;
use crate::optimiser::DecayRanges;
use crate::parts::Parts;
use crate::shuffle::noise_seed;
use crate::training::Training;

/// What an update was like.
pub(crate) struct Update {
    /// Loss before the update.
    pub(crate) loss: LossSum,
    /// Global norm of the gradient before clipping.
    pub(crate) gradient_norm: f64,
}

/// The buffers of an update and what stays the same for all of them.
pub(crate) struct Learner<'a> {
    training: &'a Training,
    weight_decay: f64,
    decay: DecayRanges,
    noisy: bool,
    back_propagation: BackPropagation,
    gradient: Vec<f32>,
}

impl<'a> Learner<'a> {
    /// With sequences, or their windows, run in parts of so many steps, or whole.
    pub(crate) fn new(model: &Model, training: &'a Training, part: Option<usize>) -> Self {
        let parameters = model.parameter_count();
        Learner {
            training,
            weight_decay: training.effective_weight_decay(),
            decay: if training.decay_biases {
                DecayRanges::all(parameters)
            } else {
                DecayRanges::matrices(model.tensors())
            },
            noisy: is_noisy(model.configuration()),
            back_propagation: BackPropagation::new(
                model,
                part.map_or(Parts::Whole, Parts::OfSteps),
            ),
            gradient: vec![0.0; parameters],
        }
    }

    /// Gives back the memory of the last pass; the next one takes it again.
    pub(crate) fn release_memory(&mut self, model: &Model) {
        self.back_propagation.release_memory(model);
    }

    /// Processes the given steps of the sequences `rows`, at `snapshot`'s position. The state moves on; where one of
    /// the steps is supervised, an update is made, else nothing is returned.
    ///
    /// If a number stops being finite, the model stays as it was and the snapshot must not be used any more.
    pub(crate) fn process(
        &mut self,
        model: &mut Model,
        set: &SequenceSet,
        rows: &[usize],
        steps: &Range<usize>,
        learning_rate: f64,
        snapshot: &mut Snapshot,
    ) -> Result<Option<Update>, TrainError> {
        let (epoch, update) = (snapshot.epochs.len() + 1, snapshot.optimiser.updates + 1);
        let not_finite = |what| TrainError::NotFinite {
            what,
            epoch,
            update,
        };
        let place = [
            epoch as u64,
            snapshot.position.batch as u64,
            snapshot.position.window as u64,
        ];
        let noise = self
            .noisy
            .then(|| Noise::new(noise_seed(self.training.seed, place)));
        let passage = Passage { set, rows, steps };
        let (state, gradient) = (&mut snapshot.state, &mut self.gradient);
        let loss = self
            .back_propagation
            .run(model, passage, noise, state, gradient, &mut |_, _| {})
            .map_err(|failure| match failure {
                Failure::NotFinite(what) => not_finite(what),
                Failure::Other(error) => error,
            })?;
        let Some(loss) = loss else {
            return Ok(None);
        };
        let gradient_norm = global_norm(&self.gradient);
        if !gradient_norm.is_finite() {
            return Err(not_finite("the gradient's norm"));
        }
        let clipped = |limit| clipping_factor(gradient_norm, limit);
        let is_finite = self.training.optimiser.update_scaled(
            &mut snapshot.parameters,
            &self.gradient,
            self.training.clip_norm.map_or(1.0, clipped),
            &mut snapshot.optimiser,
            learning_rate,
            self.weight_decay,
            &self.decay,
        )?;
        if !is_finite {
            return Err(not_finite(
                "a parameter or the optimiser's state after the update",
            ));
        }
        model.set_parameters(&snapshot.parameters)?;
        Ok(Some(Update {
            loss,
            gradient_norm,
        }))
    }
}

/// Whether training draws masks at all.
fn is_noisy(configuration: &ModelConfiguration) -> bool {
    let stack = &configuration.recurrent;
    [
        configuration.input_dropout,
        configuration.output_dropout,
        stack.dropout,
        stack.recurrent_dropout,
        stack.zoneout,
        stack.zoneout_cell,
    ]
    .iter()
    .any(|&rate| rate > 0.0)
}
