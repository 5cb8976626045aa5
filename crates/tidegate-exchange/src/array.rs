//! An array of numbers with a name, as the formats of other libraries keep weights.

use crate::error::ExchangeError;

/// A tensor of 32-bit floats.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArray {
    /// Its name in the file, for example `gru.weight_ih_l0`.
    pub name: String,
    /// Row-major shape.
    pub shape: Vec<usize>,
    /// As many values as the shape has.
    pub values: Vec<f32>,
}

impl NamedArray {
    /// An array of checked size and finite values.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] names the array, and the first value that is not finite.
    pub fn new(
        name: String,
        shape: Vec<usize>,
        values: Vec<f32>,
    ) -> Result<NamedArray, ExchangeError> {
        let array = NamedArray {
            name,
            shape,
            values,
        };
        let count = array
            .shape
            .iter()
            .try_fold(1usize, |count, &size| count.checked_mul(size));
        if count != Some(array.values.len()) {
            let reason = format!(
                "has {} values, but its shape is {:?}",
                array.values.len(),
                array.shape
            );
            return Err(array.malformed(reason));
        }
        match tidegate_cells::first_not_finite(&array.values) {
            None => Ok(array),
            Some(at) => {
                let reason = format!("value {at} is {}: weights must be finite", array.values[at]);
                Err(array.malformed(reason))
            }
        }
    }

    /// An error about this array.
    pub(crate) fn malformed(&self, reason: String) -> ExchangeError {
        ExchangeError::Malformed {
            place: self.name.clone(),
            reason,
        }
    }

    /// Checks the shape.
    pub(crate) fn check_shape(&self, expected: &[usize]) -> Result<(), ExchangeError> {
        if self.shape == expected {
            return Ok(());
        }
        Err(self.malformed(format!("has shape {:?}, expected {expected:?}", self.shape)))
    }

    /// Checks that there is a value at all. The other sizes of a shape that holds 0 are bounded by no value, and memory that is
    /// asked for by them by nothing.
    pub(crate) fn check_no_size_is_zero(&self) -> Result<(), ExchangeError> {
        if self.shape.contains(&0) {
            return Err(self.malformed(format!("has shape {:?}, which holds no value", self.shape)));
        }
        Ok(())
    }
}

/// `[rows, columns]` as `[columns, rows]`.
pub(crate) fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut transposed = Vec::with_capacity(values.len());
    for column in 0..columns {
        transposed.extend((0..rows).map(|row| values[row * columns + column]));
    }
    transposed
}

/// Blocks of equal length in another order: block k of the result is block `order[k]` of `values`.
pub(crate) fn reordered(values: &[f32], order: &[usize]) -> Vec<f32> {
    let length = values.len() / order.len();
    let blocks = order
        .iter()
        .map(|&block| &values[block * length..][..length]);
    blocks.flatten().copied().collect()
}
