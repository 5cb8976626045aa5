//! `tidegate init`: from a file of data, or from nothing, to a configuration.

pub(crate) mod arguments;

use std::path::Path;

use tidegate_data::{Frequency, Table, TableLayout, TimeColumn, TimeOptions, TimeSteps, Values};
use tidegate_model::replace_file;
use tidegate_train::{ModelTask, horizon_for, window_for};

use crate::configuration::{
    ClassifyConfiguration, Configuration, ConfigurationError, DetectConfiguration,
    ForecastConfiguration, NextConfiguration,
};
use crate::failure::Failure;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::standard_output::print;
use crate::visible::visible;
use arguments::{InitArguments, TaskName};

/// Shares of the default split: training, and the shorter of the other two.
const TRAINING: f64 = 0.7;
const MEASURED: f64 = 0.1;

pub(crate) fn run(arguments: &InitArguments) -> Result<(), Failure> {
    let path = &arguments.file;
    if !arguments.force && path.symlink_metadata().is_ok() {
        return Err(Failure::Exists { path: path.clone() });
    }
    let data = arguments.data.as_deref();
    let task = ModelTask::from(arguments.task);
    let text = match arguments.task {
        TaskName::Forecast => match data {
            Some(data) => of_readings(data)?.commented(),
            None => ForecastConfiguration::default().commented(),
        },
        TaskName::Classify => of_data::<ClassifyConfiguration>(data)?.commented(),
        TaskName::Detect => of_data::<DetectConfiguration>(data)?.commented(),
        TaskName::Next => of_data::<NextConfiguration>(data)?.commented(),
    };
    replace_file(path, text.as_bytes()).map_err(|error| ConfigurationError::Write {
        path: path.clone(),
        error,
    })?;
    let file = match &arguments.data {
        Some(_) => "",
        None => "DATA ",
    };
    let said = format!(
        "Written to {0}. Next: tidegate train {task} {file}--config {0} -o model.safetensors",
        path.display()
    );
    print(&paragraph(&visible(&said), Page::of_standard_output().text))
}

/// The defaults with the data named.
fn of_data<C: Configuration>(data: Option<&Path>) -> Result<C, Failure> {
    let mut configuration = C::default();
    *configuration.data_file() = data.map(text_of).transpose()?;
    Ok(configuration)
}

/// The path as a configuration holds it.
fn text_of(data: &Path) -> Result<String, Failure> {
    let text = data.to_str().ok_or_else(|| Failure::NotText {
        path: data.to_owned(),
    })?;
    Ok(text.to_owned())
}

/// The defaults of forecasting with what is found in the file.
fn of_readings(data: &Path) -> Result<ForecastConfiguration, Failure> {
    let table = Table::read(data)?;
    let time = TimeColumn::find(&table, TimeOptions::default()).map_err(|error| Failure::Time {
        path: data.to_owned(),
        error,
    })?;
    let layout = TableLayout::of(&table, time.as_ref());
    let rows = layout.rows(&table);
    let name = |index: usize| table.columns()[index].name.clone();
    let series = match &layout {
        TableLayout::Wide => None,
        TableLayout::Long { column, .. } => Some(*column),
    };
    let mut configuration = ForecastConfiguration::default();
    let section = &mut configuration.data;
    section.file = Some(text_of(data)?);
    section.time = time
        .as_ref()
        .and_then(|time| time.columns.first())
        .map(|&index| name(index));
    section.series = series.map(name);
    let free = |index: &usize| {
        let times = time
            .as_ref()
            .is_some_and(|time| time.columns.contains(index));
        !times && series != Some(*index)
    };
    let numbers = |index: &usize| {
        let column = &table.columns()[*index];
        column.present() > 0 && matches!(column.values, Values::Numbers(_))
    };
    let targets = (0..table.columns().len()).filter(free).filter(numbers);
    section.targets = Some(targets.map(name).collect());
    let frequency = time.and_then(|time| TimeSteps::of(&time, &rows).frequency);
    let season = frequency.map_or(1, Frequency::season);
    // Half of the series are at least so long.
    let mut lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    let length = lengths[lengths.len() / 2];
    let share = |share: f64| (share * length as f64) as usize;
    let horizon = horizon_for(season, share(MEASURED));
    configuration.model.horizon = Some(horizon);
    configuration.model.window = Some(window_for(horizon, share(TRAINING)));
    Ok(configuration)
}
