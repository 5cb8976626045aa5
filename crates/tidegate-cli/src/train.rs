//! `tidegate train`: from options and data to a model, its configuration and what it measures; and `tidegate resume`.

pub(crate) mod arguments;
mod classify;
mod classify_arguments;
mod detect;
mod detect_arguments;
mod files;
mod forecast;
mod next;
mod next_arguments;
pub(crate) mod resume_arguments;
mod session;
mod task;

use std::path::{Path, PathBuf};

use tidegate_train::{ExistingCheckpoint, ModelTask};

use crate::configuration::{Configuration, task_of_file};
use crate::data_file::with_data_file;
use crate::failure::Failure;
use crate::outputs::check_outputs;
use crate::reading::data_name;
use arguments::{RunArguments, TrainArguments, TrainSubcommand};
use classify::ClassifyTask;
use detect::DetectTask;
use files::RunFiles;
use forecast::ForecastTask;
use next::NextTask;
use resume_arguments::ResumeArguments;
use task::{Report, TrainTask};

pub(crate) fn run(arguments: &TrainArguments) -> Result<(), Failure> {
    match &arguments.task {
        TrainSubcommand::Classify(arguments) => begin::<ClassifyTask>(&arguments.run),
        TrainSubcommand::Detect(arguments) => begin::<DetectTask>(&arguments.run),
        TrainSubcommand::Forecast(arguments) => begin::<ForecastTask>(&arguments.run),
        TrainSubcommand::Next(arguments) => begin::<NextTask>(&arguments.run),
    }
}

/// What is shown at the end, and how.
struct Showing<'a> {
    /// The data as the user names it; as the configuration does where it is not named.
    data: Option<&'a Path>,
    /// The configuration that the user gives.
    config: Option<&'a Path>,
    plot: Option<&'a Path>,
    json: bool,
}

/// A run from its beginning.
fn begin<T: TrainTask>(arguments: &RunArguments<T::Configuration>) -> Result<(), Failure> {
    let configuration = with_data_file(
        arguments.data.as_deref(),
        arguments.config.as_deref(),
        &arguments.overrides,
        &["train", T::Configuration::TASK.name()],
    )?;
    let files = RunFiles::of(&arguments.out);
    let showing = Showing {
        data: arguments.data.as_deref(),
        config: arguments.config.as_deref(),
        plot: arguments.plot.as_deref(),
        json: arguments.json,
    };
    files.check_writable(showing.plot)?;
    if files.checkpoint.exists() && !arguments.force {
        return Err(Failure::Unfinished {
            model: files.model,
            checkpoint: files.checkpoint,
        });
    }
    train::<T>(configuration, &files, ExistingCheckpoint::Replace, &showing)
}

pub(crate) fn resume(arguments: &ResumeArguments) -> Result<(), Failure> {
    let files = RunFiles::of(&arguments.out);
    if !files.unfinished.exists() {
        return Err(Failure::NothingToResume {
            configuration: files.unfinished,
        });
    }
    match task_of_file(&files.unfinished)? {
        ModelTask::Classify => go_on::<ClassifyTask>(arguments, &files),
        ModelTask::Detect => go_on::<DetectTask>(arguments, &files),
        ModelTask::Forecast => go_on::<ForecastTask>(arguments, &files),
        ModelTask::Next => go_on::<NextTask>(arguments, &files),
        ModelTask::Regress => Err(Failure::Regressor { model: files.model }),
    }
}

/// A run from its checkpoint.
fn go_on<T: TrainTask>(arguments: &ResumeArguments, files: &RunFiles) -> Result<(), Failure> {
    let configuration = T::Configuration::read(&files.unfinished)?;
    let showing = Showing {
        data: None,
        config: None,
        plot: arguments.plot.as_deref(),
        json: arguments.json,
    };
    files.check_writable(showing.plot)?;
    train::<T>(configuration, files, ExistingCheckpoint::Resume, &showing)
}

fn train<T: TrainTask>(
    mut configuration: T::Configuration,
    files: &RunFiles,
    existing: ExistingCheckpoint,
    showing: &Showing<'_>,
) -> Result<(), Failure> {
    let path = PathBuf::from(configuration.data_file().clone().unwrap_or_default());
    let inputs: Vec<&Path> = [Some(path.as_path()), showing.config]
        .into_iter()
        .flatten()
        .collect();
    check_outputs(&files.outputs(showing.plot), &inputs)?;
    let name = data_name(showing.data.unwrap_or(&path));
    let task = T::prepare(configuration, &path, &name)?;
    files.begin(task.configuration())?;
    let (mut model, trained) = match session::train(&task, files, &name, existing) {
        Ok(trained) => trained,
        Err(failure) => {
            // Without a checkpoint there is nothing to go on with.
            if !files.checkpoint.exists() {
                files.clear();
            }
            return Err(failure);
        }
    };
    T::save(&mut model, &files.model)?;
    files.finish(task.configuration())?;
    task.report(&Report {
        data: &name,
        files,
        model: &model,
        trained: &trained,
        plot: showing.plot,
        json: showing.json,
    })
}
