//! The temperature of a machine with anomalies at known places.

use std::f64::consts::TAU;
use std::fmt::Write;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde_json::json;

use super::noise::Noise;
use super::{MOST_ROWS, START};
use crate::error::DataError;
use crate::option_limits::impossible;
use crate::random_stream::RandomStream;

/// Seconds between two readings.
const INTERVAL: i64 = 300;

/// Readings of a day.
const DAY: f64 = 288.0;

/// Rows before the first anomaly, and from one to the next.
const QUIET_ROWS: usize = 2_400;

/// An anomaly begins up to so many rows later.
const JITTER: u32 = 600;

/// Rows of a window before and after its anomaly.
const MARGIN: usize = 24;

/// Options of [`generated_machine`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineOptions {
    /// Rows, from 1 to 2,000,000. Default: 12,000.
    pub rows: usize,
    /// Seed of the noise and of the places of the anomalies. Default: 1.
    pub seed: u64,
}

impl Default for MachineOptions {
    fn default() -> MachineOptions {
        MachineOptions {
            rows: 12_000,
            seed: 1,
        }
    }
}

/// Readings with known anomalies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineReadings {
    /// CSV with a header: `time`, every five minutes, and `temperature` in °C.
    pub csv: String,
    /// First and last time of the window of each anomaly: two hours more on either side.
    pub windows: Vec<[String; 2]>,
}

impl MachineReadings {
    /// The windows as JSON in the layout of the Numenta Anomaly Benchmark, for a file of this name.
    #[must_use]
    pub fn labels(&self, name: &str) -> String {
        let value = json!({"combined_windows": {name: self.windows}});
        format!("{value:#}\n")
    }
}

/// What is unusual, in turn.
#[derive(Clone, Copy)]
enum Anomaly {
    /// Two readings that are 15 °C too high.
    Spike,
    /// 100 readings that fall by 25 °C, a tenth of that with each of the first ten.
    Fall,
    /// 150 readings whose noise is six times as large.
    Unrest,
}

impl Anomaly {
    const ALL: [Anomaly; 3] = [Anomaly::Spike, Anomaly::Fall, Anomaly::Unrest];

    fn rows(self) -> usize {
        match self {
            Anomaly::Spike => 2,
            Anomaly::Fall => 100,
            Anomaly::Unrest => 150,
        }
    }
}

/// Generates the temperature of a machine that is warmer by day, with anomalies: about one in 2,700 rows, the first of them
/// after 2,400. The same options give the same text, and a longer file begins with the rows of a shorter one.
///
/// With t the row from 0, e noise that lasts for about an hour, w noise of each reading alone, and a what is unusual:
///
/// ```text
/// temperature = 60 + 6 sin 2π(t/288 − 3/8) + e + w + a        deviations 1.2 of e and 0.5 of w
/// ```
///
/// # Errors
/// [`DataError::ImpossibleOption`] for a number of rows out of range.
pub fn generated_machine(options: MachineOptions) -> Result<MachineReadings, DataError> {
    if !(1..=MOST_ROWS).contains(&options.rows) {
        let reason = format!("there are 1 to {MOST_ROWS} rows");
        return Err(impossible("readings", "rows", options.rows, reason));
    }
    let stream = |number: u64| RandomStream::of_readings(options.seed, 16 + number);
    let mut lasting = Noise::new(stream(0), 0.92, 1.2);
    let mut fresh = Noise::new(stream(1), 0.0, 0.5);
    let mut places = stream(2);
    let mut next_place = |from: usize| from + QUIET_ROWS + places.below(JITTER) as usize;
    let mut csv = "time,temperature\n".to_owned();
    let mut windows = Vec::new();
    let mut kinds = Anomaly::ALL.into_iter().cycle();
    let mut anomaly = Anomaly::Spike;
    let mut start = usize::MAX;
    let mut upcoming = next_place(0);
    for row in 0..options.rows {
        if row == upcoming {
            (anomaly, start) = (kinds.next().unwrap_or(anomaly), row);
            let last = row + anomaly.rows() - 1;
            upcoming = next_place(last);
            windows.push([row - MARGIN, last + MARGIN].map(|row| text(time(row))));
        }
        let since = row
            .checked_sub(start)
            .filter(|&since| since < anomaly.rows());
        let (lasting, fresh) = (lasting.next(), fresh.next());
        let unusual = match (since, anomaly) {
            (None, _) => 0.0,
            (Some(_), Anomaly::Spike) => 15.0,
            (Some(since), Anomaly::Fall) => -2.5 * (since as f64 + 1.0).min(10.0),
            (Some(_), Anomaly::Unrest) => 5.0 * fresh,
        };
        let daily = 6.0 * (TAU * (row as f64 / DAY - 0.375)).sin();
        let value = 60.0 + daily + lasting + fresh + unusual;
        // Writing to a text does not fail.
        let _ = writeln!(csv, "{},{value:.2}", text(time(row)));
    }
    Ok(MachineReadings { csv, windows })
}

fn time(row: usize) -> DateTime {
    let rows = i64::try_from(row).unwrap_or(i64::MAX / INTERVAL);
    // The limit on rows keeps every time within the years of a calendar.
    START
        .checked_add(SignedDuration::from_secs(rows * INTERVAL))
        .unwrap_or(DateTime::MAX)
}

fn text(time: DateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(rows: usize, seed: u64) -> MachineReadings {
        generated_machine(MachineOptions { rows, seed }).unwrap()
    }

    #[test]
    fn a_longer_file_begins_with_the_rows_and_windows_of_a_shorter_one() {
        let (short, long) = (machine(6_000, 3), machine(9_000, 3));
        assert!(long.csv.starts_with(&short.csv));
        assert!(long.windows.starts_with(&short.windows));
        assert_ne!(machine(6_000, 4), short);
    }

    #[test]
    fn the_first_readings_have_no_anomaly_and_each_kind_comes_in_turn() {
        let machine = machine(12_000, 1);
        assert!(machine.windows.len() >= 3);
        assert!(machine.windows[0][0] > text(time(QUIET_ROWS - MARGIN - 1)));
        let values: Vec<f64> = machine
            .csv
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
            .collect();
        let usual = values[..QUIET_ROWS].iter();
        assert!(usual.clone().all(|value| (45.0..75.0).contains(value)));
        assert!(values.iter().any(|&value| value < 45.0), "no fall");
    }

    #[test]
    fn labels_have_the_layout_of_the_benchmark() {
        let labels = machine(3_100, 1).labels("machine.csv");
        let value: serde_json::Value = serde_json::from_str(&labels).unwrap();
        let windows = value["combined_windows"]["machine.csv"].as_array().unwrap();
        assert_eq!(windows.len(), 1);
    }

    #[test]
    fn a_number_of_rows_out_of_range_is_refused() {
        for rows in [0, MOST_ROWS + 1] {
            assert!(generated_machine(MachineOptions { rows, seed: 1 }).is_err());
        }
    }
}
