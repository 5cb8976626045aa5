//! Numbers of an array as a network or a graph reads them: what would become another number is refused, with its place.

use std::path::Path;

use tidegate_data::NumberArray;

use crate::failure::Failure;

/// Whole numbers up to this one are exact in 64-bit floats.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// As 32-bit floats, which must be finite.
pub(super) fn floats(array: &NumberArray, path: &Path) -> Result<Vec<f32>, Failure> {
    let expected = "every value has to be finite and within 32-bit floats";
    each(array, path, expected, |value| {
        Some(value as f32).filter(|narrow| narrow.is_finite())
    })
}

/// As tokens.
pub(super) fn tokens(array: &NumberArray, path: &Path) -> Result<Vec<u32>, Failure> {
    let expected = "tokens are whole numbers from 0";
    each(array, path, expected, |value| {
        whole(value, 0.0, f64::from(u32::MAX)).map(|value| value as u32)
    })
}

/// As whole numbers of 64 bits.
pub(super) fn whole_64(array: &NumberArray, path: &Path) -> Result<Vec<i64>, Failure> {
    let expected = "the graph reads whole numbers, of up to 2^53 here";
    each(array, path, expected, |value| {
        whole(value, -EXACT, EXACT).map(|value| value as i64)
    })
}

/// As whole numbers of 32 bits.
pub(super) fn whole_32(array: &NumberArray, path: &Path) -> Result<Vec<i32>, Failure> {
    let expected = "the graph reads whole numbers of 32 bits";
    each(array, path, expected, |value| {
        whole(value, f64::from(i32::MIN), f64::from(i32::MAX)).map(|value| value as i32)
    })
}

/// As truth values.
pub(super) fn truths(array: &NumberArray, path: &Path) -> Result<Vec<bool>, Failure> {
    let expected = "the graph reads truth values, 0 and 1";
    each(array, path, expected, |value| {
        whole(value, 0.0, 1.0).map(|value| value != 0.0)
    })
}

fn whole(value: f64, least: f64, most: f64) -> Option<f64> {
    (value.fract() == 0.0 && value >= least && value <= most).then_some(value)
}

fn each<T>(
    array: &NumberArray,
    path: &Path,
    expected: &'static str,
    read: impl Fn(f64) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let values = array.values.iter().enumerate();
    let read = values.map(|(place, &value)| {
        read(value).ok_or_else(|| Failure::DataValue {
            data: path.to_owned(),
            place,
            value,
            expected,
        })
    });
    read.collect()
}
