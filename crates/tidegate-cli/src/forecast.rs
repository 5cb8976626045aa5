//! `tidegate forecast`: from a model and data to what comes next.

pub(crate) mod arguments;
mod document;

use tidegate_train::{ForecastModel, Predictions};

use crate::failure::Failure;
use crate::forecasting::{data_name, print_result, read_table};
use arguments::ForecastArguments;
use document::ForecastDocument;

pub(crate) fn run(arguments: &ForecastArguments) -> Result<(), Failure> {
    let model = ForecastModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let table = read_table(&arguments.data)?;
    let of_data = |error| Failure::of_data(&name, error);
    let data = model.prepare_ahead(&table).map_err(of_data)?;
    let set = data
        .last_windows(model.window(), model.horizon())
        .map_err(of_data)?;
    let rows: Vec<usize> = (0..set.len()).collect();
    let mut forecasts = Vec::with_capacity(rows.len());
    let mut predictions = Predictions::default();
    for rows in rows.chunks(model.batch_size()) {
        model.predict(&set, rows, &mut predictions)?;
        for (index, &row) in rows.iter().enumerate() {
            let place = set.places()[row];
            forecasts.push(document::series(
                &model,
                &data,
                place,
                (&predictions, index),
            ));
        }
    }
    let document = ForecastDocument::of(arguments, name, &model, &data, forecasts);
    print_result(arguments.json, &document, |page| document.text(page))
}
