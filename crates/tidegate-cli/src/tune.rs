//! `tidegate tune`: from data and a space of settings to the best configuration and its model.

pub(crate) mod arguments;
mod document;
mod drawing;
mod showing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;
use tidegate_model::replace_file;
use tidegate_study::tune::{TuneError, Tuned, Tuning, tune};

use crate::configuration::{Configuration, ConfigurationError, ForecastConfiguration, Setting};
use crate::data_file::with_data_file;
use crate::failure::Failure;
use crate::forecasting::prepare;
use crate::interruption::stop_on_interruption;
use crate::progress::Display;
use crate::reading::{data_name, read_table};
use crate::standard_output::print_result;
use crate::thread_pool::thread_pool;
use arguments::TuneArguments;
use document::{Searched, TuneDocument};
use drawing::Trials;
use showing::Showing;

/// What the search leaves in its folder.
const MODEL: &str = "model.safetensors";
const BEST: &str = "best.toml";

pub(crate) fn run(arguments: &TuneArguments) -> Result<(), Failure> {
    let configuration = configuration(arguments)?;
    let path = PathBuf::from(configuration.data.file.clone().unwrap_or_default());
    let name = data_name(&path);
    let table = read_table(&path)?;
    let of_data = |error| Failure::of_data(&name, error);
    let data = prepare(&table, &configuration).map_err(of_data)?;
    // A table may be large, and is not needed any more.
    drop(table);
    let trials = Trials::of(&configuration, &data).map_err(of_data)?;
    let display = Arc::new(Display::of_standard_error());
    let speaker = Arc::clone(&display);
    let stop = stop_on_interruption(move |line| speaker.say(line))?;
    for note in &data.panel.notes {
        display.say(&format!("note: {note}"));
    }
    let drawn = trials.trials.len();
    if (1..configuration.tune.trials).contains(&drawn) {
        display.say(&format!(
            "note: the space holds {drawn} settings, each of which is a trial"
        ));
    }
    let options = options(&configuration)?;
    let tuning = Tuning {
        data: &data,
        trials: &trials.trials,
        epochs: trials.epochs,
        factor: configuration.tune.factor,
        folder: &arguments.out,
        options: &options,
    };
    let mut showing = Showing::new(&display, &trials.trials);
    let stop = || stop.load(Ordering::Relaxed);
    let pool = thread_pool(configuration.training.threads)?;
    let result = pool.install(|| tune(&tuning, &mut |event| showing.show(&event), &stop));
    display.end();
    let mut tuned = result.map_err(|error| failure(error, &arguments.out))?;
    let (model, best) = save(&mut tuned, &trials, &arguments.out)?;
    let searched = Searched {
        data: &name,
        panel: &data.panel,
        folder: &arguments.out,
        model: &model,
        configuration: &best,
    };
    let document = TuneDocument::of(&searched, &configuration, &trials, &tuned);
    print_result(arguments.json, &document, |page| document.text(page))
}

/// The configuration with the options on it. What an option fixes is not drawn.
fn configuration(arguments: &TuneArguments) -> Result<ForecastConfiguration, Failure> {
    let mut configuration = with_data_file(
        arguments.data.as_deref(),
        arguments.config.as_deref(),
        &arguments.overrides,
        &["tune"],
    )?;
    let tune = &mut configuration.tune;
    tune.trials = arguments.trials.unwrap_or(tune.trials);
    tune.factor = arguments.factor.unwrap_or(tune.factor);
    for Setting { key, .. } in &arguments.overrides.settings {
        if ForecastConfiguration::tunable_key(key.name).is_some() {
            tune.space.remove(key.name);
        }
    }
    Ok(configuration)
}

/// What decides the result besides the data: neither where the data lies nor the number of threads.
fn options(configuration: &ForecastConfiguration) -> Result<Value, serde_json::Error> {
    let mut configuration = configuration.clone();
    configuration.data.file = None;
    configuration.training.threads = None;
    serde_json::to_value(&configuration)
}

/// Writes the best model and its configuration.
fn save(tuned: &mut Tuned, trials: &Trials, folder: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    let (model, best) = (folder.join(MODEL), folder.join(BEST));
    if let Some(configuration) = &trials.configurations[tuned.best] {
        let text = configuration.commented();
        replace_file(&best, text.as_bytes()).map_err(|error| ConfigurationError::Write {
            path: best.clone(),
            error,
        })?;
    }
    tuned.model.save(&model)?;
    Ok((model, best))
}

fn failure(error: TuneError, folder: &Path) -> Failure {
    match error {
        TuneError::Interrupted { done, runs } => Failure::TuningInterrupted {
            done,
            runs,
            folder: folder.to_owned(),
        },
        error => Failure::Tune(error),
    }
}
