//! A fitted detector with all that its use needs, in one file.

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_model::{InputLayer, Model, Readout};

use super::channel::Channel;
use super::data::DetectData;
use super::error::DetectError;
use super::false_alarms::FalseAlarms;
use super::predictor::Predictor;
use super::views::Views;
use crate::error::TrainError;
use crate::fingerprint::{of_numbers, of_text_and_values};
use crate::model_task::ModelTask;
use crate::plan_file;
use crate::training::Training;

/// What a detector was fitted on and for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectPlan {
    /// The column of times, where there is one.
    pub time: Option<String>,
    /// The watched columns.
    pub channels: Vec<Channel>,
    /// Usual distance of two readings in seconds, where they have times.
    pub interval: Option<f64>,
    /// False alarms that are put up with.
    pub false_alarms: FalseAlarms,
    /// Readings below the threshold after which the next one above it is a new alarm.
    pub hold_off: usize,
    /// Readings that the mean of surprises goes over.
    pub span: usize,
    /// The rows that everything was fitted on.
    pub fitted: FittedRows,
    /// How the network was trained.
    pub training: Training,
    /// What is usual.
    pub(super) views: Views,
}

/// The rows that a detector was fitted on: the first ones of its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedRows {
    /// How many.
    pub rows: usize,
    /// How many of them had an error that was held back.
    pub errors: usize,
    /// Fingerprint of their values.
    pub fingerprint: String,
}

/// A fitted detector.
#[derive(Debug)]
pub struct DetectModel {
    /// The network, which predicts the next reading.
    pub network: Model,
    /// What it was fitted on and for.
    pub plan: DetectPlan,
}

impl DetectPlan {
    /// Whether a mean over a span of readings is watched: enough were held back to know what is usual of it.
    #[must_use]
    pub fn watches_span(&self) -> bool {
        self.views.span.is_some()
    }

    /// The score from which a reading sets off an alarm, where so many false alarms are put up with: −log₁₀ of the probability
    /// that is granted to one reading.
    ///
    /// # Errors
    /// [`DetectError::NoTimes`] for a rate of time where readings have no times; [`DetectError::RateTooHigh`];
    /// [`DetectError::RateTooLow`].
    pub fn threshold(&self, rate: FalseAlarms) -> Result<f64, DetectError> {
        Ok(-probability(rate, self.interval)?.log10())
    }

    /// Whether the first rows of this data are those that were fitted on: how many.
    #[must_use]
    pub fn fitted_rows_of(&self, data: &DetectData) -> usize {
        let rows = self.fitted.rows;
        let is_same =
            rows <= data.rows && of_numbers(data.values_up_to(rows)) == self.fitted.fingerprint;
        if is_same { rows } else { 0 }
    }
}

/// Below it, numbers lose their digits, and in the end their logarithm.
const LEAST_PROBABILITY: f64 = 1e-300;

/// Longest span and hold-off.
pub(super) const MOST_READINGS: usize = 1_000_000;

/// The probability that a rate grants to one reading.
pub(super) fn probability(rate: FalseAlarms, interval: Option<f64>) -> Result<f64, DetectError> {
    let rate_text = || rate.to_string();
    match rate.per_reading(interval) {
        None => Err(DetectError::NoTimes { rate: rate_text() }),
        Some(probability) if probability >= 1.0 => {
            Err(DetectError::RateTooHigh { rate: rate_text() })
        }
        Some(probability) if probability > LEAST_PROBABILITY => Ok(probability),
        Some(_) => Err(DetectError::RateTooLow { rate: rate_text() }),
    }
}

impl DetectModel {
    /// Writes the file: to a temporary file in the same folder, which is synced and then renamed to `path`.
    ///
    /// # Errors
    /// [`TrainError::Model`]; a file that stood at `path` before is as it was then.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let description = self.network.description_mut();
        plan_file::keep(
            &self.plan,
            ModelTask::Detect.name(),
            description,
            path.as_ref(),
        )?;
        Ok(self.network.save(path)?)
    }

    /// Reads a file that [`DetectModel::save`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Model`] and [`TrainError::Plan`] name the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<DetectModel, TrainError> {
        let path = path.as_ref();
        let network = Model::load(path)?;
        let missing = "it is no detector of anomalies, which tidegate train detect writes";
        let description = network.description();
        let plan = plan_file::read(ModelTask::Detect.name(), description, path, missing)?;
        let model = DetectModel { network, plan };
        match model.contradiction() {
            Some(what) => {
                let reason = format!("its {what} do not fit its network or each other");
                Err(plan_file::problem(path, reason))
            }
            None => Ok(model),
        }
    }

    /// By which a state recognises its model.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let plan = serde_json::to_string(&self.plan).unwrap_or_default();
        of_text_and_values(&plan, std::iter::once(self.network.parameters()))
    }

    pub(super) fn contradiction(&self) -> Option<&'static str> {
        let (plan, network) = (&self.plan, self.network.configuration());
        let channels = plan.channels.len();
        let names: HashSet<&str> = plan.channels.iter().map(|one| one.name.as_str()).collect();
        let facts = [
            (
                channels > 0 && network.outputs == channels && names.len() == channels,
                "columns",
            ),
            (network.recurrent.input_size == 2 * channels, "inputs"),
            (
                network.input == InputLayer::Features
                    && network.readout == Readout::EveryStep
                    && !network.recurrent.bidirectional,
                "layers",
            ),
            (plan.channels.iter().all(Channel::is_sound), "scales"),
            (plan.views.is_sound(channels), "distributions"),
            ((1..=MOST_READINGS).contains(&plan.span), "span"),
            ((1..=MOST_READINGS).contains(&plan.hold_off), "hold-off"),
            (plan.training.validate().is_ok(), "options of training"),
            (
                plan.interval
                    .is_none_or(|interval| interval > 0.0 && interval.is_finite())
                    && probability(plan.false_alarms, plan.interval).is_ok(),
                "false alarms",
            ),
        ];
        facts
            .into_iter()
            .find(|(fits, _)| !fits)
            .map(|(_, what)| what)
    }

    /// What the network reads of some readings, `[rows, channels, 2]`: each value scaled, and what the line did not expect of it.
    ///
    /// # Errors
    /// [`TrainError::Model`] where a number on the way is not finite.
    ///
    /// # Panics
    /// If the columns of the data are not those of the model.
    pub fn inputs(&self, data: &DetectData) -> Result<Vec<f32>, TrainError> {
        let channels = &self.plan.channels;
        assert_eq!(
            data.names.len(),
            channels.len(),
            "one column for each channel"
        );
        let mut predictor = Predictor::new(&self.network, channels.len());
        let mut errors = vec![f64::NAN; channels.len()];
        let mut inputs = Vec::with_capacity(2 * channels.len() * data.rows);
        for row in 0..data.rows {
            predictor.observe(channels, data.row(row), &mut errors);
            inputs.extend_from_slice(&predictor.inputs);
            predictor.advance(&self.network, channels)?;
        }
        Ok(inputs)
    }
}
