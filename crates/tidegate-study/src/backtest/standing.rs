//! Whether a model is better than forecasts that need no model.

use tidegate_train::baselines::Baseline;
use tidegate_train::{MethodErrors, MethodEvaluation};

/// By which measure methods are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreMeasure {
    /// Mean absolute scaled error.
    Mase,
    /// Mean absolute error on the scaled values.
    ScaledMae,
}

impl ScoreMeasure {
    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ScoreMeasure::Mase => "MASE",
            ScoreMeasure::ScaledMae => "scaled MAE",
        }
    }

    /// The mean absolute scaled error where the model and every baseline have one, else the scaled mean absolute error.
    #[must_use]
    pub fn of(evaluation: &MethodEvaluation) -> ScoreMeasure {
        let mut baselines = evaluation.baselines.iter().map(|(_, errors)| errors);
        let is_defined = |errors: &MethodErrors| errors.in_units.mase.is_some();
        match is_defined(&evaluation.model) && baselines.all(is_defined) {
            true => ScoreMeasure::Mase,
            false => ScoreMeasure::ScaledMae,
        }
    }

    /// The measure of a method; none where it is not defined.
    #[must_use]
    pub fn value(self, errors: &MethodErrors) -> Option<f64> {
        match self {
            ScoreMeasure::Mase => errors.in_units.mase,
            ScoreMeasure::ScaledMae => errors.scaled.mae,
        }
    }
}

/// The errors of a model and of the baselines in one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The measure.
    pub measure: ScoreMeasure,
    /// The model's.
    pub model: Option<f64>,
    /// Naive, seasonal naive and drift.
    pub baselines: Vec<(Baseline, Option<f64>)>,
}

impl Standing {
    /// What follows from an evaluation.
    #[must_use]
    pub fn of(evaluation: &MethodEvaluation) -> Standing {
        let measure = ScoreMeasure::of(evaluation);
        let baselines = evaluation.baselines.iter();
        Standing {
            measure,
            model: measure.value(&evaluation.model),
            baselines: baselines
                .map(|(baseline, errors)| (*baseline, measure.value(errors)))
                .collect(),
        }
    }

    /// Whether the model's error is below that of a baseline; none where one of them is not defined.
    #[must_use]
    pub fn beats(&self, baseline: Baseline) -> Option<bool> {
        let found = self.baselines.iter().find(|(one, _)| *one == baseline);
        Some(self.model? < found?.1?)
    }

    /// The better one of naive and seasonal naive, with its error; none where neither is defined.
    #[must_use]
    pub fn best_naive(&self) -> Option<(Baseline, f64)> {
        let naive = self
            .baselines
            .iter()
            .filter(|(baseline, _)| *baseline != Baseline::Drift);
        let defined = naive.filter_map(|(baseline, error)| Some((*baseline, (*error)?)));
        defined.min_by(|one, other| one.1.total_cmp(&other.1))
    }

    /// Whether the model's error is below that of the better one of naive and seasonal naive. What cannot be told counts as
    /// no.
    #[must_use]
    pub fn beats_naive(&self) -> bool {
        let best = self.best_naive();
        matches!((self.model, best), (Some(own), Some((_, best))) if own < best)
    }
}
