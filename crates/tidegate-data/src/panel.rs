//! From a table to prepared series: roles of columns, the grid of times, missing values, categories, calendar, scaling,
//! and the parts of a split with their windows.
//!
//! Here live what is asked of a table ([`SeriesOptions`]), what a model remembers of it ([`SeriesSchema`]), and what comes
//! out ([`Panel`]). Here do not live readers of files and the windows' values, which are a [`crate::WindowSet`]'s.

mod apply;
mod calendar;
mod categories;
mod columns;
mod error;
mod feature_scalings;
mod features;
mod fit;
mod grid;
mod missing;
mod note;
mod options;
mod parts;
mod roles;
mod scaling;
mod schema;
mod split_options;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use calendar::CalendarFeature;
pub use error::{GridError, MissingError, SeriesError};
pub use note::SeriesNote;
pub use options::{Calendar, Missing, Purpose, SeriesOptions};
pub use parts::{PartTimes, Parts, SplitTimes};
pub use scaling::Scaling;
pub use schema::{Covariate, CovariateKind, CovariateRole, SeriesSchema, TimeSchema};
pub use split_options::{SplitBy, SplitError, SplitOptions};

use crate::window_set::FeatureSeries;

/// Series of one table, prepared, in the order of their first rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The series. Under [`Missing::Drop`] several in a row may bear one name: pieces of one series.
    pub series: Vec<PanelSeries>,
    /// What was done to the table, and what is peculiar about it.
    pub notes: Vec<SeriesNote>,
    /// Whether the rows have times, and not numbers alone.
    pub has_times: bool,
}

/// One series, or a piece of one, on its grid of equal steps.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelSeries {
    /// Its name; empty for the one series of a wide table.
    pub name: String,
    /// The time of each row, in microseconds since 1970; the rows' numbers where the table has no time column.
    pub times: Vec<i64>,
    /// The line of each row in the file, from 1; 0 for a row that was put in where the file has a gap.
    pub lines: Vec<u64>,
    /// `[rows, targets]` in the data's units; not a number where missing, whatever became of it in the features.
    pub targets: Vec<f64>,
    /// Number of rows.
    pub rows: usize,
    /// Rows with a history; the rows after them only hold covariates that are known ahead.
    pub target_rows: usize,
    /// How each target is scaled.
    pub scalings: Vec<Scaling>,
    /// What a network reads.
    pub features: FeatureSeries,
    /// Rows of the whole series before the first of this piece.
    pub offset: usize,
    /// The times of the whole series.
    pub grid: Arc<Vec<i64>>,
}

impl Panel {
    /// Takes the features out of all series, in their order, and leaves empty ones: a [`crate::WindowSet`] shares them.
    pub fn take_features(&mut self) -> Vec<FeatureSeries> {
        let take = |one: &mut PanelSeries| std::mem::take(&mut one.features);
        self.series.iter_mut().map(take).collect()
    }
}

impl PanelSeries {
    /// A target in the data's units as the network sees it.
    ///
    /// # Panics
    /// If there is no such target.
    #[must_use]
    pub fn to_scaled(&self, target: usize, value: f64) -> f64 {
        self.scalings[target].to_scaled(value)
    }

    /// What the network sees or says of a target, in the data's units.
    ///
    /// # Panics
    /// If there is no such target.
    #[must_use]
    pub fn to_units(&self, target: usize, scaled: f64) -> f64 {
        self.scalings[target].to_units(scaled)
    }

    /// One target through all rows with a history.
    ///
    /// # Panics
    /// If there is no such target.
    #[must_use]
    pub fn history(&self, target: usize) -> Vec<f64> {
        let targets = self.scalings.len();
        assert!(target < targets, "target {target} of {targets}");
        let rows = self.targets.chunks_exact(targets).take(self.target_rows);
        rows.map(|row| row[target]).collect()
    }
}

/// ` of series "A"`, or nothing for the one series of a wide table.
fn of_series(name: &str) -> String {
    match name {
        "" => String::new(),
        name => format!(" of series {name:?}"),
    }
}
