//! Forecasts of some windows.

use super::model::ForecastModel;

/// Forecasts on the network's scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    /// The forecast itself: the mean, or the median, as the loss asked for; `[windows, horizon, targets]`.
    pub point: Vec<f32>,
    /// Quantiles in rising order, `[windows, horizon, targets, levels]`; they never cross.
    pub quantiles: Vec<f32>,
}

impl Predictions {
    /// The forecast of a target in one of the windows, a number for each row of the horizon.
    #[must_use]
    pub fn of_point(&self, model: &ForecastModel, window: usize, target: usize) -> Vec<f64> {
        self.numbers(model, &self.point, 1, window, target)
    }

    /// Its quantiles, `[horizon, levels]`.
    #[must_use]
    pub fn of_quantiles(&self, model: &ForecastModel, window: usize, target: usize) -> Vec<f64> {
        let levels = model.plan.levels.len();
        self.numbers(model, &self.quantiles, levels, window, target)
    }

    fn numbers(
        &self,
        model: &ForecastModel,
        values: &[f32],
        levels: usize,
        window: usize,
        target: usize,
    ) -> Vec<f64> {
        let (horizon, targets) = (model.horizon(), model.plan.schema.targets.len());
        let first = window * horizon;
        let rows = (first..first + horizon).map(|row| (row * targets + target) * levels);
        rows.flat_map(|start| values[start..start + levels].iter().copied().map(f64::from))
            .collect()
    }
}
