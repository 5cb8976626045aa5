//! Daily sales of some shops, below each other.

use std::fmt::Write;

use super::gaps::Gaps;
use super::noise::Noise;
use super::{ReadingsOptions, after_hours};
use crate::random_stream::RandomStream;

/// Name, region, and sales of a day in the mean.
const SHOPS: [(&str, &str, f64); 4] = [
    ("shop-1", "north", 80.0),
    ("shop-2", "south", 120.0),
    ("shop-3", "north", 160.0),
    ("shop-4", "south", 200.0),
];

/// Factors of the days of a week, from Monday.
const WEEK: [f64; 7] = [0.9, 0.85, 0.9, 1.0, 1.25, 1.4, 0.7];

/// Probability that a promotion runs in a week, and what it adds to the sales.
const PROMOTED: f32 = 0.2;
const UPLIFT: f64 = 0.35;

/// Growth of a day.
const GROWTH: f64 = 0.0002;

pub(super) fn csv(options: &ReadingsOptions) -> String {
    let mut csv = "unique_id,ds,y,promotion,region\n".to_owned();
    for (index, (shop, region, base)) in SHOPS.into_iter().enumerate() {
        let stream = |number| RandomStream::of_readings(options.seed, 3 * index as u64 + number);
        let mut promotions = stream(0);
        let mut noise = Noise::new(stream(1), 0.5, 0.06 * base);
        let mut gaps = Gaps::new(stream(2), options.missing);
        let mut promotion = false;
        for day in 0..options.rows + options.ahead {
            if day % 7 == 0 {
                promotion = promotions.uniform() < PROMOTED;
            }
            let uplift = if promotion { 1.0 + UPLIFT } else { 1.0 };
            let mean = base * (1.0 + GROWTH * day as f64) * WEEK[day % 7] * uplift;
            let sales = (mean + noise.next()).max(0.0);
            let missing = gaps.missing();
            let date = after_hours(24 * day).date();
            // Writing to a text does not fail.
            let _ = write!(csv, "{shop},{date},");
            if day < options.rows && !missing {
                let _ = write!(csv, "{sales:.0}");
            }
            let _ = writeln!(csv, ",{},{region}", u8::from(promotion));
        }
    }
    csv
}
