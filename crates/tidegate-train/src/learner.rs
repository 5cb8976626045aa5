//! One update: forward, loss, backward, clipping, optimiser. Its buffers are kept from one update to the next.

use tidegate_cells::Noise;

use crate::back_propagation::Failure;
use crate::checkpoint::Snapshot;
use crate::clipping::{clipping_factor, global_norm};
use crate::error::TrainError;
use crate::lesson::Lesson;
use crate::losses::LossSum;
use crate::optimiser::DecayRanges;
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
    gradient: Vec<f32>,
}

impl<'a> Learner<'a> {
    pub(crate) fn new(lesson: &impl Lesson, training: &'a Training) -> Self {
        let parameters = lesson.parameters().len();
        Learner {
            training,
            weight_decay: training.effective_weight_decay(),
            decay: if training.decay_biases {
                DecayRanges::all(parameters)
            } else {
                DecayRanges::matrices(lesson.tensors())
            },
            noisy: lesson.is_noisy(),
            gradient: vec![0.0; parameters],
        }
    }

    /// Processes the window of the batch `rows` at `snapshot`'s position. The state moves on; where there is something to
    /// learn from, an update is made, else nothing is returned.
    ///
    /// If a number stops being finite, the network stays as it was and the snapshot must not be used any more.
    pub(crate) fn process(
        &mut self,
        lesson: &mut impl Lesson,
        rows: &[usize],
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
        let window = snapshot.position.window;
        let (state, gradient) = (&mut snapshot.state, &mut self.gradient);
        let loss = lesson
            .gradient(rows, window, noise, state, gradient)
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
        lesson.set_parameters(&snapshot.parameters)?;
        Ok(Some(Update {
            loss,
            gradient_norm,
        }))
    }
}
