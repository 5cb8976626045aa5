//! Readings as a file of CSV would hold them, generated from a seed: to learn and to test with, where no data is at hand.
//!
//! Here live their options, the gaps that are put into them and the noise; each file below holds the equations of one kind.

mod gaps;
mod load;
mod machine;
mod noise;
mod sales;

use jiff::SignedDuration;
use jiff::civil::{DateTime, datetime};
use serde::{Deserialize, Serialize};

pub use machine::{MachineOptions, MachineReadings, generated_machine};

use crate::error::DataError;
use crate::option_limits::impossible;
pub(crate) use noise::Noise;

/// Rows of a series, those ahead included. In steps of a day they end in the year 7498, which calendars still know.
const MOST_ROWS: usize = 2_000_000;

/// Share of missing values up to which something is left to learn from.
const MOST_MISSING: f64 = 0.9;

/// Midnight of the first day: a Monday.
const START: DateTime = datetime(2023, 1, 2, 0, 0, 0, 0);

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingsKind {
    /// Hourly electric load of three kinds of consumers in megawatts, and the temperature in °C, in a column each.
    ///
    /// With h the hour of the day, w 1 on Mondays to Fridays and 0 else, T the temperature and eᵢ a noise that lasts for
    /// some hours:
    ///
    /// ```text
    /// temperature = 10 − 9 cos 2π(y − 0.04) + 4 sin 2π(h − 9)/24 + e₀       y: share of a year of 8,766 hours
    /// residential = 60 − 16 cos 2π(h − 4)/24 − 8 cos 4π(h − 2)/24 + 1.5 max(0, 16 − T) + 4 (1 − w) + e₁
    /// commercial  = 35 + w (14 − 18 cos 2π(h − 2)/24) + 1.2 max(0, T − 18) + e₂
    /// industry    = 80 + 15 w − 6 w cos 2π(h − 1)/24 + e₃
    /// ```
    Load,
    /// Daily sales of four shops below each other, told apart by `unique_id`: with promotions that are known ahead, and the
    /// region of each shop.
    ///
    /// With t the day from 0, d the day of the week from Monday, p 1 while a promotion runs, and shop s:
    ///
    /// ```text
    /// y = bₛ (1 + 0.0002 t) g(d) (1 + 0.35 p) + eₛ        b = 80, 120, 160, 200; g = 0.9, 0.85, 0.9, 1, 1.25, 1.4, 0.7
    /// ```
    ///
    /// Each week is one of promotion with probability 0.2.
    Sales,
}

/// Options of [`generated_readings`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadingsOptions {
    /// Rows of each series, from 1 to 2,000,000 together with `ahead`. Default: 4,000.
    pub rows: usize,
    /// Rows after them in which the targets are empty and only what is known ahead stands. Default: 0.
    pub ahead: usize,
    /// Share of the targets' values that are missing, about, in gaps of 1 to 11 rows; from 0 to 0.9. Default: 0.
    pub missing: f64,
    /// Seed of the noise, the gaps and the promotions. Default: 1.
    pub seed: u64,
}

impl Default for ReadingsOptions {
    fn default() -> ReadingsOptions {
        ReadingsOptions {
            rows: 4_000,
            ahead: 0,
            missing: 0.0,
            seed: 1,
        }
    }
}

/// Generates readings as CSV with a header. The same options give the same text, and each series of a longer file begins
/// with the rows of a shorter one.
///
/// ```
/// use tidegate_data::{ReadingsKind, ReadingsOptions, generated_readings};
///
/// let csv = generated_readings(ReadingsKind::Load, ReadingsOptions { rows: 48, ..ReadingsOptions::default() })?;
/// assert!(csv.starts_with("time,residential,commercial,industry,temperature\n2023-01-02 00:00:00,"));
/// assert_eq!(csv.lines().count(), 1 + 48);
/// # Ok::<(), tidegate_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::ImpossibleOption`] for an option outside of the range that its documentation gives.
pub fn generated_readings(
    kind: ReadingsKind,
    options: ReadingsOptions,
) -> Result<String, DataError> {
    check(&options)?;
    Ok(match kind {
        ReadingsKind::Load => load::csv(&options),
        ReadingsKind::Sales => sales::csv(&options),
    })
}

fn check(options: &ReadingsOptions) -> Result<(), DataError> {
    const TASK: &str = "readings";
    if options.rows == 0 {
        return Err(impossible(TASK, "rows", 0, "at least one row is needed"));
    }
    let rows = options.rows.saturating_add(options.ahead);
    if rows > MOST_ROWS {
        let reason = format!("a series has at most {MOST_ROWS} rows, those ahead included");
        return Err(impossible(TASK, "rows", rows, reason));
    }
    if !(0.0..=MOST_MISSING).contains(&options.missing) {
        let reason = format!("the share of missing values lies between 0 and {MOST_MISSING}");
        return Err(impossible(TASK, "missing", options.missing, reason));
    }
    Ok(())
}

/// The time so many hours after the start.
fn after_hours(hours: usize) -> DateTime {
    let hours = i64::try_from(hours).unwrap_or(i64::MAX / 3_600);
    // The limit on rows keeps every time within the years of a calendar.
    START
        .checked_add(SignedDuration::from_secs(hours * 3_600))
        .unwrap_or(DateTime::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Table, Values};
    use crate::{SeriesOptions, TableLayout, TimeColumn, TimeOptions, TimeSteps};

    const KINDS: [ReadingsKind; 2] = [ReadingsKind::Load, ReadingsKind::Sales];

    fn options(rows: usize) -> ReadingsOptions {
        ReadingsOptions {
            rows,
            ..ReadingsOptions::default()
        }
    }

    fn table(kind: ReadingsKind, options: ReadingsOptions) -> Table {
        let csv = generated_readings(kind, options).unwrap();
        Table::read_from(csv.as_bytes(), "generated").unwrap()
    }

    fn numbers(table: &Table, name: &str) -> Vec<f64> {
        let column = table.columns().iter().find(|column| column.name == name);
        match &column.unwrap().values {
            Values::Numbers(numbers) => numbers.clone(),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_generated_file_is_read_with_its_frequency_and_without_a_gap() {
        for (kind, series, frequency) in [
            (ReadingsKind::Load, 1, "1 hour"),
            (ReadingsKind::Sales, 4, "1 day"),
        ] {
            let table = table(kind, options(500));
            let time = TimeColumn::find(&table, TimeOptions::default()).unwrap();
            let layout = TableLayout::of(&table, time.as_ref());
            let rows = layout.rows(&table);
            assert_eq!(
                rows.iter().map(Vec::len).collect::<Vec<_>>(),
                vec![500; series]
            );
            let steps = TimeSteps::of(&time.unwrap(), &rows);
            assert_eq!(steps.frequency.unwrap().to_string(), frequency);
            assert_eq!((steps.regular, steps.gaps), (steps.count, None));
        }
    }

    #[test]
    fn a_seed_gives_the_same_text_and_another_seed_another() {
        for kind in KINDS {
            let of = |seed| {
                let options = ReadingsOptions {
                    seed,
                    missing: 0.1,
                    ..options(300)
                };
                generated_readings(kind, options).unwrap()
            };
            assert_eq!(of(3), of(3));
            assert_ne!(of(3), of(4));
        }
    }

    #[test]
    fn a_longer_file_begins_with_the_rows_of_a_shorter_one() {
        let of = |rows| {
            let options = ReadingsOptions {
                missing: 0.2,
                ..options(rows)
            };
            generated_readings(ReadingsKind::Load, options).unwrap()
        };
        assert!(of(400).starts_with(&of(150)));
        let shop = |rows| {
            let csv = generated_readings(ReadingsKind::Sales, options(rows)).unwrap();
            let lines = csv.lines().filter(|line| line.starts_with("shop-3"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(shop(400)[..150], shop(150));
    }

    #[test]
    fn about_the_share_that_is_asked_for_is_missing_and_only_of_the_targets() {
        let share = |values: &[f64]| {
            values.iter().filter(|value| value.is_nan()).count() as f64 / values.len() as f64
        };
        for missing in [0.02, 0.5, 0.9] {
            let options = ReadingsOptions {
                missing,
                ..options(50_000)
            };
            let table = table(ReadingsKind::Load, options);
            for name in ["residential", "commercial", "industry"] {
                let found = share(&numbers(&table, name));
                // Of gaps whose lengths have the deviation √10 about their mean of 6, and whose number varies by its root.
                let deviation = (1.28 * 6.0 / (50_000.0 * missing)).sqrt();
                assert!(
                    (found / missing - 1.0).abs() < 4.0 * deviation,
                    "{found} for {missing}"
                );
            }
            assert_eq!(share(&numbers(&table, "temperature")), 0.0);
        }
    }

    #[test]
    fn rows_ahead_hold_what_is_known_and_no_target() {
        let table = table(
            ReadingsKind::Load,
            ReadingsOptions {
                ahead: 24,
                ..options(100)
            },
        );
        let load = numbers(&table, "residential");
        assert_eq!(load.len(), 124);
        assert!(load[..100].iter().all(|value| !value.is_nan()));
        assert!(load[100..].iter().all(|value| value.is_nan()));
        let temperature = numbers(&table, "temperature");
        assert!(temperature.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn a_generated_file_can_be_prepared_with_its_covariates() {
        let split = crate::SplitOptions::default();
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let load = SeriesOptions {
            known: names(&["temperature"]),
            ..SeriesOptions::default()
        };
        let sales = SeriesOptions {
            known: names(&["promotion"]),
            statics: names(&["region"]),
            ..SeriesOptions::default()
        };
        for (kind, asked) in [(ReadingsKind::Load, load), (ReadingsKind::Sales, sales)] {
            crate::SeriesSchema::fit(&table(kind, options(400)), &asked, &split).unwrap();
        }
    }

    #[test]
    fn options_out_of_range_are_refused() {
        for (options, option) in [
            (options(0), "rows"),
            (options(2_000_001), "rows"),
            (
                ReadingsOptions {
                    ahead: usize::MAX,
                    ..options(1)
                },
                "rows",
            ),
            (
                ReadingsOptions {
                    missing: 0.95,
                    ..options(1)
                },
                "missing",
            ),
            (
                ReadingsOptions {
                    missing: f64::NAN,
                    ..options(1)
                },
                "missing",
            ),
        ] {
            for kind in KINDS {
                match generated_readings(kind, options) {
                    Err(DataError::ImpossibleOption { option: found, .. }) => {
                        assert_eq!(found, option);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    #[test]
    fn the_longest_series_ends_within_the_calendar() {
        assert_eq!(after_hours(MOST_ROWS * 24).date().year(), 7498);
    }
}
