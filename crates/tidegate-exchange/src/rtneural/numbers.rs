//! Nested lists of numbers.

use serde_json::Value;

use crate::array::NamedArray;
use crate::error::ExchangeError;

/// Most lists within lists.
const DEPTH: usize = 8;

/// The array that nested lists spell out.
pub(super) fn array(name: String, value: &Value) -> Result<NamedArray, ExchangeError> {
    let mut shape = Vec::new();
    let mut inner = value;
    while let Value::Array(list) = inner {
        shape.push(list.len());
        match list.first() {
            Some(first) if shape.len() < DEPTH => inner = first,
            _ => break,
        }
    }
    let mut values = Vec::new();
    flatten(value, &shape, &mut values).map_err(|reason| ExchangeError::Malformed {
        place: name.clone(),
        reason,
    })?;
    NamedArray::new(name, shape, values)
}

fn flatten(value: &Value, shape: &[usize], values: &mut Vec<f32>) -> Result<(), String> {
    match (value, shape) {
        (Value::Array(list), [size, inner @ ..]) if list.len() == *size => list
            .iter()
            .try_for_each(|value| flatten(value, inner, values)),
        (Value::Array(list), [size, ..]) => Err(format!(
            "has a list of {} where the first one beside it has {size}",
            list.len()
        )),
        (Value::Number(number), []) => {
            // Nearest 32-bit float, as a reader of the file would take it.
            values.push(number.as_f64().map_or(f32::NAN, |number| number as f32));
            Ok(())
        }
        (Value::Number(_), _) => Err("has a number beside lists".into()),
        (Value::Array(_), []) => Err("has a list beside numbers".into()),
        _ => Err("holds something that is no number".into()),
    }
}

/// The lists of an array.
pub(super) fn lists(array: &NamedArray) -> Value {
    fn nested(shape: &[usize], values: &[f32]) -> Value {
        match shape {
            [] | [_] => values.iter().map(|&value| Value::from(value)).collect(),
            [rows, inner @ ..] => values
                .chunks((values.len() / rows.max(&1)).max(1))
                .map(|values| nested(inner, values))
                .collect(),
        }
    }
    nested(&array.shape, &array.values)
}
