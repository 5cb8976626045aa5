//! Hourly electric load, and the temperature that it follows.

use std::f64::consts::TAU;
use std::fmt::Write;

use super::gaps::Gaps;
use super::noise::Noise;
use super::{ReadingsOptions, after_hours};
use crate::random_stream::RandomStream;

/// Hours of a year, leap days counted.
const YEAR: f64 = 8_766.0;

pub(super) fn csv(options: &ReadingsOptions) -> String {
    let stream = |number| RandomStream::of_readings(options.seed, number);
    let mut weather = Noise::new(stream(0), 0.98, 3.0);
    let kinds = [(0.9, 3.0), (0.85, 2.0), (0.95, 3.0)];
    let mut noises: [Noise; 3] = std::array::from_fn(|channel| {
        let (persistence, deviation) = kinds[channel];
        Noise::new(stream(1 + channel as u64), persistence, deviation)
    });
    let mut gaps: [Gaps; 3] =
        std::array::from_fn(|channel| Gaps::new(stream(4 + channel as u64), options.missing));
    let mut csv = "time,residential,commercial,industry,temperature\n".to_owned();
    for row in 0..options.rows + options.ahead {
        let temperature = temperature(row) + weather.next();
        let loads = loads(row, temperature);
        csv += &after_hours(row).strftime("%Y-%m-%d %H:%M:%S").to_string();
        for (channel, load) in loads.into_iter().enumerate() {
            let value = load + noises[channel].next();
            let missing = gaps[channel].missing();
            csv.push(',');
            if row < options.rows && !missing {
                // Writing to a text does not fail.
                let _ = write!(csv, "{:.2}", value.max(0.0));
            }
        }
        let _ = writeln!(csv, ",{temperature:.1}");
    }
    csv
}

/// Of the season and the hour alone.
fn temperature(row: usize) -> f64 {
    let (year, day) = (row as f64 / YEAR, row as f64 / 24.0);
    10.0 - 9.0 * (TAU * (year - 0.04)).cos() + 4.0 * (TAU * (day - 9.0 / 24.0)).sin()
}

/// Of residential, commercial and industrial consumers, without noise.
fn loads(row: usize, temperature: f64) -> [f64; 3] {
    let hour = (row % 24) as f64;
    let work = if row / 24 % 7 < 5 { 1.0 } else { 0.0 };
    let daily = |shift: f64| (TAU * (hour - shift) / 24.0).cos();
    let twice_daily = |shift: f64| (2.0 * TAU * (hour - shift) / 24.0).cos();
    let heating = (16.0 - temperature).max(0.0);
    let cooling = (temperature - 18.0).max(0.0);
    [
        60.0 - 16.0 * daily(4.0) - 8.0 * twice_daily(2.0) + 1.5 * heating + 4.0 * (1.0 - work),
        35.0 + work * (14.0 - 18.0 * daily(2.0)) + 1.2 * cooling,
        80.0 + 15.0 * work - 6.0 * work * daily(1.0),
    ]
}
