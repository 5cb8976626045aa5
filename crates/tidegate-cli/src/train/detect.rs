//! Fitting a detector of anomalies.

mod document;

use std::path::Path;

use tidegate_train::{
    Checkpointing, DetectData, DetectModel, DetectRecipe, Event, TrainError, Trained,
};

use super::task::{Report, TrainTask};
use crate::configuration::DetectConfiguration;
use crate::failure::Failure;
use crate::reading::read_table;
use crate::standard_output::print_result;
use document::TrainDocument;

/// A table, and how a detector is fitted on it.
pub(super) struct DetectTask {
    configuration: DetectConfiguration,
    recipe: DetectRecipe,
    data: DetectData,
}

impl TrainTask for DetectTask {
    type Configuration = DetectConfiguration;
    type Model = DetectModel;

    fn prepare(
        mut configuration: DetectConfiguration,
        path: &Path,
        name: &str,
    ) -> Result<Self, Failure> {
        let table = read_table(path)?;
        let columns = &mut configuration.data;
        let data = DetectData::of(&table, columns.time.as_deref(), columns.targets.as_deref())
            .map_err(|error| Failure::of_data(name, error))?;
        columns.time = data.time_name.clone().or(columns.time.take());
        columns.targets = Some(data.names.clone());
        let mut recipe = configuration.recipe();
        let rate = recipe.rate(&data);
        recipe.false_alarms = Some(rate);
        configuration.alarms.false_alarms = Some(rate);
        recipe
            .check(&data)
            .map_err(|error| Failure::of_data(name, error))?;
        Ok(DetectTask {
            configuration,
            recipe,
            data,
        })
    }

    fn configuration(&self) -> &DetectConfiguration {
        &self.configuration
    }

    fn notes(&self) -> &[String] {
        &[]
    }

    fn label(&self) -> String {
        let DetectConfiguration {
            model, training, ..
        } = &self.configuration;
        format!("{}, seed {}", model.cell, training.seed)
    }

    fn epochs(&self) -> usize {
        self.recipe.training.epochs
    }

    fn train(
        &self,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(DetectModel, Trained), TrainError> {
        self.recipe.train(&self.data, checkpointing, observer, stop)
    }

    fn save(model: &mut DetectModel, path: &Path) -> Result<(), TrainError> {
        model.save(path)
    }

    fn report(&self, report: &Report<'_, DetectModel>) -> Result<(), Failure> {
        let model = report.model;
        let loss = "mean squared error beside that of a straight line".to_owned();
        report.write_page(
            model.network.parameter_count(),
            model.plan.training.seed,
            loss,
        )?;
        let document = TrainDocument::of(report, &self.data)?;
        print_result(report.json, &document, |page| document.text(page))
    }
}
