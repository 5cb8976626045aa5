//! Training a forecaster.

mod document;

use std::path::Path;

use tidegate_data::Split;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{Checkpointing, Event, ForecastModel, TrainError, Trained};

use super::task::{Report, TrainTask};
use crate::configuration::ForecastConfiguration;
use crate::failure::Failure;
use crate::forecasting::Settled;
use crate::reading::read_table;
use crate::standard_output::print_result;
use document::TrainDocument;

/// A table, and how a forecaster is trained on it.
pub(super) struct ForecastTask {
    settled: Settled,
}

impl TrainTask for ForecastTask {
    type Configuration = ForecastConfiguration;
    type Model = ForecastModel;

    fn prepare(
        configuration: ForecastConfiguration,
        data: &Path,
        name: &str,
    ) -> Result<Self, Failure> {
        let table = read_table(data)?;
        let settled =
            Settled::of(&table, configuration).map_err(|error| Failure::of_data(name, error))?;
        Ok(ForecastTask { settled })
    }

    fn configuration(&self) -> &ForecastConfiguration {
        &self.settled.configuration
    }

    fn notes(&self) -> &[String] {
        &self.settled.notes
    }

    fn label(&self) -> String {
        let ForecastConfiguration {
            model, training, ..
        } = &self.settled.configuration;
        format!("{}, seed {}", model.cell, training.seed)
    }

    fn epochs(&self) -> usize {
        self.settled.recipe.training.epochs
    }

    fn train(
        &self,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(ForecastModel, Trained), TrainError> {
        let Settled { recipe, data, .. } = &self.settled;
        recipe.train(data, checkpointing, observer, stop)
    }

    fn save(model: &mut ForecastModel, path: &Path) -> Result<(), TrainError> {
        model.save(path)
    }

    fn report(&self, report: &Report<'_, ForecastModel>) -> Result<(), Failure> {
        let data = &self.settled.data;
        let evaluation = match data.parts.rows(Split::Test) {
            0 => None,
            _ => Some(report.model.evaluate(data, Split::Test)?),
        };
        let model = report.model;
        let loss = match model.plan.loss {
            ForecastLoss::Squared => "mean squared error, scaled",
            ForecastLoss::Absolute => "mean absolute error, scaled",
            ForecastLoss::Quantile { .. } => "quantile loss, scaled",
        }
        .to_owned();
        report.write_page(
            model.forecaster.parameters().len(),
            model.plan.training.seed,
            loss,
        )?;
        let document = TrainDocument::of(report, &self.settled, evaluation.as_ref());
        print_result(report.json, &document, |page| document.text(page))
    }
}
