//! `tidegate forecast`: from a model and data to what comes next.

pub(crate) mod arguments;
mod document;

use std::path::PathBuf;

use tidegate_train::{ForecastModel, ModelTask};

use crate::failure::Failure;
use crate::forecasting::picture;
use crate::model_task::check_task;
use crate::outputs::{check_outputs, write_page};
use crate::reading::{data_name, read_table};
use crate::standard_output::print_result;
use arguments::ForecastArguments;
use document::ForecastDocument;

pub(crate) fn run(arguments: &ForecastArguments) -> Result<(), Failure> {
    let inputs = [arguments.model.as_path(), &arguments.data];
    check_outputs(
        &arguments
            .plot
            .iter()
            .map(PathBuf::as_path)
            .collect::<Vec<_>>(),
        &inputs,
    )?;
    check_task(&arguments.model, "forecast", ModelTask::Forecast)?;
    let model = ForecastModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let table = read_table(&arguments.data)?;
    let of_data = |error| Failure::of_data(&name, error);
    let data = model.prepare_ahead(&table).map_err(of_data)?;
    let set = data
        .last_windows(model.window(), model.horizon())
        .map_err(of_data)?;
    let rows: Vec<usize> = (0..set.len()).collect();
    let forecasts = model.forecast_windows(&data, &set, &rows)?;
    let document = ForecastDocument::of(arguments, name.clone(), &model, &data, &forecasts);
    if let Some(plot) = &arguments.plot {
        let title = format!("Forecast after {name}");
        let subject = vec![format!("Model: {}.", arguments.model.display())];
        write_page(
            plot,
            picture(title, subject, &model, &data, forecasts).html(),
        )?;
    }
    print_result(arguments.json, &document, |page| document.text(page))
}
