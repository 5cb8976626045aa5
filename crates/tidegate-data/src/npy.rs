//! NumPy's file format for one array (NEP 1): a magic string, a header in Python's notation, the numbers.

mod header;

use crate::feature_sequence::FeatureSequence;
use header::{Header, Precision};

/// A NumPy file, format 1.0, that holds an array of `float32` in C order.
///
/// # Panics
/// If the shape does not have as many places as there are values.
#[must_use]
pub fn npy_bytes(shape: &[usize], values: &[f32]) -> Vec<u8> {
    assert_eq!(shape.iter().product::<usize>(), values.len());
    let mut bytes = header::write(shape);
    bytes.reserve(size_of_val(values));
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// Reads a sequence from the bytes of a NumPy file; an error says what is wrong with them.
pub(crate) fn read(bytes: &[u8]) -> Result<FeatureSequence, String> {
    let (header, data) = header::read(bytes)?;
    let (steps, size) = header.steps_and_features()?;
    let width = header.precision.bytes();
    // Held against the bytes that are there before anything else is done with it.
    let expected = steps
        .checked_mul(size)
        .and_then(|count| count.checked_mul(width));
    if expected != Some(data.len() as u64) {
        return Err(format!(
            "the header announces {steps} × {size} numbers of {width} bytes, but {} bytes follow it: the file is cut short or \
             damaged",
            data.len()
        ));
    }
    let (steps, size) = (steps as usize, size as usize);
    let mut values = Vec::with_capacity(steps * size);
    for step in 0..steps {
        for feature in 0..size {
            let index = match header.fortran_order {
                true => feature * steps + step,
                false => step * size + feature,
            };
            values.push(finite(&header, data, index).map_err(|value| {
                format!(
                    "step {step}, feature {feature} is {value:?}: every value has to be finite and within 32-bit floats"
                )
            })?);
        }
    }
    Ok(FeatureSequence {
        names: None,
        size,
        values,
    })
}

/// The number at `index`, or what is there instead of one that is finite in 32 bits.
fn finite(header: &Header, data: &[u8], index: usize) -> Result<f32, f64> {
    let value = match header.precision {
        Precision::Single => f64::from(f32::from_bits(u32::from_le_bytes(at(header, data, index)))),
        Precision::Double => f64::from_bits(u64::from_le_bytes(at(header, data, index))),
    };
    let narrow = value as f32;
    if narrow.is_finite() {
        Ok(narrow)
    } else {
        Err(value)
    }
}

/// The bytes of the number at `index`, the least significant first.
fn at<const N: usize>(header: &Header, data: &[u8], index: usize) -> [u8; N] {
    let mut bytes = data.as_chunks::<N>().0[index];
    if header.big_endian {
        bytes.reverse();
    }
    bytes
}

#[cfg(test)]
mod tests;
