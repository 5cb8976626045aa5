//! Learning from a stream while it is watched.

use tidegate_cells::{Batch, State};
use tidegate_model::{BatchInputs, ModelTape};

use super::channel::input;
use super::memory::Memory;
use super::model::{DetectModel, DetectPlan};
use super::predictor::Predictor;
use super::tail::Tail;
use super::views::{Views, distances};
use crate::clipping::{clip_by_global_norm, global_norm};
use crate::error::TrainError;
use crate::optimiser::{DecayRanges, OptimiserState};

/// Steps of truncated back-propagation, and readings from one update to the next.
pub(super) const STEPS: usize = 64;

/// Readings that are remembered from one look at what is usual to the next.
pub(super) const READINGS: usize = 512;

/// The learning rate beside that of the training: what was learnt in many passes is not to be lost in one.
const PACE: f64 = 0.1;

/// What a learning detector remembers.
pub(super) struct Learning {
    /// Inputs `[steps, channels, 2]` and what was not expected after them `[steps, channels]`.
    pub(super) inputs: Vec<f32>,
    pub(super) targets: Vec<f32>,
    /// The state before the first of these steps.
    pub(super) start: State,
    /// The last inputs, after which nothing came yet; empty where nothing can be learnt from what comes.
    pub(super) pending: Vec<f32>,
    pub(super) optimiser: OptimiserState,
    /// Errors and levels of each channel, and means of surprises where there are several channels. Means over a span are not
    /// remembered: neighbours share all but one of their readings, so that the last ones say next to nothing of what is
    /// rare. What they go over are surprises, whose own distributions follow the stream.
    pub(super) errors: Vec<Memory>,
    pub(super) levels: Vec<Option<Memory>>,
    pub(super) together: Option<Memory>,
    /// Readings since the last look at what is usual.
    pub(super) since: usize,
    tape: ModelTape,
    outputs: Vec<f32>,
    gradient: Vec<f32>,
}

impl Learning {
    pub(super) fn new(model: &DetectModel) -> Learning {
        let views = &model.plan.views;
        let parameters = model.network.parameter_count();
        let levels = views.levels.iter();
        Learning {
            inputs: Vec::new(),
            targets: Vec::new(),
            start: model.network.zero_state(1),
            pending: Vec::new(),
            optimiser: model.plan.training.optimiser.initial_state(parameters),
            errors: views.errors.iter().map(Memory::of).collect(),
            levels: levels
                .map(|level| {
                    let level = level.as_ref()?;
                    Some(Memory::about(level.median, &level.distance))
                })
                .collect(),
            together: views.together.as_ref().map(Memory::of),
            since: 0,
            tape: ModelTape::new(),
            outputs: Vec::new(),
            gradient: vec![0.0; parameters],
        }
    }

    /// Remembers a usual reading, and now and then looks at what is usual.
    pub(super) fn remember(
        &mut self,
        views: &mut Views,
        plan: &DetectPlan,
        values: &[f64],
        errors: &[f64],
    ) {
        let known = |memory: &mut Memory, value: f64| {
            if !value.is_nan() {
                memory.push(value);
            }
        };
        for (memory, &error) in self.errors.iter_mut().zip(errors) {
            known(memory, error);
        }
        for (memory, &value) in self.levels.iter_mut().zip(values) {
            if let Some(memory) = memory {
                known(memory, value);
            }
        }
        if let (Some(memory), Some(mean)) = (&mut self.together, views.mean_surprise(errors)) {
            memory.push(mean);
        }
        self.since += 1;
        if self.since >= READINGS {
            self.since = 0;
            self.refit(views, plan);
        }
    }

    /// Takes the distributions from the memories. One whose largest values no longer differ stays as it is.
    fn refit(&self, views: &mut Views, plan: &DetectPlan) {
        let refit = |tail: &mut Tail, memory: &Memory| {
            if let Some(found) = Tail::of(&memory.values) {
                *tail = found;
            }
        };
        for (tail, memory) in views.errors.iter_mut().zip(&self.errors) {
            refit(tail, memory);
        }
        let levels = views.levels.iter_mut().zip(&self.levels);
        for ((level, memory), channel) in levels.zip(&plan.channels) {
            let (Some(level), Some(memory)) = (level, memory) else {
                continue;
            };
            let (median, distances) = distances(memory.values.clone());
            // A level that has frozen is usual within the noise that it had.
            let least = 1e-3 * channel.innovation * channel.deviation;
            if let Some(found) = Tail::of(&distances).filter(|found| found.value_of(10.0) > least) {
                level.distance = found;
                level.median = median;
            }
        }
        if let (Some(tail), Some(memory)) = (&mut views.together, &self.together) {
            refit(tail, memory);
        }
    }

    /// Follows the predictor, which has taken a reading and has not read it yet; where enough usual readings have come one
    /// after the other, the network learns from them.
    pub(super) fn follow(
        &mut self,
        model: &mut DetectModel,
        predictor: &Predictor,
        is_usual: bool,
    ) -> Result<(), TrainError> {
        let is_known = is_usual && !self.pending.is_empty();
        if is_known {
            self.inputs.extend_from_slice(&self.pending);
            let innovations = predictor.inputs.iter().skip(1).step_by(2);
            self.targets.extend(innovations);
            if self.targets.len() >= STEPS * model.plan.channels.len() {
                self.update(model)?;
            }
        } else {
            self.inputs.clear();
            self.targets.clear();
        }
        if self.inputs.is_empty() {
            self.start.clone_from(&predictor.state);
        }
        self.pending.clear();
        if is_usual {
            self.pending.extend_from_slice(&predictor.inputs);
        }
        Ok(())
    }

    /// One update from the steps that were gathered, which are forgotten.
    fn update(&mut self, model: &mut DetectModel) -> Result<(), TrainError> {
        let batch = Batch::full(STEPS, 1);
        let inputs = BatchInputs::Features(&self.inputs);
        let network = &model.network;
        network.forward_training(
            &batch,
            &inputs,
            &mut self.start,
            None,
            &mut self.tape,
            &mut self.outputs,
        )?;
        let share = 2.0 / self.targets.len() as f32;
        for (output, target) in self.outputs.iter_mut().zip(&self.targets) {
            *output = share * (*output - input(f64::from(*target)));
        }
        self.gradient.fill(0.0);
        network.backward(
            &batch,
            &inputs,
            &mut self.tape,
            &self.outputs,
            &mut self.gradient,
        )?;
        let training = &model.plan.training;
        let norm = global_norm(&self.gradient);
        clip_by_global_norm(&mut self.gradient, norm, training.clip_norm.unwrap_or(1.0));
        let mut parameters = network.parameters().to_vec();
        training.optimiser.update(
            &mut parameters,
            &self.gradient,
            &mut self.optimiser,
            PACE * training.learning_rate,
            training.effective_weight_decay(),
            &DecayRanges::all(network.parameter_count()),
        )?;
        model.network.set_parameters(&parameters)?;
        self.inputs.clear();
        self.targets.clear();
        Ok(())
    }
}
