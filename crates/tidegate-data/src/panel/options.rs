//! What a user asks of a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time_column::DateOrder;

/// The roles of a table's columns, and what to do about what is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeriesOptions {
    /// The column with the times; found where it is not given.
    pub time: Option<String>,
    /// What stands first in dates such as `1/7/2016`; found where the column's dates allow one order only.
    pub date_order: Option<DateOrder>,
    /// The column that tells series apart; found where it is not given, and where there is none, the table is one series.
    pub series: Option<String>,
    /// The columns that are forecast; every column of numbers that has no other role where they are not given.
    pub targets: Option<Vec<String>>,
    /// Columns that are known up to now.
    pub past: Vec<String>,
    /// Columns that are known ahead, for the rows that are forecast too.
    pub known: Vec<String>,
    /// Columns that hold one value for each series.
    pub statics: Vec<String>,
    /// Features of the calendar.
    pub calendar: Calendar,
    /// What becomes of missing values.
    pub missing: Missing,
}

/// Features of the calendar, which are known ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Calendar {
    /// None.
    #[default]
    None,
    /// What fits the frequency: hour of the day and day of the week below a day; day of the week and day of the year for
    /// days; month of the year for weeks, months and quarters. Each is a sine and a cosine.
    Auto,
}

/// What becomes of missing values in targets and covariates, and of rows that are missing in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// They are an error.
    #[default]
    Refuse,
    /// The last observed value stands in, or 0 after scaling, the training mean, before the first one, and the network is
    /// told: each column that has missing values gets a mask (1 observed, 0 missing) and the time since it was last observed
    /// (Che et al. 2018, arXiv 1606.01865, GRU-D), as ln(1 + steps). They are never scored.
    Mask,
    /// The last observed value is repeated; rows before the first observed value of every column are left out.
    ForwardFill,
    /// A straight line from the last observed value to the next one, which looks ahead: a window that ends inside a gap
    /// knows of the value after it. After the last observed value, and for categories, it is repeated; rows before the
    /// first observed value of every column are left out.
    Linear,
    /// Rows with a missing value are left out, and a series is cut into pieces there.
    Drop,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Missing::Refuse => "refuse",
            Missing::Mask => "mask",
            Missing::ForwardFill => "forward-fill",
            Missing::Linear => "linear",
            Missing::Drop => "drop",
        })
    }
}

/// What a table is prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Every row is history.
    Evaluate,
    /// What follows the history is forecast. Where the schema has covariates that are known ahead, the last rows without
    /// any target and without covariates of the past are its future, and they must cover the horizon.
    Forecast {
        /// Steps to forecast.
        horizon: usize,
    },
}
