//! A forecaster as an ONNX file, with its scaling where all series share it.

use serde_json::{Value, json};
use tidegate_cells::Cell;
use tidegate_data::{Scaling, SeriesSchema};
use tidegate_exchange::onnx::{self, ForecasterGraph, WindowScaling};
use tidegate_model::replace_file;
use tidegate_study::forecast::PointForecast;
use tidegate_train::ForecastModel;

use super::arguments::{ExportArguments, FormatName};
use super::{MOST, PEEPHOLES, said};
use crate::failure::Failure;
use crate::forecasting::point_of;
use crate::number::{counted, thousands};
use crate::standard_output::print;

pub(super) fn run(arguments: &ExportArguments, format: FormatName) -> Result<(), Failure> {
    let ExportArguments { model, output, .. } = arguments;
    if format != FormatName::Onnx {
        let model = model.clone();
        return Err(Failure::ForecasterIsOnnx { model });
    }
    if arguments.preset.is_some() {
        return Err(Failure::NotItsOption {
            option: "--preset",
            of: "networks of sequences",
            file: model.clone(),
            what: "a forecaster, which reads windows",
        });
    }
    arguments
        .reading
        .refuse_for(model, "a model file, which says all of it itself")?;
    arguments.task.refuse_logits_for(model)?;

    let trained = ForecastModel::load(model)?;
    let schema = &trained.plan.schema;
    let shared = schema
        .scaled_like_all()
        .filter(|_| !arguments.task.scaled)
        .and_then(|series| {
            Some(WindowScaling {
                past: schema.past_scalings(series)?,
                known: schema.known_scalings(series)?,
            })
        });
    let residuals = trained.plan.residuals.as_ref();
    let graph = ForecasterGraph {
        forecaster: &trained.forecaster,
        scaling: shared.as_ref(),
        offsets: residuals.map_or(&[][..], |residuals| &residuals.offsets),
        point: trained.point_level(),
    };
    let exchange = |error| Failure::exchange(model, error);
    let bytes = graph.write().map_err(exchange)?;
    let entries = metadata(&trained, shared.is_some())?;
    let entries: Vec<(&str, &str)> = entries
        .iter()
        .map(|(key, value)| (*key, &**value))
        .collect();
    let bytes = onnx::with_metadata(bytes, &entries);
    let difference = graph.difference(&bytes).map_err(exchange)?;
    if difference.relative > f64::from(MOST) {
        return Err(Failure::ExportDiffers {
            output: output.clone(),
            difference: difference.largest as f32,
        });
    }
    replace_file(output, &bytes).map_err(|error| Failure::write(output, error))?;
    let what = format!(
        "ONNX, windows of {} to {} ahead",
        counted(trained.window(), "row", "rows"),
        thousands(trained.horizon())
    );
    let notes = notes(arguments, &trained, shared.is_some());
    print(&said(output, &what, difference.largest, &notes))
}

/// What a reader of the file needs beside the graph.
fn metadata(model: &ForecastModel, in_units: bool) -> Result<Vec<(&'static str, String)>, Failure> {
    let schema = &model.plan.schema;
    let list = |names: &[String]| serde_json::to_string(names);
    let point = match point_of(model) {
        PointForecast::Mean => "mean",
        PointForecast::Median => "median",
    };
    let mut entries = vec![
        ("tidegate.task", "forecast".to_owned()),
        ("tidegate.window", model.window().to_string()),
        ("tidegate.horizon", model.horizon().to_string()),
        ("tidegate.targets", list(&schema.targets)?),
        ("tidegate.past", list(&schema.past_features())?),
        ("tidegate.point", point.to_owned()),
        (
            "tidegate.levels",
            serde_json::to_string(&model.plan.levels)?,
        ),
        (
            "tidegate.units",
            if in_units { "data" } else { "scaled" }.to_owned(),
        ),
    ];
    let known = schema.known_features();
    if !known.is_empty() {
        entries.push(("tidegate.known", list(&known)?));
    }
    if let Some(time) = &schema.time {
        entries.push(("tidegate.frequency", time.frequency.to_string()));
    }
    if !in_units {
        entries.push(("tidegate.scalings", scalings(schema).to_string()));
    }
    Ok(entries)
}

/// For each series the mean and the deviation of each column of the inputs, in their order.
fn scalings(schema: &SeriesSchema) -> Value {
    let columns = |names: Vec<String>, scalings: Option<Vec<Scaling>>| -> Value {
        let columns = names.into_iter().zip(scalings.unwrap_or_default());
        columns
            .map(|(name, scaling)| {
                json!({"name": name, "mean": scaling.mean, "deviation": scaling.deviation})
            })
            .collect()
    };
    let series = schema.scalings.keys().map(|series| {
        let past = columns(schema.past_features(), schema.past_scalings(series));
        let known = columns(schema.known_features(), schema.known_scalings(series));
        (series.clone(), json!({"past": past, "known": known}))
    });
    Value::Object(series.collect())
}

/// What the user should know.
fn notes(arguments: &ExportArguments, model: &ForecastModel, in_units: bool) -> Vec<String> {
    let schema = &model.plan.schema;
    let series = schema.scalings.len();
    let mut notes = vec![if in_units {
        "It reads and gives numbers in the data's units.".to_owned()
    } else if arguments.task.scaled {
        "It reads and gives scaled numbers: the scaling stands in its metadata, under tidegate.scalings."
            .to_owned()
    } else {
        format!(
            "It reads and gives scaled numbers: the {} series have scalings of their own, which stand in its metadata, under \
             tidegate.scalings.",
            thousands(series)
        )
    }];
    let (past, known) = (schema.past_features().len(), schema.known_features().len());
    notes.push(match known {
        0 => format!(
            "The metadata names the {} of its input, under tidegate.past.",
            counted(past, "column", "columns")
        ),
        _ => format!(
            "The metadata names the columns of its inputs, {} under tidegate.past and {} under tidegate.known.",
            thousands(past),
            thousands(known)
        ),
    });
    let computed = [
        (!schema.calendar.is_empty(), "the calendar"),
        (!schema.masked.is_empty(), "missing values"),
    ];
    let computed: Vec<&str> = computed
        .into_iter()
        .filter_map(|(has, what)| has.then_some(what))
        .collect();
    if !computed.is_empty() {
        notes.push(format!(
            "Those of {} are to be computed by who runs it.",
            computed.join(" and of ")
        ));
    }
    let cell = &model.forecaster.configuration().recurrent.cell;
    if matches!(cell, Cell::Lstm(lstm) if lstm.peepholes) {
        notes.push(PEEPHOLES.to_owned());
    }
    notes
}
