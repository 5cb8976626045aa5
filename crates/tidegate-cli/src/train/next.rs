//! Training a next-step model.

mod document;

use std::path::Path;

use tidegate_data::SequenceSet;
use tidegate_train::{
    Checkpointing, Corpus, Event, NextData, NextModel, NextRecipe, TrainError, Trained,
};

use super::task::{Report, TrainTask};
use crate::configuration::NextConfiguration;
use crate::failure::Failure;
use crate::next::taken_for_music;
use crate::number::{counted, thousands};
use crate::standard_output::print_result;
use document::TrainDocument;

/// Updates that there are at least, as long as that takes no more than [`MOST_EPOCHS`].
const LEAST_UPDATES: usize = 1_000;

/// Most epochs that are chosen where none are given.
const MOST_EPOCHS: usize = 200;

/// A text or music, and how a model is trained on it.
pub(super) struct NextTask {
    configuration: NextConfiguration,
    recipe: NextRecipe,
    data: NextData,
    notes: Vec<String>,
}

impl TrainTask for NextTask {
    type Configuration = NextConfiguration;
    type Model = NextModel;

    fn prepare(
        mut configuration: NextConfiguration,
        path: &Path,
        name: &str,
    ) -> Result<Self, Failure> {
        let tokens = configuration.data.tokens;
        let corpus =
            Corpus::read(path, tokens).map_err(|error| taken_for_music(error, tokens.is_none()))?;
        let mut recipe = configuration.recipe();
        let data = recipe
            .prepare(&corpus)
            .map_err(|error| Failure::of_data(name, error))?;
        let epochs = configuration.training.epochs.unwrap_or_else(|| {
            let updates = updates_per_epoch(&data.train, &recipe);
            let enough = LEAST_UPDATES.div_ceil(updates.max(1));
            enough.clamp(recipe.training.epochs, MOST_EPOCHS)
        });
        recipe.training.epochs = epochs;
        configuration.training.epochs = Some(epochs);
        configuration.data.tokens = Some(data.material.kind());
        let notes = match data.unlearnt {
            0 => Vec::new(),
            count => vec![format!(
                "{} of the {} stand in the held-back part alone: the model cannot learn when they come",
                thousands(count),
                counted(data.material.vocabulary(), "character", "characters")
            )],
        };
        Ok(NextTask {
            configuration,
            recipe,
            data,
            notes,
        })
    }

    fn configuration(&self) -> &NextConfiguration {
        &self.configuration
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn label(&self) -> String {
        let NextConfiguration {
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
    ) -> Result<(NextModel, Trained), TrainError> {
        self.recipe.train(&self.data, checkpointing, observer, stop)
    }

    fn save(model: &mut NextModel, path: &Path) -> Result<(), TrainError> {
        model.save(path)
    }

    fn report(&self, report: &Report<'_, NextModel>) -> Result<(), Failure> {
        let valid = report.model.evaluate(&self.data.valid)?;
        let test = self.data.test.as_ref();
        let test = test.map(|set| report.model.evaluate(set)).transpose()?;
        let model = report.model;
        let loss = format!("nats per {}", model.plan.material.noun());
        report.write_page(
            model.model.parameter_count(),
            model.plan.training.seed,
            loss,
        )?;
        let document = TrainDocument::of(report, &self.data, &self.notes, &valid, test.as_ref());
        print_result(report.json, &document, |page| document.text(page))
    }
}

/// Updates of a pass over a set, at least.
fn updates_per_epoch(set: &SequenceSet, recipe: &NextRecipe) -> usize {
    let window = recipe.training.window.unwrap_or(usize::MAX).max(1);
    let mut lengths: Vec<usize> = (0..set.len()).map(|row| set.sequence_length(row)).collect();
    lengths.sort_unstable();
    // Of a batch of pieces the longest makes the windows.
    let batches = lengths.chunks(recipe.training.batch_size.max(1));
    let windows = batches.map(|batch| batch.last().map_or(0, |length| length.div_ceil(window)));
    windows.sum()
}
