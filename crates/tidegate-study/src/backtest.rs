//! A backtest by rolling origin: forecasts from many rows of the past as if each were the present, and how far they lie from
//! what came, beside those of naive forecasts from the same history.

mod picture;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tidegate_data::{Parts, SeriesError, Split, WindowPlace, WindowSet};
use tidegate_train::{ForecastData, ForecastEvaluation, ForecastModel, TrainError};

pub use standing::{ScoreMeasure, Standing};

/// Which rows are forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BacktestRows {
    /// Those of the test part.
    Test,
    /// All that have a window before them, those that the model was trained on too.
    All,
}

/// From which origins a backtest forecasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BacktestOptions {
    /// Which rows are forecast.
    pub rows: BacktestRows,
    /// Rows from one origin to the next, 1 or more; absent for the horizon, with which no row is forecast twice.
    pub stride: Option<usize>,
    /// Origins of each series at most, the last ones; absent for all.
    pub origins: Option<usize>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// The windows, in the order of series and rows.
    pub set: WindowSet,
    /// Rows from one origin to the next.
    pub stride: usize,
    /// The errors, also at each step of the horizon.
    pub evaluation: ForecastEvaluation,
}

/// Backtests a model on data that it has prepared. The last origin of each series is the last one whose horizon is in the
/// data; the others lie whole strides before it.
///
/// # Errors
/// [`TrainError::Option`] for a stride or a number of origins of 0, [`TrainError::Series`] where no window fits, and those of
/// [`ForecastModel::evaluate_windows`].
pub fn backtest(
    model: &ForecastModel,
    data: &ForecastData,
    options: &BacktestOptions,
) -> Result<Backtest, TrainError> {
    for (option, value) in [("stride", options.stride), ("origins", options.origins)] {
        if value == Some(0) {
            let reason = "is 0, but must be at least 1".to_owned();
            return Err(TrainError::Option { option, reason });
        }
    }
    let stride = options.stride.unwrap_or_else(|| model.horizon());
    let places = places(model, data, options.rows)?;
    let places = rolling(&places, stride, options.origins);
    let set = data
        .at(model.window(), model.horizon(), places)?
        .with_observations();
    let evaluation = model.evaluate_windows(data, &set, true)?;
    Ok(Backtest {
        set,
        stride,
        evaluation,
    })
}

fn places(
    model: &ForecastModel,
    data: &ForecastData,
    rows: BacktestRows,
) -> Result<Vec<WindowPlace>, SeriesError> {
    let (window, horizon) = (model.window(), model.horizon());
    match rows {
        BacktestRows::Test => data.parts.places(Split::Test, window, horizon),
        BacktestRows::All => Parts::test_only(&data.panel).places(Split::Test, window, horizon),
    }
}

/// Of the places of each series the last one and those that lie whole strides before it, at most so many.
fn rolling(places: &[WindowPlace], stride: usize, most: Option<usize>) -> Vec<WindowPlace> {
    let mut last = BTreeMap::new();
    for place in places {
        last.insert(place.series, place.origin);
    }
    let is_origin = |place: &&WindowPlace| {
        let before = last
            .get(&place.series)
            .map_or(0, |last| last - place.origin);
        before.is_multiple_of(stride) && most.is_none_or(|most| before / stride < most)
    };
    places.iter().filter(is_origin).copied().collect()
}
