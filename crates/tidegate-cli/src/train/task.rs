//! What a task gives to the command that trains for it.

use std::path::Path;

use tidegate_study::forecast::{EpochLosses, TrainingPicture};
use tidegate_train::{Checkpointing, Event, TrainError, Trained};

use super::files::RunFiles;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::number::thousands;
use crate::outputs::write_page;

/// Data and configuration of a training run, prepared.
pub(crate) trait TrainTask: Sized + Sync {
    /// The configuration of such runs.
    type Configuration: Configuration;
    /// What comes of a run: a network with all that its use needs.
    type Model: Send;

    /// Reads the data, which the user calls `name`, and settles what the configuration leaves open.
    fn prepare(
        configuration: Self::Configuration,
        data: &Path,
        name: &str,
    ) -> Result<Self, Failure>;

    /// The configuration, in which nothing is left open but the number of threads.
    fn configuration(&self) -> &Self::Configuration;

    /// What the data's owner should know of it.
    fn notes(&self) -> &[String];

    /// What the run is called in its progress.
    fn label(&self) -> String;

    /// Epochs at most.
    fn epochs(&self) -> usize;

    /// Trains, as [`tidegate_train::train_until`] does.
    fn train(
        &self,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(Self::Model, Trained), TrainError>;

    /// Measures once the model is trained what takes trainings of its own, and says how it goes; false where `stop` said so
    /// before the end.
    fn after_training(
        &self,
        _say: &mut (dyn FnMut(&str) + Send),
        _stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<bool, TrainError> {
        Ok(true)
    }

    /// Writes the model's file.
    fn save(model: &mut Self::Model, path: &Path) -> Result<(), TrainError>;

    /// Measures what is to be measured after the training, and shows all of it.
    fn report(&self, report: &Report<'_, Self::Model>) -> Result<(), Failure>;
}

/// A run that has ended, and how it is shown.
pub(crate) struct Report<'a, M> {
    /// What the user calls the data.
    pub(crate) data: &'a str,
    pub(crate) files: &'a RunFiles,
    pub(crate) model: &'a M,
    pub(crate) trained: &'a Trained,
    /// Where a page with the training curves goes.
    pub(crate) plot: Option<&'a Path>,
    pub(crate) json: bool,
}

impl<M> Report<'_, M> {
    /// Writes the page of the losses, where one is asked for.
    pub(crate) fn write_page(
        &self,
        parameters: usize,
        seed: u64,
        loss: String,
    ) -> Result<(), Failure> {
        let Some(plot) = self.plot else {
            return Ok(());
        };
        let epochs = self.trained.epochs.iter().map(|epoch| EpochLosses {
            epoch: epoch.epoch,
            training: epoch.train_loss,
            validation: Some(epoch.valid_loss),
            learning_rate: epoch.learning_rate,
        });
        let picture = TrainingPicture {
            title: format!("Training on {}", self.data),
            subject: vec![format!(
                "{} parameters, seed {seed}.",
                thousands(parameters)
            )],
            loss,
            epochs: epochs.collect(),
            best_epoch: self.trained.best().map(|epoch| epoch.epoch),
        };
        write_page(plot, picture.html())
    }
}
