//! A forecaster as a lesson: an example is a window.

use std::ops::Range;

use serde_json::{Value, json};
use tidegate_cells::{Noise, State, Tensor};
use tidegate_data::{WindowBatch, WindowSet};
use tidegate_model::{
    Forecaster, ForecasterConfiguration, ForecasterTape, ModelError, WindowInputs,
};

use crate::back_propagation::Failure;
use crate::checkpoint::Checkpointing;
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::event::Event;
use crate::fingerprint::fingerprint_of_windows;
use crate::lesson::Lesson;
use crate::losses::{ForecastLoss, LossSum};
use crate::overflow::is_overflow;
use crate::shuffle::batch_rows;
use crate::train::follow;
use crate::trained::Trained;
use crate::training::Training;

/// Trains a forecaster on windows, as [`train`](crate::train) trains a model on sequences: the same options (but for those
/// that cut sequences), the same promises, the same checkpoints.
///
/// # Errors
/// [`TrainError::Option`] for options that make no sense or have no meaning here (`window`,
/// `memory_limit`, `class_weights`);
/// [`TrainError::Mismatch`] where windows do not fit the forecaster; [`TrainError::EmptySet`]; [`TrainError::Checkpoint`];
/// [`TrainError::NotFinite`] once a number stops being finite: the forecaster then has the parameters before that update.
#[allow(
    clippy::too_many_arguments,
    reason = "what is trained, on what, how, and who is told"
)]
pub fn train_forecaster(
    forecaster: &mut Forecaster,
    train: &WindowSet,
    valid: &WindowSet,
    loss: &ForecastLoss,
    training: &Training,
    checkpointing: Option<&Checkpointing>,
    observer: &mut dyn FnMut(Event<'_>),
    stop: &dyn Fn() -> bool,
) -> Result<Trained, TrainError> {
    training.validate()?;
    loss.validate()?;
    for (option, is_given) in [
        ("window", training.window.is_some()),
        ("memory_limit", training.memory_limit.is_some()),
    ] {
        if is_given {
            let reason = "has no meaning for a forecaster, whose windows are read whole".to_owned();
            return Err(TrainError::Option { option, reason });
        }
    }
    if training.class_weights.is_some() {
        let reason = "weighs classes, and a forecast has none".to_owned();
        let option = "class_weights";
        return Err(TrainError::Option { option, reason });
    }
    check(forecaster.configuration(), train, loss, "training")?;
    check(forecaster.configuration(), valid, loss, "validation")?;
    let lesson = ForecastLesson {
        forecaster,
        train,
        valid,
        loss,
        training,
        batch: WindowBatch::default(),
        tape: ForecasterTape::new(),
        outputs: Vec::new(),
        output_gradient: Vec::new(),
    };
    follow(lesson, training, checkpointing, observer, stop)
}

/// Checks that windows fit a forecaster and that each has a target to learn from.
fn check(
    configuration: &ForecasterConfiguration,
    set: &WindowSet,
    loss: &ForecastLoss,
    part: &'static str,
) -> Result<(), TrainError> {
    if set.is_empty() {
        return Err(TrainError::EmptySet { part });
    }
    let shape = set.shape();
    for (what, network, windows) in [
        ("rows in its window", configuration.window, shape.window),
        ("rows in its horizon", configuration.horizon, shape.horizon),
        ("targets", configuration.targets, shape.targets),
        (
            "features known up to now",
            configuration.past_size,
            shape.past_size,
        ),
        (
            "features known ahead",
            configuration.known_size,
            shape.known_size,
        ),
        (
            "numbers for each value",
            configuration.levels,
            loss.levels(),
        ),
    ] {
        if network != windows {
            let reason = format!("the forecaster has {network} {what}, the windows have {windows}");
            return Err(TrainError::Mismatch { part, reason });
        }
    }
    if !set.has_targets() {
        let reason = "the windows' future is not in the series".to_owned();
        return Err(TrainError::Mismatch { part, reason });
    }
    if let Some(place) = set.first_without_observation() {
        let reason = format!(
            "none of the targets of the window of series {} with origin {} was observed: leave it out",
            place.series, place.origin
        );
        return Err(TrainError::Mismatch { part, reason });
    }
    Ok(())
}

/// A forecaster with its windows and the buffers of its passes.
struct ForecastLesson<'a> {
    forecaster: &'a mut Forecaster,
    train: &'a WindowSet,
    valid: &'a WindowSet,
    loss: &'a ForecastLoss,
    training: &'a Training,
    batch: WindowBatch,
    tape: ForecasterTape,
    outputs: Vec<f32>,
    output_gradient: Vec<f32>,
}

impl Lesson for ForecastLesson<'_> {
    fn parameters(&self) -> &[f32] {
        self.forecaster.parameters()
    }

    fn tensors(&self) -> &[Tensor] {
        self.forecaster.tensors()
    }

    fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), TrainError> {
        Ok(self.forecaster.set_parameters(parameters)?)
    }

    fn configuration(&self) -> Result<Value, serde_json::Error> {
        let network = serde_json::to_value(self.forecaster.configuration())?;
        Ok(json!({"forecaster": network, "loss": serde_json::to_value(self.loss)?}))
    }

    fn fingerprints(&self) -> [String; 2] {
        [self.train, self.valid].map(fingerprint_of_windows)
    }

    fn is_noisy(&self) -> bool {
        let configuration = self.forecaster.configuration();
        let stack = &configuration.recurrent;
        [
            configuration.dropout,
            stack.dropout,
            stack.recurrent_dropout,
            stack.zoneout,
            stack.zoneout_cell,
        ]
        .iter()
        .any(|&rate| rate > 0.0)
    }

    fn examples(&self) -> usize {
        self.train.len()
    }

    fn windows(&self, _rows: &[usize]) -> usize {
        1
    }

    fn updates(&self, _rows: &[usize], windows: Range<usize>) -> usize {
        windows.len()
    }

    fn zero_state(&self, batch: usize) -> State {
        State {
            batch,
            hidden: Vec::new(),
            cell: Vec::new(),
        }
    }

    fn gradient(
        &mut self,
        rows: &[usize],
        _window: usize,
        noise: Option<Noise>,
        _state: &mut State,
        gradient: &mut [f32],
    ) -> Result<Option<LossSum>, Failure> {
        self.train.fill(rows, &mut self.batch);
        self.forecaster
            .forward_training(
                &inputs(&self.batch),
                noise,
                &mut self.tape,
                &mut self.outputs,
            )
            .map_err(overflow("a number on its way through the network"))?;
        self.output_gradient.resize(self.outputs.len(), 0.0);
        let loss = self.loss.measure(
            &self.outputs,
            &self.batch.targets,
            &self.batch.observed,
            &mut self.output_gradient,
        )?;
        if !loss.sum.is_finite() {
            return Err(Failure::NotFinite("the training loss"));
        }
        gradient.fill(0.0);
        self.forecaster
            .backward(&mut self.tape, &self.output_gradient, gradient)
            .map_err(overflow("a gradient on its way back through the network"))?;
        Ok(Some(loss))
    }

    fn validate(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Evaluation>, TrainError> {
        let order: Vec<usize> = (0..self.valid.len()).collect();
        let mut total = LossSum::default();
        for batch in 0.. {
            let rows = batch_rows(&order, batch, self.training.batch_size);
            if stop() {
                return Ok(None);
            }
            if rows.is_empty() {
                break;
            }
            self.valid.fill(rows, &mut self.batch);
            self.forecaster
                .forward(&inputs(&self.batch), &mut self.outputs)
                .map_err(|error| match is_overflow(&error) {
                    true => TrainError::EvaluationNotFinite,
                    false => TrainError::Model(error),
                })?;
            self.output_gradient.resize(self.outputs.len(), 0.0);
            total.add(self.loss.measure(
                &self.outputs,
                &self.batch.targets,
                &self.batch.observed,
                &mut self.output_gradient,
            )?);
        }
        if !total.sum.is_finite() {
            return Err(TrainError::EvaluationNotFinite);
        }
        Ok(Some(Evaluation {
            loss: total.mean(),
            steps: total.steps,
        }))
    }
}

/// A batch as a forecaster reads it.
pub(crate) fn inputs(batch: &WindowBatch) -> WindowInputs<'_> {
    WindowInputs {
        windows: batch.windows,
        past: &batch.past,
        known: &batch.known,
    }
}

fn overflow(what: &'static str) -> impl Fn(ModelError) -> Failure {
    move |error| match is_overflow(&error) {
        true => Failure::NotFinite(what),
        false => Failure::Other(TrainError::Model(error)),
    }
}
