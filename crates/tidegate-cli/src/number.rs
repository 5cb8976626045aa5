//! Numbers as they stand in tables.

use std::time::Duration;

/// Powers of ten that are written without an exponent.
const PLAIN: std::ops::Range<i32> = -4..6;

/// With so many significant digits; very small and very large ones with an exponent.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let exponent = exponent(value, digits);
    if !PLAIN.contains(&exponent) {
        return format!("{value:.*e}", digits.saturating_sub(1));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}")
}

/// A ratio: three significant digits, and one more just above 1, where a small difference counts.
pub(crate) fn ratio(value: f64) -> String {
    significant(value, if (1.0..1.1).contains(&value) { 4 } else { 3 })
}

/// A mean and its deviation, in one notation and both up to the deviation's second significant digit.
pub(crate) fn with_deviation(mean: f64, deviation: f64) -> String {
    if deviation == 0.0 || !deviation.is_finite() || !mean.is_finite() {
        return format!("{} ± {deviation}", significant(mean, 4));
    }
    let last = exponent(deviation, 2) - 1;
    let first = exponent(mean, 4).max(exponent(deviation, 2));
    if PLAIN.contains(&first) {
        let decimals = (-last).max(0) as usize;
        return format!("{mean:.decimals$} ± {deviation:.decimals$}");
    }
    let (decimals, unit) = ((first - last).max(0) as usize, 10.0_f64.powi(first));
    format!(
        "{:.decimals$}e{first} ± {:.decimals$}e{first}",
        mean / unit,
        deviation / unit
    )
}

/// The power of ten of the first digit, after rounding to so many; that of 0 is the smallest.
fn exponent(value: f64, digits: usize) -> i32 {
    if value == 0.0 {
        return i32::MIN;
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let exponent = scientific.rsplit('e').next();
    exponent.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// With a comma between thousands.
pub(crate) fn thousands(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and the words after it, for one and for several.
pub(crate) fn counted(count: usize, one: &str, several: &str) -> String {
    format!(
        "{} {}",
        thousands(count),
        if count == 1 { one } else { several }
    )
}

/// A duration in its two largest units.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits_are_kept_whatever_the_size() {
        for (value, text) in [
            (8.531_24, "8.531"),
            (0.001_234_56, "0.001235"),
            (0.000_012_34, "1.234e-5"),
            (0.099_996, "0.1000"),
            (12_345.6, "12346"),
            (0.0, "0"),
            (-0.5, "-0.5000"),
        ] {
            assert_eq!(significant(value, 4), text);
        }
    }

    #[test]
    fn a_mean_and_its_deviation_have_the_same_decimals_and_notation() {
        for (mean, deviation, text) in [
            (8.403_96, 0.009_04, "8.4040 ± 0.0090"),
            (0.000_172_4, 0.000_041_3, "0.000172 ± 0.000041"),
            (0.000_072_4, 0.000_041_3, "7.2e-5 ± 4.1e-5"),
            (0.000_017_24, 0.000_000_413, "1.724e-5 ± 0.041e-5"),
            (0.000_02, 0.003, "0.0000 ± 0.0030"),
            (0.167, 0.099_6, "0.17 ± 0.10"),
            (1_234.5, 250.0, "1234 ± 250"),
            (0.0, 0.5, "0.00 ± 0.50"),
            (0.5, 0.0, "0.5000 ± 0"),
            (2.5e7, 1.0e5, "2.500e7 ± 0.010e7"),
        ] {
            assert_eq!(with_deviation(mean, deviation), text);
        }
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn durations_have_two_units() {
        let text = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(text(59), "59 s");
        assert_eq!(text(61), "1 min 01 s");
        assert_eq!(text(3_660), "1 h 01 min");
    }
}
