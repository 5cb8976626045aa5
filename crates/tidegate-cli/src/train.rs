//! `tidegate train`: from options and data to a model, its configuration and what it measures; and `tidegate resume`.

pub(crate) mod arguments;
mod document;
mod files;
pub(crate) mod resume_arguments;
mod session;

use std::path::{Path, PathBuf};

use tidegate_data::Split;
use tidegate_train::ExistingCheckpoint;

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::forecasting::{
    Settled, check_outputs, data_name, print_result, read_table, with_data_file, write_page,
};
use arguments::{TrainArguments, TrainForecastArguments, TrainTask};
use document::TrainDocument;
use files::RunFiles;
use resume_arguments::ResumeArguments;

pub(crate) fn run(arguments: &TrainArguments) -> Result<(), Failure> {
    match &arguments.task {
        TrainTask::Forecast(arguments) => forecast(arguments),
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

fn forecast(arguments: &TrainForecastArguments) -> Result<(), Failure> {
    let configuration = with_data_file(
        arguments.data.as_deref(),
        arguments.config.as_deref(),
        &arguments.overrides,
        &["train", "forecast"],
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
    train(configuration, &files, ExistingCheckpoint::Replace, &showing)
}

pub(crate) fn resume(arguments: &ResumeArguments) -> Result<(), Failure> {
    let files = RunFiles::of(&arguments.out);
    if !files.unfinished.exists() {
        return Err(Failure::NothingToResume {
            configuration: files.unfinished,
        });
    }
    let configuration = Configuration::read(&files.unfinished)?;
    let showing = Showing {
        data: None,
        config: None,
        plot: arguments.plot.as_deref(),
        json: arguments.json,
    };
    files.check_writable(showing.plot)?;
    train(configuration, &files, ExistingCheckpoint::Resume, &showing)
}

fn train(
    configuration: Configuration,
    files: &RunFiles,
    existing: ExistingCheckpoint,
    showing: &Showing<'_>,
) -> Result<(), Failure> {
    let path = PathBuf::from(configuration.data.file.clone().unwrap_or_default());
    let inputs: Vec<&Path> = [Some(path.as_path()), showing.config]
        .into_iter()
        .flatten()
        .collect();
    check_outputs(&files.outputs(showing.plot), &inputs)?;
    let name = data_name(showing.data.unwrap_or(&path));
    let table = read_table(&path)?;
    let settled =
        Settled::of(&table, configuration).map_err(|error| Failure::of_data(&name, error))?;
    // A table may be large, and is not needed any more.
    drop(table);
    files.begin(&settled.configuration)?;
    let mut session = match session::train(&settled, files, existing) {
        Ok(session) => session,
        Err(failure) => {
            // Without a checkpoint there is nothing to go on with.
            if !files.checkpoint.exists() {
                files.clear();
            }
            return Err(failure);
        }
    };
    session.model.save(&files.model)?;
    files.finish(&settled.configuration)?;
    let evaluation = match settled.data.parts.rows(Split::Test) {
        0 => None,
        _ => Some(session.model.evaluate(&settled.data, Split::Test)?),
    };
    if let Some(plot) = showing.plot {
        write_page(plot, session.picture(&name).html())?;
    }
    let document = TrainDocument::of(&name, files, &settled, &session, evaluation.as_ref());
    print_result(showing.json, &document, |page| document.text(page))
}
