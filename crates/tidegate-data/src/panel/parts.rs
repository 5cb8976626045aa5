//! The parts of a panel's series, and the windows in them.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::error::SeriesError;
use super::split_options::{SplitBy, SplitError, SplitOptions};
use super::{Panel, PanelSeries};
use crate::splits::Split;
use crate::window_set::WindowPlace;

/// Which rows of each series of a panel are for training, validation and test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// For each series of the panel the rows that are forecast in training, validation and test, counted in that series. The
    /// windows of validation and test reach back into the rows before.
    pub ranges: Vec<[Range<usize>; 3]>,
}

/// First and last time of a part of a series, in microseconds since 1970, or row numbers where there are no times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartTimes {
    /// The first row's.
    pub first: i64,
    /// The last row's.
    pub last: i64,
}

/// The parts by name of series and time: what a model keeps, to find them again in another table. A part without rows is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitTimes {
    /// Training, validation and test of each series.
    pub series: BTreeMap<String, [Option<PartTimes>; 3]>,
}

impl Parts {
    /// Splits each series for itself. One that the split does not fit has no rows in any part.
    ///
    /// # Errors
    /// [`SplitError`] where the split fits no series.
    pub fn of(panel: &Panel, split: &SplitOptions) -> Result<Parts, SplitError> {
        if matches!(split.by, SplitBy::Times(_)) && !panel.has_times {
            return Err(SplitError::NoTimes);
        }
        let mut refusal = None;
        let mut fits = false;
        let of_series = |one: &PanelSeries| match split.ranges(&one.name, &one.grid) {
            Ok(ranges) => {
                fits = true;
                ranges.map(|range| inside(one, &range))
            }
            Err(error) => {
                refusal.get_or_insert(error);
                [0..0, 0..0, 0..0]
            }
        };
        let ranges = panel.series.iter().map(of_series).collect();
        match refusal {
            Some(error) if !fits => Err(error),
            _ => Ok(Parts { ranges }),
        }
    }

    /// Every row of every series for the test.
    #[must_use]
    pub fn test_only(panel: &Panel) -> Parts {
        let whole = |one: &PanelSeries| [0..0, 0..0, 0..one.target_rows];
        Parts {
            ranges: panel.series.iter().map(whole).collect(),
        }
    }

    /// When the parts begin and end.
    #[must_use]
    pub fn times(&self, panel: &Panel) -> SplitTimes {
        let mut times = SplitTimes::default();
        for (one, ranges) in panel.series.iter().zip(&self.ranges) {
            let entry = times.series.entry(one.name.clone()).or_default();
            for (part, range) in entry.iter_mut().zip(ranges) {
                if range.is_empty() {
                    continue;
                }
                let (first, last) = (one.times[range.start], one.times[range.end - 1]);
                // Pieces of one series stand in the order of time.
                part.get_or_insert(PartTimes { first, last }).last = last;
            }
        }
        times
    }

    /// Rows of a part in all series.
    #[must_use]
    pub fn rows(&self, part: Split) -> usize {
        self.ranges
            .iter()
            .map(|ranges| ranges[index(part)].len())
            .sum()
    }

    /// Every window of a part, in the order of series and rows. Windows of training lie wholly in its part; those of validation
    /// and test reach back into the rows before. A part without rows has none.
    ///
    /// # Errors
    /// [`SeriesError::Zero`]; [`SeriesError::TooShort`] where the part has rows and no window fits.
    pub fn places(
        &self,
        part: Split,
        window: usize,
        horizon: usize,
    ) -> Result<Vec<WindowPlace>, SeriesError> {
        for (what, rows) in [("the window", window), ("the horizon", horizon)] {
            if rows == 0 {
                return Err(SeriesError::Zero { what });
            }
        }
        let mut places = Vec::new();
        for series in 0..self.ranges.len() {
            let origins = self.origins(series, part, window, horizon);
            places.extend(origins.map(|origin| WindowPlace { series, origin }));
        }
        if places.is_empty() && self.rows(part) > 0 {
            let reach = |ranges: &[Range<usize>; 3]| match part {
                Split::Train => ranges[0].len(),
                _ => ranges[index(part)].end,
            };
            return Err(SeriesError::TooShort {
                part,
                window,
                horizon,
                longest: self.ranges.iter().map(reach).max().unwrap_or(0),
            });
        }
        Ok(places)
    }

    /// Indices of the series with rows in a part and no window in it.
    #[must_use]
    pub fn too_short(&self, part: Split, window: usize, horizon: usize) -> Vec<usize> {
        let short = |&series: &usize| {
            !self.ranges[series][index(part)].is_empty()
                && self.origins(series, part, window, horizon).is_empty()
        };
        (0..self.ranges.len()).filter(short).collect()
    }

    fn origins(&self, series: usize, part: Split, window: usize, horizon: usize) -> Range<usize> {
        let range = &self.ranges[series][index(part)];
        let first = match part {
            Split::Train => range.start.saturating_add(window),
            _ => range.start.max(window),
        };
        first..(range.end + 1).saturating_sub(horizon).max(first)
    }
}

impl SplitTimes {
    /// The same parts in a panel, by name and time. All rows of a series that is not named are for the test.
    #[must_use]
    pub fn parts(&self, panel: &Panel) -> Parts {
        let of_series = |one: &PanelSeries| match self.series.get(&one.name) {
            None => [0..0, 0..0, 0..one.target_rows],
            Some(parts) => parts.map(|part| {
                let Some(PartTimes { first, last }) = part else {
                    return 0..0;
                };
                let times = &one.times[..one.target_rows];
                let start = times.partition_point(|&time| time < first);
                start..times.partition_point(|&time| time <= last).max(start)
            }),
        };
        Parts {
            ranges: panel.series.iter().map(of_series).collect(),
        }
    }
}

fn index(part: Split) -> usize {
    match part {
        Split::Train => 0,
        Split::Valid => 1,
        Split::Test => 2,
    }
}

/// Rows of a whole series, counted in a piece of it.
fn inside(one: &PanelSeries, range: &Range<usize>) -> Range<usize> {
    let row = |row: usize| row.saturating_sub(one.offset).min(one.target_rows);
    row(range.start)..row(range.end)
}
