//! What is added up over windows for one method.

use super::MethodErrors;
use crate::metrics::ForecastMetrics;

/// What is added up for one method and target, over the whole horizon or a part of it.
#[derive(Clone)]
pub(super) struct Sums {
    scaled: ForecastMetrics,
    in_units: ForecastMetrics,
}

/// One method's forecast of a target in a window.
pub(super) struct OneForecast<'a> {
    pub(super) scaled: &'a [f64],
    pub(super) in_units: &'a [f64],
    /// In units; `[horizon, levels]`, or empty.
    pub(super) quantiles: &'a [f64],
}

/// What came.
pub(super) struct Actual<'a> {
    pub(super) scaled: &'a [f64],
    pub(super) in_units: &'a [f64],
    pub(super) observed: &'a [bool],
    /// Of the mean absolute scaled error.
    pub(super) scale: Option<f64>,
}

impl Sums {
    pub(super) fn new(levels: &[f64]) -> Sums {
        Sums {
            scaled: ForecastMetrics::new(&[]),
            in_units: ForecastMetrics::new(levels),
        }
    }

    /// Adds a window to the sums of equal parts of the horizon.
    pub(super) fn add(parts: &mut [Sums], forecast: &OneForecast<'_>, actual: &Actual<'_>) {
        let horizon = actual.in_units.len();
        let length = horizon / parts.len().max(1);
        let levels = forecast.quantiles.len() / horizon.max(1);
        for (part, sums) in parts.iter_mut().enumerate() {
            let rows = part * length..(part + 1) * length;
            let observed = &actual.observed[rows.clone()];
            let (point, values) = (&forecast.scaled[rows.clone()], &actual.scaled[rows.clone()]);
            sums.scaled.add(point, &[], values, observed, None);
            let quantiles = &forecast.quantiles[rows.start * levels..rows.end * levels];
            let (point, values) = (
                &forecast.in_units[rows.clone()],
                &actual.in_units[rows.clone()],
            );
            sums.in_units
                .add(point, quantiles, values, observed, actual.scale);
        }
    }

    fn merge(&mut self, other: &Sums) {
        self.scaled.merge(&other.scaled);
        self.in_units.merge(&other.in_units);
    }

    fn errors(&self) -> MethodErrors {
        MethodErrors {
            scaled: self.scaled.values(),
            in_units: self.in_units.values(),
        }
    }
}

/// The errors over all parts of the horizon of some targets.
pub(super) fn of_all(targets: &[Vec<Sums>], levels: &[f64]) -> MethodErrors {
    let mut all = Sums::new(levels);
    targets.iter().flatten().for_each(|sums| all.merge(sums));
    all.errors()
}

/// The errors of some targets in each part of the horizon.
pub(super) fn of_steps(targets: &[Vec<Sums>], levels: &[f64]) -> Vec<MethodErrors> {
    let parts = targets.first().map_or(0, Vec::len);
    let of_part = |part: usize| {
        let mut all = Sums::new(levels);
        targets.iter().for_each(|target| all.merge(&target[part]));
        all.errors()
    };
    (0..parts).map(of_part).collect()
}
