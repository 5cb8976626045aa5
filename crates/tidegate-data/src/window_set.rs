//! Windows over series: what a forecaster reads, and what it is asked for.

use std::sync::Arc;

use crate::window_error::WindowError;

/// Features of one series, a row for each step of its grid, every number finite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureSeries {
    /// What is known up to now, `[rows, past_size]`. The first features of a row are the targets, scaled; one that is
    /// missing holds a stand-in.
    pub past: Vec<f32>,
    /// What is known ahead, `[rows or more, known_size]`: of each row, and of rows after the last.
    pub known: Vec<f32>,
    /// Whether each target was observed, `[rows, targets]`; empty where all were. One that was not is never scored.
    pub observed: Vec<bool>,
}

/// Sizes of a window and of what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowShape {
    /// Rows that are read, 1 or more.
    pub window: usize,
    /// Rows that are forecast, 1 or more.
    pub horizon: usize,
    /// Targets of a row, 1 or more.
    pub targets: usize,
    /// Features of a row that are known up to now, the targets first.
    pub past_size: usize,
    /// Features of a row that are known ahead.
    pub known_size: usize,
}

/// Where a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowPlace {
    /// Index of the series.
    pub series: usize,
    /// The first row that is forecast: the window is the rows before it.
    pub origin: usize,
}

/// Windows of one shape over some series. The series are shared, not copied.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowSet {
    shape: WindowShape,
    series: Arc<Vec<FeatureSeries>>,
    places: Vec<WindowPlace>,
    /// Whether the rows that are forecast are in the series.
    has_targets: bool,
}

/// Windows side by side, time-major, as a forecaster reads them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowBatch {
    /// Number of windows.
    pub windows: usize,
    /// `[window, windows, past_size]`.
    pub past: Vec<f32>,
    /// `[horizon, windows, known_size]`.
    pub known: Vec<f32>,
    /// What is to be forecast, `[windows, horizon, targets]`; empty where it is not in the series.
    pub targets: Vec<f32>,
    /// Whether each of them was observed; empty where all were.
    pub observed: Vec<bool>,
}

impl WindowSet {
    /// Windows whose future is in the series: for training and for measuring.
    ///
    /// # Errors
    /// What does not fit, with its series and row.
    pub fn new(
        shape: WindowShape,
        series: Arc<Vec<FeatureSeries>>,
        places: Vec<WindowPlace>,
    ) -> Result<WindowSet, WindowError> {
        WindowSet::checked(shape, series, places, true)
    }

    /// Windows whose future may lie beyond the series: for forecasting. Features that are known ahead must be there.
    ///
    /// # Errors
    /// What does not fit, with its series and row.
    pub fn ahead(
        shape: WindowShape,
        series: Arc<Vec<FeatureSeries>>,
        places: Vec<WindowPlace>,
    ) -> Result<WindowSet, WindowError> {
        WindowSet::checked(shape, series, places, false)
    }

    fn checked(
        shape: WindowShape,
        series: Arc<Vec<FeatureSeries>>,
        places: Vec<WindowPlace>,
        has_targets: bool,
    ) -> Result<WindowSet, WindowError> {
        for (what, size) in [
            ("window", shape.window),
            ("horizon", shape.horizon),
            ("targets", shape.targets),
        ] {
            if size == 0 {
                return Err(WindowError::Zero { what });
            }
        }
        if shape.past_size < shape.targets {
            return Err(WindowError::TooFewFeatures {
                past_size: shape.past_size,
                targets: shape.targets,
            });
        }
        for (index, one) in series.iter().enumerate() {
            check_series(&shape, index, one)?;
        }
        for place in &places {
            let Some(one) = series.get(place.series) else {
                return Err(WindowError::NoSuchSeries {
                    series: place.series,
                    count: series.len(),
                });
            };
            let rows = one.past.len() / shape.past_size;
            let end = place.origin.saturating_add(shape.horizon);
            let known = match shape.known_size {
                0 => usize::MAX,
                size => one.known.len() / size,
            };
            let last = if has_targets { end } else { place.origin };
            if place.origin < shape.window || last > rows || end > known {
                return Err(WindowError::OutOfSeries {
                    series: place.series,
                    origin: place.origin,
                    rows,
                    known: known.min(usize::MAX - 1),
                });
            }
        }
        Ok(WindowSet {
            shape,
            series,
            places,
            has_targets,
        })
    }

    /// Sizes.
    #[must_use]
    pub fn shape(&self) -> WindowShape {
        self.shape
    }

    /// The series.
    #[must_use]
    pub fn series(&self) -> &Arc<Vec<FeatureSeries>> {
        &self.series
    }

    /// Where the windows stand.
    #[must_use]
    pub fn places(&self) -> &[WindowPlace] {
        &self.places
    }

    /// Number of windows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no window.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether the rows that are forecast are in the series.
    #[must_use]
    pub fn has_targets(&self) -> bool {
        self.has_targets
    }

    /// The windows that have something to learn from or to measure: at least one of their targets was observed.
    #[must_use]
    pub fn with_observations(mut self) -> WindowSet {
        let places = std::mem::take(&mut self.places);
        let keep = |place: &WindowPlace| self.has_observation(*place);
        self.places = places.into_iter().filter(keep).collect();
        self
    }

    /// The first window of which no target was observed.
    #[must_use]
    pub fn first_without_observation(&self) -> Option<WindowPlace> {
        let mut places = self.places.iter().copied();
        places.find(|&place| !self.has_observation(place))
    }

    fn has_observation(&self, place: WindowPlace) -> bool {
        let shape = self.shape;
        let rows = place.origin * shape.targets..(place.origin + shape.horizon) * shape.targets;
        let observed = &self.series[place.series].observed;
        let observed = observed.get(rows);
        observed.is_none_or(|observed| observed.iter().any(|&observed| observed))
    }

    /// Lays out the windows `rows`, indices of [`WindowSet::places`], side by side.
    ///
    /// # Panics
    /// As indexing does, if one of them is not below [`WindowSet::len`].
    pub fn fill(&self, rows: &[usize], batch: &mut WindowBatch) {
        let shape = self.shape;
        let count = rows.len();
        batch.windows = count;
        batch
            .past
            .resize(shape.window * count * shape.past_size, 0.0);
        batch
            .known
            .resize(shape.horizon * count * shape.known_size, 0.0);
        batch.targets.clear();
        batch.observed.clear();
        let places = rows.iter().map(|&row| self.places[row]);
        let has_missing = self.has_targets
            && places
                .clone()
                .any(|place| !self.series[place.series].observed.is_empty());
        for (index, place) in places.enumerate() {
            let one = &self.series[place.series];
            let past = &one.past[(place.origin - shape.window) * shape.past_size..];
            scatter(past, shape.past_size, index, count, &mut batch.past);
            if shape.known_size > 0 {
                let known = &one.known[place.origin * shape.known_size..];
                scatter(known, shape.known_size, index, count, &mut batch.known);
            }
            if !self.has_targets {
                continue;
            }
            let end = place.origin + shape.horizon;
            let future = &one.past[place.origin * shape.past_size..end * shape.past_size];
            for row in future.chunks_exact(shape.past_size) {
                batch.targets.extend_from_slice(&row[..shape.targets]);
            }
            if has_missing {
                let range = place.origin * shape.targets..end * shape.targets;
                match one.observed.get(range) {
                    Some(observed) => batch.observed.extend_from_slice(observed),
                    None => batch
                        .observed
                        .resize(batch.observed.len() + shape.horizon * shape.targets, true),
                }
            }
        }
    }
}

/// Copies rows of `width` to the places of one window in a time-major buffer.
fn scatter(rows: &[f32], width: usize, index: usize, count: usize, buffer: &mut [f32]) {
    let targets = buffer.chunks_exact_mut(count * width);
    for (target, row) in targets.zip(rows.chunks_exact(width)) {
        target[index * width..][..width].copy_from_slice(row);
    }
}

fn check_series(
    shape: &WindowShape,
    series: usize,
    features: &FeatureSeries,
) -> Result<(), WindowError> {
    let rows = features.past.len() / shape.past_size;
    let fits = features.past.len() == rows * shape.past_size
        && (shape.known_size > 0 || features.known.is_empty())
        && features.known.len().is_multiple_of(shape.known_size.max(1))
        && (features.observed.is_empty() || features.observed.len() == rows * shape.targets);
    if !fits {
        return Err(WindowError::Length { series });
    }
    let widths = [
        ("past", &features.past, shape.past_size),
        ("known", &features.known, shape.known_size),
    ];
    for (what, values, width) in widths {
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(WindowError::NotFinite {
                what,
                series,
                row: index / width,
                feature: index % width,
                value: values[index],
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: WindowShape = WindowShape {
        window: 2,
        horizon: 1,
        targets: 1,
        past_size: 2,
        known_size: 1,
    };

    fn series(observed: Vec<bool>) -> FeatureSeries {
        FeatureSeries {
            past: (0..8).map(|value| value as f32).collect(),
            known: vec![10.0, 11.0, 12.0, 13.0, 14.0],
            observed,
        }
    }

    fn places(origins: &[usize]) -> Vec<WindowPlace> {
        let place = |&origin: &usize| WindowPlace { series: 0, origin };
        origins.iter().map(place).collect()
    }

    #[test]
    fn windows_lie_side_by_side_with_their_future_beside_them() {
        let set = WindowSet::new(SHAPE, Arc::new(vec![series(vec![])]), places(&[2, 3])).unwrap();
        let mut batch = WindowBatch::default();
        set.fill(&[1, 0], &mut batch);
        assert_eq!(batch.past, [2.0, 3.0, 0.0, 1.0, 4.0, 5.0, 2.0, 3.0]);
        assert_eq!(batch.known, [13.0, 12.0]);
        assert_eq!(batch.targets, [6.0, 4.0]);
        assert!(batch.observed.is_empty());
    }

    #[test]
    fn targets_that_were_not_observed_are_marked() {
        let one = series(vec![true, true, true, false]);
        let set = WindowSet::new(SHAPE, Arc::new(vec![one]), places(&[2, 3])).unwrap();
        let mut batch = WindowBatch::default();
        set.fill(&[0, 1], &mut batch);
        assert_eq!(batch.observed, [true, false]);
    }

    #[test]
    fn a_forecast_may_reach_beyond_the_rows_but_not_beyond_what_is_known_ahead() {
        let all = Arc::new(vec![series(vec![])]);
        assert!(WindowSet::new(SHAPE, Arc::clone(&all), places(&[4])).is_err());
        let set = WindowSet::ahead(SHAPE, Arc::clone(&all), places(&[4])).unwrap();
        let mut batch = WindowBatch::default();
        set.fill(&[0], &mut batch);
        assert_eq!((batch.known[0], batch.targets.len()), (14.0, 0));
        assert!(WindowSet::ahead(SHAPE, all, places(&[5])).is_err());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let refusal = |shape, one: FeatureSeries, origin| {
            let result = WindowSet::new(shape, Arc::new(vec![one]), places(&[origin]));
            result.unwrap_err().to_string()
        };
        let mut infinite = series(vec![]);
        infinite.past[5] = f32::INFINITY;
        assert!(refusal(SHAPE, infinite, 2).contains("row 2, feature 1"));
        assert!(refusal(SHAPE, series(vec![true]), 2).contains("series 0"));
        assert!(refusal(SHAPE, series(vec![]), 1).contains("origin 1"));
        assert!(
            refusal(
                WindowShape {
                    horizon: 0,
                    ..SHAPE
                },
                series(vec![]),
                2
            )
            .contains("horizon")
        );
    }
}
