//! How rows are split by time into training, validation and test.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::of_series;
use crate::time_column::{TimeFormat, time_of};

/// Three parts of each series, one after another in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitOptions {
    /// Where the parts begin and end.
    pub by: SplitBy,
    /// Rows left out between two parts. Counts are kept and begin so much later; of shares and times, the part before ends so
    /// much earlier.
    pub gap: usize,
}

/// Where the parts begin and end, in every series for itself. As text: `8640,2880,2880`, `0.7,0.1,0.2` or
/// `2017-01-01,2017-06-01`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SplitBy {
    /// Rows of each part; what follows is left out.
    Counts([usize; 3]),
    /// Shares of the rows, which add up to 1: rounded down for training and validation, and the rest is for the test.
    Shares([f64; 3]),
    /// The first times of validation and test, in microseconds since 1970.
    Times([i64; 2]),
}

/// Why a split does not fit. The one series of a wide table has an empty name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// The text is none of the three forms.
    #[error(
        "{text:?} is no split: write three numbers of rows (8640,2880,2880), three shares (0.7,0.1,0.2) or two times (2017-01-01,2017-06-01)"
    )]
    Syntax {
        /// What was written.
        text: String,
    },
    /// Shares that are no shares.
    #[error(
        "the shares {text} have to be from 0 to 1, the first above 0, and add up to 1; they add up to {sum}"
    )]
    Shares {
        /// The three.
        text: String,
        /// Their sum.
        sum: f64,
    },
    /// Times in the wrong order.
    #[error(
        "the validation part begins at {valid}, and the test part at {test}: it has to begin later"
    )]
    TimesOrder {
        /// Beginning of the validation part.
        valid: String,
        /// Beginning of the test part.
        test: String,
    },
    /// Times where the table has none.
    #[error(
        "the table has no time column, and the split is given by times: give numbers of rows or shares"
    )]
    NoTimes,
    /// More rows than there are.
    #[error(
        "the split {counts}{} needs {needed} rows, and there are {rows}{}: take fewer",
        if *gap == 0 { String::new() } else { format!(" with gaps of {gap}") },
        of_series(series)
    )]
    CountsBeyond {
        /// The counts.
        counts: String,
        /// Rows left out between parts.
        gap: usize,
        /// Rows that they need.
        needed: usize,
        /// Rows that there are.
        rows: usize,
        /// The series.
        series: String,
    },
    /// Nothing is left to train on.
    #[error("the training part{} has no row: {reason}", of_series(series))]
    NoTrainingRow {
        /// The series.
        series: String,
        /// Why.
        reason: String,
    },
}

impl Default for SplitBy {
    fn default() -> Self {
        SplitBy::Shares([0.7, 0.1, 0.2])
    }
}

impl FromStr for SplitBy {
    type Err = SplitError;

    fn from_str(text: &str) -> Result<SplitBy, SplitError> {
        let syntax = || SplitError::Syntax {
            text: text.to_owned(),
        };
        let fields: Vec<&str> = text.split(',').map(str::trim).collect();
        if let &[valid, test] = &fields[..] {
            let read = |field| time_of(field).ok_or_else(syntax);
            let times = [read(valid)?, read(test)?];
            return match times[0] < times[1] {
                true => Ok(SplitBy::Times(times)),
                false => Err(SplitError::TimesOrder {
                    valid: valid.to_owned(),
                    test: test.to_owned(),
                }),
            };
        }
        let &[train, valid, test] = &fields[..] else {
            return Err(syntax());
        };
        let three = [train, valid, test];
        if three
            .iter()
            .all(|field| field.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let read = |field: &str| field.parse().map_err(|_| syntax());
            return Ok(SplitBy::Counts([read(train)?, read(valid)?, read(test)?]));
        }
        let read = |field: &str| field.parse::<f64>().map_err(|_| syntax());
        let shares = [read(train)?, read(valid)?, read(test)?];
        let sum: f64 = shares.iter().sum();
        let fits = shares.iter().all(|share| (0.0..=1.0).contains(share));
        match fits && shares[0] > 0.0 && (sum - 1.0).abs() < 1e-6 {
            true => Ok(SplitBy::Shares(shares)),
            false => Err(SplitError::Shares {
                text: text.to_owned(),
                sum,
            }),
        }
    }
}

impl fmt::Display for SplitBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |time| {
            TimeFormat::DateTime {
                with_t: false,
                offset: false,
            }
            .text(time)
        };
        match self {
            SplitBy::Counts([train, valid, test]) => write!(f, "{train},{valid},{test}"),
            // With a decimal point, so that 1,0,0 is read back as shares.
            SplitBy::Shares([train, valid, test]) => write!(f, "{train:?},{valid:?},{test:?}"),
            SplitBy::Times([valid, test]) => {
                write!(f, "{},{}", text(*valid), text(*test))
            }
        }
    }
}

impl TryFrom<String> for SplitBy {
    type Error = SplitError;

    fn try_from(text: String) -> Result<SplitBy, SplitError> {
        text.parse()
    }
}

impl From<SplitBy> for String {
    fn from(split: SplitBy) -> String {
        split.to_string()
    }
}

impl SplitOptions {
    /// The rows of the three parts of a series with these times.
    pub(super) fn ranges(
        &self,
        series: &str,
        times: &[i64],
    ) -> Result<[Range<usize>; 3], SplitError> {
        let rows = times.len();
        let gap = self.gap;
        let (valid, test, why) = match self.by {
            SplitBy::Counts(counts) => return self.of_counts(series, counts, rows),
            SplitBy::Shares([train, valid, _]) => {
                // A share of 0.29 is 28.999… of 100 rows.
                let floor = |share: f64| (share * rows as f64 + 1e-9).floor() as usize;
                let valid_start = floor(train);
                (
                    valid_start,
                    valid_start + floor(valid),
                    format!("{train} of {rows} rows"),
                )
            }
            SplitBy::Times(starts) => {
                let [valid, test] = starts.map(|start| times.partition_point(|&time| time < start));
                (valid, test, format!("validation begins at {}", self.by))
            }
        };
        let test = test.min(rows);
        let train_end = valid.saturating_sub(gap);
        if train_end == 0 {
            let gap = match gap {
                0 => String::new(),
                _ => format!(", and a gap of {gap} before the next part"),
            };
            return Err(SplitError::NoTrainingRow {
                series: series.to_owned(),
                reason: why + &gap,
            });
        }
        Ok([
            0..train_end,
            valid..test.saturating_sub(gap).max(valid),
            test..rows,
        ])
    }

    fn of_counts(
        &self,
        series: &str,
        counts: [usize; 3],
        rows: usize,
    ) -> Result<[Range<usize>; 3], SplitError> {
        if counts[0] == 0 {
            return Err(SplitError::NoTrainingRow {
                series: series.to_owned(),
                reason: format!("the split is {}", self.by),
            });
        }
        let [train, valid, test] = counts;
        let gap = self.gap;
        let needed = [train, gap, valid, gap, test]
            .into_iter()
            .fold(0_usize, usize::saturating_add);
        if needed > rows {
            return Err(SplitError::CountsBeyond {
                counts: self.by.to_string(),
                gap,
                needed,
                rows,
                series: series.to_owned(),
            });
        }
        let valid_start = train + gap;
        let test_start = valid_start + valid + gap;
        Ok([
            0..train,
            valid_start..valid_start + valid,
            test_start..test_start + test,
        ])
    }
}
