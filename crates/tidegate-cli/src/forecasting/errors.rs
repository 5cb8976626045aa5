//! The errors of a model's forecasts beside those of naive ones: as a document and as a table.

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_train::baselines::Baseline;
use tidegate_train::metrics::{CoverageOfInterval, MetricValues};
use tidegate_train::{ForecastEvaluation, MethodErrors, MethodEvaluation};

use crate::columns::columns;
use crate::number::{significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::visible::visible;

/// What was measured over some windows.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorsDocument {
    windows: usize,
    horizon: usize,
    season: usize,
    #[serde(flatten)]
    all: MethodsDocument,
    by_channel: Vec<ChannelDocument>,
}

/// The same of one channel over all series.
#[derive(Debug, Serialize)]
struct ChannelDocument {
    channel: String,
    #[serde(flatten)]
    methods: MethodsDocument,
}

/// The model and the baselines.
#[derive(Debug, Serialize)]
struct MethodsDocument {
    metrics: Metrics,
    /// By name: `naive`, `seasonal_naive`, `drift`.
    baselines: BTreeMap<String, Metrics>,
    /// Where it was measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_step: Vec<StepDocument>,
}

/// The same at one step of the horizon.
#[derive(Debug, Serialize)]
struct StepDocument {
    /// From 1.
    step: usize,
    #[serde(flatten)]
    methods: MethodsDocument,
}

/// Errors of one method. `mse` and `mae` are on the scaled values, everything else in the data's units or without a unit.
#[derive(Debug, Serialize)]
struct Metrics {
    mse: Option<f64>,
    mae: Option<f64>,
    mse_in_units: Option<f64>,
    mae_in_units: Option<f64>,
    mase: Option<f64>,
    smape: Option<f64>,
    weighted_quantile_loss: Option<f64>,
    coverage: Vec<CoverageOfInterval>,
}

impl Metrics {
    fn of(errors: &MethodErrors) -> Metrics {
        let MetricValues { mse, mae, .. } = errors.scaled;
        let units = errors.in_units.clone();
        Metrics {
            mse,
            mae,
            mse_in_units: units.mse,
            mae_in_units: units.mae,
            mase: units.mase,
            smape: units.smape,
            weighted_quantile_loss: units.weighted_quantile_loss,
            coverage: units.coverage,
        }
    }
}

impl MethodsDocument {
    fn of(evaluation: &MethodEvaluation) -> MethodsDocument {
        let baselines = evaluation.baselines.iter();
        MethodsDocument {
            metrics: Metrics::of(&evaluation.model),
            baselines: baselines
                .map(|(baseline, errors)| (key(*baseline), Metrics::of(errors)))
                .collect(),
            by_step: (1..)
                .zip(&evaluation.steps)
                .map(|(step, evaluation)| StepDocument {
                    step,
                    methods: MethodsDocument::of(evaluation),
                })
                .collect(),
        }
    }
}

/// A baseline as a key of a document.
pub(crate) fn key(baseline: Baseline) -> String {
    baseline.name().replace(' ', "_")
}

impl ErrorsDocument {
    pub(crate) fn of(evaluation: &ForecastEvaluation, season: usize) -> ErrorsDocument {
        let channels = evaluation.channels.iter();
        ErrorsDocument {
            windows: evaluation.windows,
            horizon: evaluation.horizon,
            season,
            all: MethodsDocument::of(&evaluation.all),
            by_channel: channels
                .map(|(channel, evaluation)| ChannelDocument {
                    channel: channel.clone(),
                    methods: MethodsDocument::of(evaluation),
                })
                .collect(),
        }
    }

    /// The table, what was measured, and whether the model is better than the best naive forecast.
    pub(crate) fn text(&self, page: Page) -> String {
        let words = format!("{} {}", self.measured(), self.verdict());
        format!(
            "{}\n{}",
            self.table(page),
            paragraph(&visible(&words), page.text)
        )
    }

    /// What was measured, in a sentence.
    pub(crate) fn measured(&self) -> String {
        let season = match self.season {
            1 => "without a season".to_owned(),
            season => format!("a season of {} steps", thousands(season)),
        };
        format!(
            "{} forecasts of {} steps, {season}.",
            thousands(self.windows),
            thousands(self.horizon),
        )
    }

    /// A line for each method.
    pub(crate) fn table(&self, page: Page) -> String {
        let mut headings = vec![
            ["", "forecast"],
            ["MSE", "scaled"],
            ["MAE", "scaled"],
            ["", "MSE"],
            ["", "MAE"],
            ["", "MASE"],
            ["sMAPE", "in %"],
            ["quantile", "loss"],
        ];
        let nominal = self.all.metrics.coverage.first().map(|one| one.nominal);
        let covered = nominal.map(|nominal| format!("of {} %", significant(100.0 * nominal, 2)));
        if let Some(covered) = &covered {
            headings.push(["covered", covered]);
        }
        let row = |name: &str, metrics: &Metrics| {
            let number = |value: Option<f64>| {
                value.map_or_else(|| "–".to_owned(), |value| significant(value, 4))
            };
            let mut row = vec![name.to_owned()];
            row.extend(
                [
                    metrics.mse,
                    metrics.mae,
                    metrics.mse_in_units,
                    metrics.mae_in_units,
                    metrics.mase,
                    metrics.smape,
                    metrics.weighted_quantile_loss,
                ]
                .map(number),
            );
            if covered.is_some() {
                let share = metrics.coverage.first().and_then(|one| one.covered);
                row.push(share.map_or_else(
                    || "–".to_owned(),
                    |share| format!("{} %", significant(100.0 * share, 3)),
                ));
            }
            row
        };
        let mut rows = vec![row("model", &self.all.metrics)];
        for name in ["naive", "seasonal_naive", "drift"] {
            if let Some(metrics) = self.all.baselines.get(name) {
                rows.push(row(&name.replace('_', " "), metrics));
            }
        }
        columns(&headings, &rows, page.table)
    }

    /// Whether the model is better than the best naive forecast, which is said either way.
    fn verdict(&self) -> String {
        let named =
            |(name, metrics): (&String, &Metrics)| Some((name.replace('_', " "), metrics.mae?));
        let best = self.all.baselines.iter().filter_map(named);
        let best = best.min_by(|one, other| one.1.total_cmp(&other.1));
        let (Some(own), Some((name, best))) = (self.all.metrics.mae, best) else {
            return String::new();
        };
        if best == 0.0 {
            return format!("The {name} forecast makes no error at all.");
        }
        let percent = significant(100.0 * (own / best - 1.0).abs(), 2);
        match own < best {
            true => format!(
                "The model's scaled MAE is {percent} % below that of the best naive forecast, {name}."
            ),
            false => format!(
                "The model is NOT better: its scaled MAE is {percent} % above that of the {name} forecast."
            ),
        }
    }
}
