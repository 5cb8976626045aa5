//! What a model remembers of its data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calendar::CalendarFeature;
use super::error::SeriesError;
use super::grid;
use super::options::Missing;
use super::scaling::Scaling;
use crate::frequency::Frequency;
use crate::time_column::TimeFormat;

/// Columns, their roles and their scaling, as training found them. A table is prepared by it for evaluating and forecasting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesSchema {
    /// The times; none where the table has no time column, so that rows are steps.
    pub time: Option<TimeSchema>,
    /// The column that tells series apart; none where the table is one series.
    pub series: Option<String>,
    /// The columns that are forecast.
    pub targets: Vec<String>,
    /// The other columns, in the order past, known, static.
    pub covariates: Vec<Covariate>,
    /// Features of the calendar.
    pub calendar: Vec<CalendarFeature>,
    /// What becomes of missing values.
    pub missing: Missing,
    /// Under [`Missing::Mask`] the columns with missing values, which have a mask and a time since they were last observed.
    pub masked: Vec<String>,
    /// For each series the scaling of each target, then of each past and known covariate; a category has [`Scaling::NONE`].
    pub scalings: BTreeMap<String, Vec<Scaling>>,
    /// The scaling of each static covariate over all series; a category has [`Scaling::NONE`].
    pub static_scalings: Vec<Scaling>,
}

/// The times of the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeSchema {
    /// The column, or the one of the year where there are several.
    pub column: String,
    /// How times were written in training; another way is as good.
    pub format: TimeFormat,
    /// How far rows are apart.
    pub frequency: Frequency,
    /// Whether the rows stand at the ends of months, which differ in length.
    pub month_end: bool,
}

/// A column that is not forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Covariate {
    /// The column.
    pub name: String,
    /// When its values are known.
    pub role: CovariateRole,
    /// What it holds.
    pub kind: CovariateKind,
}

/// When a covariate's values are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CovariateRole {
    /// Up to now.
    Past,
    /// Ahead.
    Known,
    /// Always: there is one for each series.
    Static,
}

/// What a covariate holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CovariateKind {
    /// Numbers.
    Number,
    /// Texts, each of which becomes a feature that is 1 where it stands and 0 else.
    Category {
        /// The texts of the training rows.
        values: Vec<String>,
    },
}

impl CovariateKind {
    /// Features that a value becomes.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            CovariateKind::Number => 1,
            CovariateKind::Category { values } => values.len(),
        }
    }
}

impl TimeSchema {
    /// The time so many steps after another; none beyond the years of the calendar.
    #[must_use]
    pub fn after(&self, time: i64, steps: usize) -> Option<i64> {
        grid::after(
            self.frequency,
            self.month_end,
            time,
            i64::try_from(steps).ok()?,
        )
    }
}

impl SeriesSchema {
    /// Names of what a row holds that is known up to now: targets, past covariates, all that is known ahead, then for each
    /// masked column `mask of` and `time since` it. As many as a row of [`crate::FeatureSeries::past`] has features.
    #[must_use]
    pub fn past_features(&self) -> Vec<String> {
        let mut names = self.targets.clone();
        names.extend(self.names_of(CovariateRole::Past));
        names.extend(self.known_features());
        for column in &self.masked {
            names.push(format!("mask of {column}"));
            names.push(format!("time since {column}"));
        }
        names
    }

    /// Names of what is known ahead: known covariates, calendar, static covariates. As many as a row of
    /// [`crate::FeatureSeries::known`] has features.
    #[must_use]
    pub fn known_features(&self) -> Vec<String> {
        let mut names = self.names_of(CovariateRole::Known);
        for feature in &self.calendar {
            names.push(format!("sine of {}", feature.name()));
            names.push(format!("cosine of {}", feature.name()));
        }
        names.extend(self.names_of(CovariateRole::Static));
        names
    }

    /// Covariates of a role.
    pub fn covariates_of(&self, role: CovariateRole) -> impl Iterator<Item = &Covariate> {
        self.covariates
            .iter()
            .filter(move |covariate| covariate.role == role)
    }

    /// How a target of a series is scaled; none for a series that training did not see.
    #[must_use]
    pub fn scaling(&self, series: &str, target: usize) -> Option<Scaling> {
        let scalings = self.scalings.get(series)?;
        scalings.get(..self.targets.len())?.get(target).copied()
    }

    /// Steps of the season that is usual at the frequency; 1 where there are no times.
    #[must_use]
    pub fn season(&self) -> usize {
        self.time.as_ref().map_or(1, |time| time.frequency.season())
    }

    /// A schema may come from a file that was changed.
    pub(super) fn check(&self) -> Result<(), SeriesError> {
        let statics = self.covariates_of(CovariateRole::Static).count();
        let temporal = self.targets.len() + self.covariates.len() - statics;
        let has = |name: &String| {
            let covariates = self.covariates.iter();
            let mut covariates = covariates.filter(|one| one.role != CovariateRole::Static);
            self.targets.contains(name) || covariates.any(|one| one.name == *name)
        };
        let mut scalings = self
            .scalings
            .values()
            .flatten()
            .chain(&self.static_scalings);
        let steps_on = |time: &TimeSchema| match time.frequency {
            Frequency::Microseconds(length) | Frequency::Months(length) => length > 0,
        };
        let refusals = [
            (self.targets.is_empty(), "there is no target"),
            (
                self.scalings.values().any(|one| one.len() != temporal),
                "a series has not one scaling for each target and covariate",
            ),
            (
                self.static_scalings.len() != statics,
                "there is not one scaling for each static covariate",
            ),
            (
                scalings.any(|one| !one.is_usable()),
                "a scaling is not finite, or its deviation is not above 0",
            ),
            (
                !self.masked.iter().all(has),
                "a column with a mask is neither a target nor a covariate",
            ),
            (
                self.time.is_none() && !self.calendar.is_empty(),
                "there are features of the calendar and no times",
            ),
            (
                !self.time.as_ref().is_none_or(steps_on),
                "the frequency is not above 0",
            ),
        ];
        match refusals.into_iter().find(|(wrong, _)| *wrong) {
            Some((_, reason)) => Err(SeriesError::Schema { reason }),
            None => Ok(()),
        }
    }

    fn names_of(&self, role: CovariateRole) -> Vec<String> {
        let features = self
            .covariates_of(role)
            .flat_map(|covariate| match &covariate.kind {
                CovariateKind::Number => vec![covariate.name.clone()],
                CovariateKind::Category { values } => {
                    let name = |value| format!("{} is {value}", covariate.name);
                    values.iter().map(name).collect()
                }
            });
        features.collect()
    }
}
