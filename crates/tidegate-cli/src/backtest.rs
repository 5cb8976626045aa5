//! `tidegate backtest`: forecasts from many origins of the past beside naive ones.

pub(crate) mod arguments;
mod document;

use std::path::PathBuf;

use tidegate_data::Split;
use tidegate_study::backtest::{Backtest, BacktestOptions, BacktestRows, Standing, backtest};
use tidegate_train::{ForecastData, ForecastModel, TrainError};

use crate::failure::Failure;
use crate::outputs::{check_outputs, write_page};
use crate::reading::{data_name, read_table};
use crate::standard_output::print_result;
use arguments::{BacktestArguments, PartName};
use document::{BacktestDocument, method};

pub(crate) fn run(arguments: &BacktestArguments) -> Result<(), Failure> {
    let inputs = [arguments.model.as_path(), &arguments.data];
    check_outputs(
        &arguments
            .plot
            .iter()
            .map(PathBuf::as_path)
            .collect::<Vec<_>>(),
        &inputs,
    )?;
    let model = ForecastModel::load(&arguments.model)?;
    let name = data_name(&arguments.data);
    let table = read_table(&arguments.data)?;
    let of_data = |error| Failure::of_data(&name, error);
    let mut data = model.prepare(&table).map_err(of_data)?;
    let options = BacktestOptions {
        rows: rows(arguments.part, &mut data, &name)?,
        stride: arguments.stride,
        origins: arguments.origins,
    };
    let measured = match backtest(&model, &data, &options) {
        Err(TrainError::EmptySet { .. }) => return Err(Failure::NoTestRows { data: name }),
        result => result.map_err(of_data)?,
    };
    let document = BacktestDocument::of(arguments, &name, &model, &data, &measured);
    if let Some(plot) = &arguments.plot {
        let subject = vec![
            format!("Model: {}.", arguments.model.display()),
            document.measured(),
            document.verdict(),
            "MSE and MAE are on the scaled values.".to_owned(),
        ];
        let title = format!("Backtest on {name}");
        let picture = measured.picture(title, subject, &model, &data)?;
        write_page(plot, picture.html())?;
    }
    print_result(arguments.json, &document, |page| document.text(page))?;
    if arguments.fail_if_worse_than_naive {
        check(&measured)?;
    }
    Ok(())
}

/// The rows that are forecast, of data whose test part is made what is to be measured.
fn rows(part: PartName, data: &mut ForecastData, name: &str) -> Result<BacktestRows, Failure> {
    match part {
        PartName::All => Ok(BacktestRows::All),
        PartName::Test => match data.measured_part() {
            Some(_) => Ok(BacktestRows::Test),
            None => Err(Failure::NoTestRows {
                data: name.to_owned(),
            }),
        },
    }
}

/// Whether rows that the model was trained or validated on are in the data.
fn knows_rows(data: &ForecastData) -> bool {
    data.parts.rows(Split::Train) + data.parts.rows(Split::Valid) > 0
}

fn check(measured: &Backtest) -> Result<(), Failure> {
    let standing = Standing::of(&measured.evaluation.all);
    if standing.beats_naive() {
        return Ok(());
    }
    let measure = standing.measure.name();
    let reason = match standing.best_naive() {
        Some((baseline, error)) => format!(
            "{} is not below {}",
            method("the model", measure, standing.model),
            method(baseline.name(), measure, Some(error))
        ),
        None => "no error of a naive forecast is defined on this data".to_owned(),
    };
    Err(Failure::WorseThanNaive { reason })
}
