//! Measuring a forecaster: errors beside those of naive forecasts.

use serde::Serialize;
use tidegate_data::{Split, WindowSet};
use tidegate_train::{ForecastModel, MeasuredPart, TrainError};

use super::arguments::EvaluateArguments;
use crate::failure::Failure;
use crate::forecasting::{ErrorsDocument, picture};
use crate::outputs::write_page;
use crate::paragraph::paragraph;
use crate::reading::{data_name, read_table};
use crate::standard_output::print_result;
use crate::visible::visible;

/// What was measured, on what.
#[derive(Debug, Serialize)]
struct EvaluateDocument {
    model: String,
    data: String,
    /// `test` for the rows of the model's test part, `all` where the file holds none of the rows that the model was trained
    /// on.
    part: MeasuredPart,
    notes: Vec<String>,
    #[serde(flatten)]
    errors: ErrorsDocument,
}

pub(super) fn evaluate(arguments: &EvaluateArguments) -> Result<(), Failure> {
    let model = ForecastModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let table = read_table(&arguments.data)?;
    let of_data = |error| Failure::of_data(&name, error);
    let mut data = model.prepare(&table).map_err(of_data)?;
    let part = data
        .measured_part()
        .ok_or_else(|| Failure::NoTestRows { data: name.clone() })?;
    let evaluation = match model.evaluate(&data, Split::Test) {
        Err(TrainError::EmptySet { .. }) => return Err(Failure::NoTestRows { data: name }),
        result => result.map_err(of_data)?,
    };
    if let Some(plot) = &arguments.plot {
        let set = data.windows(Split::Test, model.window(), model.horizon())?;
        let rows = last_of_each_series(&set);
        let forecasts = model.forecast_windows(&data, &set, &rows)?;
        let title = format!("Forecasts of {name} beside what came");
        let subject = vec![
            format!("Model: {}.", arguments.model.display()),
            "Of each series the last window of the measured rows.".to_owned(),
        ];
        write_page(
            plot,
            picture(title, subject, &model, &data, forecasts).html(),
        )?;
    }
    let document = EvaluateDocument {
        model: arguments.model.display().to_string(),
        part,
        notes: data.panel.notes.iter().map(ToString::to_string).collect(),
        errors: ErrorsDocument::of(&evaluation, model.plan.season),
        data: name,
    };
    print_result(arguments.json, &document, |page| {
        let rows = document.part.in_words();
        let title = format!("{} on {}: {rows}.", document.model, document.data);
        let mut text = paragraph(&visible(&title), page.text);
        for note in &document.notes {
            text += &paragraph(&visible(&format!("Note: {note}.")), page.text);
        }
        text + "\n" + &document.errors.text(page)
    })
}

fn last_of_each_series(set: &WindowSet) -> Vec<usize> {
    let places = set.places();
    let last = |row: &usize| {
        let next = places.get(row + 1);
        next.is_none_or(|next| next.series != places[*row].series)
    };
    (0..places.len()).filter(last).collect()
}
