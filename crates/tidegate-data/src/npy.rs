//! NumPy's file format for one array (NEP 1): a magic string, a header in Python's notation, the numbers.

mod array;
mod element;
mod header;

use crate::feature_sequence::FeatureSequence;
pub(crate) use array::Array;
pub(crate) use element::Element;

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
    let array = Array::read(bytes)?;
    if !matches!(array.element, Element::Float(4 | 8)) {
        return Err(format!(
            "the array has the type {:?}: save it as float32 or float64, as by array.astype(\"float32\")",
            array.descr
        ));
    }
    let (steps, size) = steps_and_features(&array.shape)?;
    let mut values = Vec::with_capacity(steps * size);
    for step in 0..steps {
        for feature in 0..size {
            let value = array.number(array.place(step, feature, size));
            let narrow = value as f32;
            if !narrow.is_finite() {
                return Err(format!(
                    "step {step}, feature {feature} is {value:?}: every value has to be finite and within 32-bit floats"
                ));
            }
            values.push(narrow);
        }
    }
    Ok(FeatureSequence {
        names: None,
        size,
        values,
    })
}

/// The array as a sequence: a vector has one feature a step.
pub(crate) fn steps_and_features(shape: &[usize]) -> Result<(usize, usize), String> {
    let (steps, features) = match *shape {
        [steps] => (steps, 1),
        [steps, features] => (steps, features),
        _ => {
            return Err(format!(
                "the array has the shape {shape:?}: [steps, features] or [steps] is expected"
            ));
        }
    };
    if steps == 0 || features == 0 {
        return Err(format!(
            "the array has the shape {shape:?}: a sequence needs at least one step and one feature"
        ));
    }
    Ok((steps, features))
}

#[cfg(test)]
mod tests;
