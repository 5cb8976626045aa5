//! Training a classifier.

mod document;

use std::path::Path;
use std::sync::OnceLock;

use tidegate_data::Recordings;
use tidegate_train::{
    Checkpointing, ClassifyData, ClassifyModel, ClassifyRecipe, CrossValidation, Event, TrainError,
    Trained,
};

use super::task::{Report, TrainTask};
use crate::classify::percent;
use crate::configuration::ClassifyConfiguration;
use crate::failure::Failure;
use crate::standard_output::print_result;
use document::TrainDocument;

/// Recordings, and how a classifier is trained on them.
pub(super) struct ClassifyTask {
    configuration: ClassifyConfiguration,
    recipe: ClassifyRecipe,
    recordings: Recordings,
    data: ClassifyData,
    notes: Vec<String>,
    /// Once it is done, where it is asked for.
    cross_validation: OnceLock<CrossValidation>,
}

impl TrainTask for ClassifyTask {
    type Configuration = ClassifyConfiguration;
    type Model = ClassifyModel;

    fn prepare(
        configuration: ClassifyConfiguration,
        path: &Path,
        _name: &str,
    ) -> Result<Self, Failure> {
        let recordings = Recordings::read(path, &configuration.recordings())
            .map_err(|error| Failure::Train(error.into()))?;
        let recipe = configuration.recipe();
        let data = recipe.prepare(&recordings)?;
        recipe.configuration(&data.schema)?;
        if let Some(folds) = configuration.split.folds {
            // What cannot be cross-validated is known before the training.
            tidegate_data::stratified_folds(&recordings, folds, recipe.training.seed)
                .map_err(|error| Failure::Train(error.into()))?;
        }
        let notes = data.notes.iter().map(ToString::to_string).collect();
        Ok(ClassifyTask {
            configuration,
            recipe,
            recordings,
            data,
            notes,
            cross_validation: OnceLock::new(),
        })
    }

    fn configuration(&self) -> &ClassifyConfiguration {
        &self.configuration
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn label(&self) -> String {
        let ClassifyConfiguration {
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
    ) -> Result<(ClassifyModel, Trained), TrainError> {
        self.recipe.train(&self.data, checkpointing, observer, stop)
    }

    fn after_training(
        &self,
        say: &mut (dyn FnMut(&str) + Send),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<bool, TrainError> {
        let Some(folds) = self.configuration.split.folds else {
            return Ok(true);
        };
        let mut done = |fold: &tidegate_train::Fold| {
            let accuracy = fold.values.accuracy.map_or_else(String::new, percent);
            say(&format!(
                "fold {} of {folds}: {accuracy} right",
                fold.index + 1
            ));
        };
        let found = self
            .recipe
            .cross_validate(&self.recordings, folds, &mut done, stop)?;
        Ok(match found {
            Some(found) => self.cross_validation.set(found).is_ok(),
            None => false,
        })
    }

    fn save(model: &mut ClassifyModel, path: &Path) -> Result<(), TrainError> {
        model.save(path)
    }

    fn report(&self, report: &Report<'_, ClassifyModel>) -> Result<(), Failure> {
        let validation = report.model.evaluate_set(&self.data.valid)?;
        let model = report.model;
        let loss = match model.plan.training.class_weights {
            Some(_) => "cross-entropy in nats, classes weighted",
            None => "cross-entropy in nats",
        }
        .to_owned();
        report.write_page(
            model.model.parameter_count(),
            model.plan.training.seed,
            loss,
        )?;
        let document = TrainDocument::of(
            report,
            &self.data,
            &self.notes,
            &validation,
            self.cross_validation.get(),
        );
        print_result(report.json, &document, |page| document.text(page))
    }
}
