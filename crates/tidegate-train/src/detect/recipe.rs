//! What is asked for when a detector is fitted.

use serde::{Deserialize, Serialize};
use tidegate_cells::{Cell, Stack};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};

use super::data::DetectData;
use super::error::DetectError;
use super::false_alarms::{FalseAlarms, Period};
use super::folds::Fold;
use super::model::{DetectModel, DetectPlan, FittedRows, MOST_READINGS, probability};
use super::tail::Tail;
use super::views::Views;
use crate::checkpoint::Checkpointing;
use crate::error::TrainError;
use crate::event::Event;
use crate::fingerprint::of_numbers;
use crate::train::train_until;
use crate::trained::{Outcome, Trained};
use crate::training::Training;

/// Blocks of the first part, each of which is held back once.
const FOLDS: usize = 4;

/// Steps of a training sequence, where the blocks are long enough.
const STEPS: usize = 64;

/// Everything that a detector follows from, but for the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectRecipe {
    /// Share of the rows, from the first on, that everything is fitted on; above 0, up to 1.
    pub first: f64,
    /// The recurrent cell.
    pub cell: Cell,
    /// Units of a layer.
    pub hidden_size: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Readings that the mean of surprises goes over.
    pub span: usize,
    /// False alarms that are put up with; absent for one a month, or one in 10,000 readings where they have no times.
    pub false_alarms: Option<FalseAlarms>,
    /// Readings below the threshold after which the next one above it is a new alarm.
    pub hold_off: usize,
    /// How long and how fast.
    pub training: Training,
}

impl Default for DetectRecipe {
    fn default() -> DetectRecipe {
        DetectRecipe {
            first: 0.15,
            cell: Cell::Gru(tidegate_cells::Gru::default()),
            hidden_size: 32,
            layers: 1,
            span: 256,
            false_alarms: None,
            hold_off: 256,
            training: Training {
                learning_rate: 1e-3,
                epochs: 60,
                patience: Some(8),
                batch_size: 16,
                ..Training::default()
            },
        }
    }
}

impl DetectRecipe {
    /// How many rows of a table everything is fitted on.
    #[must_use]
    pub fn fitted_rows(&self, data: &DetectData) -> usize {
        ((self.first * data.rows as f64).floor() as usize).min(data.rows)
    }

    /// The rate of false alarms for this data.
    #[must_use]
    pub fn rate(&self, data: &DetectData) -> FalseAlarms {
        let count = 1.0;
        let period = match data.interval(0..self.fitted_rows(data)) {
            Some(_) => Period::Month,
            None => Period::Readings(10_000.0),
        };
        self.false_alarms.unwrap_or(FalseAlarms { count, period })
    }

    /// Fits a detector on the first part of the data.
    ///
    /// The part is cut into four blocks. For each of them a network learns from the other three, and its errors on the block
    /// are kept; a block also says which epoch was the best. From all errors together come the distributions of what is
    /// usual. The network that held back the last block is the detector's. Only its training is told to the observer and
    /// keeps a checkpoint; it comes first, the others follow in an instant where it is there already.
    ///
    /// # Errors
    /// [`TrainError::Detect`] names what about the data keeps a detector from being fitted; else those of
    /// [`train_until`].
    pub fn train(
        &self,
        data: &DetectData,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(DetectModel, Trained), TrainError> {
        let rows = self.check(data)?;
        let rate = self.rate(data);
        let interval = data.interval(0..rows);
        let probability = probability(rate, interval)?;
        let width = data.names.len();
        let mut errors = vec![f64::NAN; rows * width];
        let mut result = None;
        for index in (0..FOLDS).rev() {
            let fold = Fold::of(rows, FOLDS, index);
            let is_own = result.is_none();
            let channels = fold.channels(data)?;
            let steps = STEPS.min(rows / (2 * FOLDS) - 1);
            let [learnt, held_back] = fold.sets(data, &channels, steps)?;
            let mut network = self.network(width)?;
            let mut silent = |_: Event<'_>| {};
            let trained = train_until(
                &mut network,
                &learnt,
                &held_back,
                &self.training,
                checkpointing.filter(|_| is_own),
                if is_own { &mut *observer } else { &mut silent },
                stop,
            )?;
            let is_interrupted = trained.outcome == Outcome::Interrupted;
            let held_back = fold.held_back.start * width..fold.held_back.end * width;
            errors[held_back].copy_from_slice(&fold.errors(data, &network, &channels)?);
            let (own, own_trained) = result.get_or_insert((None, trained));
            if is_interrupted {
                own_trained.outcome = Outcome::Interrupted;
            }
            if own.is_none() {
                *own = Some((network, channels));
            }
            if is_interrupted {
                break;
            }
        }
        let Some((Some((network, channels)), trained)) = result else {
            return Err(TrainError::EmptySet { part: "training" });
        };
        let readings = data.values_up_to(rows);
        let views = match trained.outcome {
            // What is usual is not known yet; any numbers that differ stand for it, in a model that is not to be used.
            Outcome::Interrupted => {
                let numbers: Vec<f64> = (0..readings.len()).map(|place| place as f64).collect();
                Views::fit(&numbers, &numbers, width, self.span, probability)
            }
            _ => Views::fit(&errors, readings, width, self.span, probability),
        };
        let views = views.map_err(|(channel, what)| DetectError::Constant {
            name: data.names[channel].clone(),
            what,
        })?;
        let plan = DetectPlan {
            time: data.time_name.clone(),
            channels,
            interval,
            false_alarms: rate,
            hold_off: self.hold_off,
            span: self.span,
            fitted: FittedRows {
                rows,
                errors: errors.iter().filter(|error| !error.is_nan()).count() / width,
                fingerprint: of_numbers(readings),
            },
            training: self.training.clone(),
            views,
        };
        Ok((DetectModel { network, plan }, trained))
    }

    /// Checks the recipe and how much there is to fit on: the number of rows.
    ///
    /// # Errors
    /// [`TrainError::Option`]; [`TrainError::Detect`] for too few rows or a rate that means nothing here.
    pub fn check(&self, data: &DetectData) -> Result<usize, TrainError> {
        let fail = |option, reason: &str| {
            let reason = reason.to_owned();
            Err(TrainError::Option { option, reason })
        };
        if !(self.first > 0.0 && self.first <= 1.0) {
            return fail("first", "must be a share above 0, up to 1");
        }
        if !(1..=MOST_READINGS).contains(&self.span) {
            return fail("span", "must be a number of readings from 1 to 1,000,000");
        }
        if !(1..=MOST_READINGS).contains(&self.hold_off) {
            return fail(
                "hold_off",
                "must be a number of readings from 1 to 1,000,000",
            );
        }
        let rows = self.fitted_rows(data);
        // Beside the values that a distribution needs: the first reading has no error.
        let least = Tail::LEAST_VALUES + 1;
        if rows < least {
            return Err(DetectError::TooFewRows {
                rows,
                share: format!("{} %", 100.0 * self.first),
                all: data.rows,
                least,
            }
            .into());
        }
        probability(self.rate(data), data.interval(0..rows))?;
        Ok(rows)
    }

    /// The network before its training.
    fn network(&self, channels: usize) -> Result<Model, TrainError> {
        let mut recurrent = Stack::new(self.cell, 2 * channels, self.hidden_size);
        recurrent.layers = self.layers;
        let configuration = ModelConfiguration::new(
            InputLayer::Features,
            recurrent,
            channels,
            Readout::EveryStep,
        );
        Ok(Model::new(configuration, self.training.seed)?)
    }
}
