//! One update: forward, loss, backward, clipping, optimiser. Its buffers are kept from one update to the next.

use std::ops::Range;

use tidegate_cells::{Noise, first_not_finite};
use tidegate_data::SequenceSet;
use tidegate_model::{Model, ModelConfiguration, ModelError, ModelTape};

use crate::checkpoint::Snapshot;
use crate::clipping::{clipping_factor, global_norm};
use crate::error::TrainError;
use crate::losses::LossSum;
use crate::optimiser::DecayRanges;
use crate::overflow::is_overflow;
use crate::shuffle::noise_seed;
use crate::training::Training;
use crate::window::Window;
use crate::window_steps::is_supervised;

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
    window: Window,
    tape: ModelTape,
    outputs: Vec<f32>,
    output_gradient: Vec<f32>,
    gradient: Vec<f32>,
}

impl<'a> Learner<'a> {
    pub(crate) fn new(model: &Model, training: &'a Training) -> Self {
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
            window: Window::default(),
            tape: ModelTape::new(),
            outputs: Vec::new(),
            output_gradient: Vec::new(),
            gradient: vec![0.0; parameters],
        }
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
        let overflow = |what| {
            move |error: ModelError| {
                if is_overflow(&error) {
                    not_finite(what)
                } else {
                    TrainError::Model(error)
                }
            }
        };
        self.window.fill(set, rows, steps);
        let (batch, inputs) = (self.window.batch(), self.window.inputs());
        let place = [
            epoch as u64,
            snapshot.position.batch as u64,
            snapshot.position.window as u64,
        ];
        let noise = self.noisy.then(|| Noise {
            seed: noise_seed(self.training.seed, place),
        });
        let (tape, outputs) = (&mut self.tape, &mut self.outputs);
        model
            .forward_training(&batch, &inputs, &mut snapshot.state, noise, tape, outputs)
            .map_err(overflow("a number on its way through the model"))?;
        let supervised = is_supervised(set, rows, steps);
        let mut loss = LossSum::default();
        if supervised {
            loss = self.window.loss(outputs, &mut self.output_gradient)?;
            if !loss.sum.is_finite() {
                return Err(not_finite("the training loss"));
            }
        }
        if !is_finite(&snapshot.state.hidden) || !is_finite(&snapshot.state.cell) {
            return Err(not_finite("the carried state"));
        }
        if !supervised {
            return Ok(None);
        }
        self.gradient.fill(0.0);
        model
            .backward(
                &batch,
                &inputs,
                tape,
                &self.output_gradient,
                &mut self.gradient,
            )
            .map_err(overflow("a gradient on its way back through the model"))?;
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

fn is_finite(values: &[f32]) -> bool {
    first_not_finite(values).is_none()
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
