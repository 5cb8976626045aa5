//! Forecasts of some windows.

/// Forecasts on the network's scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    /// The forecast itself: the mean, or the median, as the loss asked for; `[windows, horizon, targets]`.
    pub point: Vec<f32>,
    /// Quantiles in rising order, `[windows, horizon, targets, levels]`; they never cross.
    pub quantiles: Vec<f32>,
}
