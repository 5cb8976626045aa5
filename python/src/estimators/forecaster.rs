//! Forecasts of the series of a table.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tidegate_data::{
    Calendar, DateOrder, Missing, SeriesOptions, Split, SplitBy, SplitOptions, TimeFormat,
};
use tidegate_model::Normalisation;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{
    ForecastData, ForecastRequest, MeasuredPart, MethodErrors, ModelTask, NetworkKind, TrainError,
    WindowForecast,
};

use super::shared::Shared;
use super::task::check_task;
use super::training::{history, run, word};
use crate::arrow::{Frame, FrameColumn, Table};
use crate::compute::compute;
use crate::error::{Failure, Outcome};

/// The parameters, those of `tidegate train forecast` by its names; read from a dictionary with exactly these keys.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct ForecastOptions {
    time: Option<String>,
    date_order: Option<String>,
    series: Option<String>,
    targets: Option<Vec<String>>,
    past: Vec<String>,
    known: Vec<String>,
    r#static: Vec<String>,
    calendar: String,
    missing: String,
    season: Option<usize>,
    split: String,
    gap: usize,
    model: String,
    cell: String,
    hidden: Option<usize>,
    layers: usize,
    segment: Option<usize>,
    dropout: f32,
    normalise: String,
    window: Option<usize>,
    horizon: Option<usize>,
    loss: String,
    epochs: Option<usize>,
    patience: Option<usize>,
    batch: Option<usize>,
    learning_rate: f64,
    decay: Option<f64>,
    decay_from: usize,
    clip: Option<f64>,
    weight_decay: f64,
    quantiles: Vec<f64>,
    seed: u64,
}

impl ForecastOptions {
    fn request(&self) -> Outcome<ForecastRequest> {
        let orders = [
            ("day_first", DateOrder::DayFirst),
            ("month_first", DateOrder::MonthFirst),
        ];
        let order = self.date_order.as_deref();
        let order = order.map(|order| word("date_order", order, &orders));
        let levels = self.quantiles.clone();
        let losses = ["squared", "absolute", "quantile"].map(|name| (name, name));
        let split: Result<SplitBy, _> = self.split.parse();
        Ok(ForecastRequest {
            series: SeriesOptions {
                time: self.time.clone(),
                date_order: order.transpose()?,
                series: self.series.clone(),
                targets: self.targets.clone(),
                past: self.past.clone(),
                known: self.known.clone(),
                statics: self.r#static.clone(),
                calendar: word(
                    "calendar",
                    &self.calendar,
                    &[("none", Calendar::None), ("auto", Calendar::Auto)],
                )?,
                missing: word(
                    "missing",
                    &self.missing,
                    &[
                        ("refuse", Missing::Refuse),
                        ("mask", Missing::Mask),
                        ("forward-fill", Missing::ForwardFill),
                        ("linear", Missing::Linear),
                        ("drop", Missing::Drop),
                    ],
                )?,
            },
            split: SplitOptions {
                by: split.map_err(|error| Failure::value(format!("split: {error}")))?,
                gap: self.gap,
            },
            window: self.window,
            horizon: self.horizon,
            season: self.season,
            network: word(
                "model",
                &self.model,
                &[
                    (
                        "segment",
                        NetworkKind::Segment {
                            length: self.segment,
                        },
                    ),
                    ("direct", NetworkKind::Direct),
                ],
            )?,
            cell: super::options::cell(&self.cell)?,
            hidden_size: self.hidden,
            layers: self.layers,
            normalisation: word(
                "normalise",
                &self.normalise,
                &[
                    ("none", Normalisation::None),
                    ("last", Normalisation::Last),
                    ("instance", Normalisation::Instance),
                ],
            )?,
            dropout: self.dropout,
            loss: match word("loss", &self.loss, &losses)? {
                "squared" => ForecastLoss::Squared,
                "absolute" => ForecastLoss::Absolute,
                _ => ForecastLoss::Quantile {
                    levels: levels.clone(),
                },
            },
            levels,
            epochs: self.epochs,
            patience: self.patience,
            batch_size: self.batch,
            learning_rate: self.learning_rate,
            decay: self.decay,
            decay_from: self.decay_from,
            clip_norm: self.clip,
            weight_decay: self.weight_decay,
            seed: self.seed,
        })
    }
}

/// A trained forecaster with its plan: what a model file of `tidegate train forecast` holds.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct ForecastModel {
    model: Shared<tidegate_train::ForecastModel>,
}

#[pymethods]
impl ForecastModel {
    /// Trains on the series of a table; the model, the numbers of each epoch, and what is peculiar about the table.
    #[staticmethod]
    #[pyo3(signature = (table, options, threads=None, callback=None))]
    fn fit<'py>(
        py: Python<'py>,
        table: &Table,
        options: ForecastOptions,
        threads: Option<usize>,
        callback: Option<Bound<'py, PyAny>>,
    ) -> Outcome<(ForecastModel, Vec<Bound<'py, PyDict>>, Vec<String>)> {
        let request = options.request()?;
        let mut notes = Vec::new();
        let (model, trained) = run(py, threads, callback.as_ref(), |observer, stop| {
            let data = ForecastData::fit(&table.table, &request.series, &request.split)?;
            notes.extend(data.panel.notes.iter().map(ToString::to_string));
            request.settle(&data)?.train(&data, None, observer, stop)
        })?;
        Ok((
            ForecastModel {
                model: Shared::new(model),
            },
            history(py, &trained)?,
            notes,
        ))
    }

    /// What comes after each series of a table that is as long as a window.
    fn predict(&self, py: Python<'_>, table: &Table) -> Outcome<Frame> {
        let (data, forecasts) = compute(py, || {
            let model = self.model.read();
            let data = model.prepare_ahead(&table.table)?;
            let set = data.last_windows(model.window(), model.horizon())?;
            let rows: Vec<usize> = (0..set.len()).collect();
            let forecasts = model.forecast_windows(&data, &set, &rows)?;
            Ok::<_, TrainError>((data, forecasts))
        })?;
        self.frame(&data, &forecasts)
    }

    /// Errors on the test part of a table, or on all of it where the model was trained on none of its rows: the part, the
    /// number of windows, and for the model and each baseline the measures by name.
    fn evaluate<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
    ) -> Outcome<(&'static str, usize, Bound<'py, PyDict>)> {
        let (part, evaluation) = compute(py, || {
            let model = self.model.read();
            let mut data = model.prepare(&table.table)?;
            let part = data.measured_part();
            let part = part.ok_or(TrainError::EmptySet { part: "test" })?;
            Ok::<_, TrainError>((part, model.evaluate(&data, Split::Test)?))
        })?;
        let methods = PyDict::new(py);
        methods.set_item("model", measures(py, &evaluation.all.model)?)?;
        for (baseline, errors) in &evaluation.all.baselines {
            let name = baseline.name().replace(' ', "_");
            methods.set_item(name, measures(py, errors)?)?;
        }
        let part = match part {
            MeasuredPart::Test => "test",
            MeasuredPart::All => "all",
        };
        Ok((part, evaluation.windows, methods))
    }

    /// Rows that are read.
    #[getter]
    fn window(&self) -> usize {
        self.model.read().window()
    }

    /// Rows that are forecast.
    #[getter]
    fn horizon(&self) -> usize {
        self.model.read().horizon()
    }

    /// Columns that are forecast.
    #[getter]
    fn targets(&self) -> Vec<String> {
        self.model.read().plan.schema.targets.clone()
    }

    /// Levels of the quantiles.
    #[getter]
    fn quantiles(&self) -> Vec<f64> {
        self.model.read().plan.levels.clone()
    }

    /// Rows of a season.
    #[getter]
    fn season(&self) -> usize {
        self.model.read().plan.season
    }

    /// The column of times.
    #[getter]
    fn time(&self) -> Option<String> {
        let model = self.model.read();
        let time = model.plan.schema.time.as_ref();
        time.map(|time| time.column.clone())
    }

    /// The column that tells series apart.
    #[getter]
    fn series(&self) -> Option<String> {
        self.model.read().plan.schema.series.clone()
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Outcome<()> {
        Ok(self.model.write(py, |model| model.save(path))?)
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(path: PathBuf) -> Outcome<ForecastModel> {
        check_task(&path, ModelTask::Forecast)?;
        let model = tidegate_train::ForecastModel::load(path)?;
        Ok(ForecastModel {
            model: Shared::new(model),
        })
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let bytes = self
            .model
            .write(py, tidegate_train::ForecastModel::to_bytes)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// For `pickle` and `copy`: by way of the bytes of the model file.
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> Outcome<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let bytes = slf.get().to_bytes(slf.py())?;
        Ok((slf.get_type().getattr("from_bytes")?, (bytes,)))
    }

    /// The model in such bytes.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> Outcome<ForecastModel> {
        let model = tidegate_train::ForecastModel::from_bytes(bytes)?;
        Ok(ForecastModel {
            model: Shared::new(model),
        })
    }
}

impl ForecastModel {
    /// A row for each step of each series: the series, the time, and of each target the forecast and its quantiles.
    fn frame(&self, data: &ForecastData, forecasts: &[WindowForecast]) -> Outcome<Frame> {
        let model = self.model.read();
        let schema = &model.plan.schema;
        let steps = || forecasts.iter().flat_map(|one| one.times.iter().copied());
        let mut columns = Vec::new();
        if let Some(series) = &schema.series {
            let names = forecasts
                .iter()
                .flat_map(|one| one.times.iter().map(|_| one.series.clone()));
            columns.push((series.clone(), FrameColumn::Texts(names.collect())));
        }
        columns.push(match (&schema.time, &data.schema.time) {
            (Some(time), Some(of_data)) => {
                let column = match of_data.format {
                    TimeFormat::Typed(kind) => FrameColumn::Times(steps().collect(), kind),
                    format => FrameColumn::Texts(steps().map(|time| format.text(time)).collect()),
                };
                (time.column.clone(), column)
            }
            // Without times, rows are counted, from 0.
            _ => {
                let rows = forecasts.iter().flat_map(|one| {
                    let first = one.rows_before;
                    (first..first + one.times.len()).map(|row| row as i64)
                });
                ("row".to_owned(), FrameColumn::Counts(rows.collect()))
            }
        });
        for (target, name) in schema.targets.iter().enumerate() {
            let of_target = || forecasts.iter().map(move |one| &one.channels[target]);
            let point = of_target().flat_map(|channel| channel.point.iter().copied());
            columns.push((name.clone(), FrameColumn::Numbers(point.collect())));
            for (index, level) in model.plan.levels.iter().enumerate() {
                let quantile = of_target()
                    .flat_map(|channel| channel.quantiles.iter().map(move |row| row[index]));
                let name = format!("{name}_{level}");
                columns.push((name, FrameColumn::Numbers(quantile.collect())));
            }
        }
        Frame::new(columns)
    }
}

/// The measures of a method: on the network's scale `mse` and `mae`, all else in units or without a unit.
fn measures<'py>(py: Python<'py>, errors: &MethodErrors) -> PyResult<Bound<'py, PyDict>> {
    let measures = PyDict::new(py);
    let MethodErrors { scaled, in_units } = errors;
    for (name, value) in [
        ("mse", scaled.mse),
        ("mae", scaled.mae),
        ("mse_in_units", in_units.mse),
        ("mae_in_units", in_units.mae),
        ("mase", in_units.mase),
        ("smape", in_units.smape),
        ("weighted_quantile_loss", in_units.weighted_quantile_loss),
    ] {
        measures.set_item(name, value)?;
    }
    for interval in &in_units.coverage {
        let name = format!("coverage_{}", (interval.nominal * 1e9).round() / 1e9);
        measures.set_item(name, interval.covered)?;
    }
    Ok(measures)
}
