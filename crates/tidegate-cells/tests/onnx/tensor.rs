//! Values of an ONNX tensor.

use super::messages::TensorProto;

/// A row-major tensor of float32 values; whole numbers (sequence lengths) are exact in it.
#[derive(Clone, Debug)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

impl Tensor {
    pub(crate) fn read(message: &TensorProto) -> Tensor {
        let shape: Vec<usize> = message
            .dims
            .iter()
            .map(|&size| usize::try_from(size).unwrap())
            .collect();
        let words = message.raw_data.as_chunks::<4>().0;
        let values: Vec<f32> = match (message.data_type, words.is_empty()) {
            (1, true) => message.float_data.clone(),
            (1, false) => words.iter().map(|&word| f32::from_le_bytes(word)).collect(),
            (6, true) => message
                .int32_data
                .iter()
                .map(|&value| value as f32)
                .collect(),
            (6, false) => words
                .iter()
                .map(|&word| i32::from_le_bytes(word) as f32)
                .collect(),
            (other, _) => panic!(
                "{}: data type {other} is neither float32 nor int32",
                message.name
            ),
        };
        assert_eq!(
            values.len(),
            shape.iter().product::<usize>(),
            "{}: shape {shape:?}",
            message.name
        );
        Tensor { shape, values }
    }

    pub(crate) fn zeros(shape: &[usize]) -> Tensor {
        Tensor {
            shape: shape.to_vec(),
            values: vec![0.0; shape.iter().product()],
        }
    }

    /// Part `index` along the first axis.
    pub(crate) fn part(&self, index: usize) -> &[f32] {
        let size = self.values.len() / self.shape[0];
        &self.values[index * size..(index + 1) * size]
    }

    /// The same values with the axes in a new order: axis `i` of the result is axis `order[i]`.
    pub(crate) fn permute(&self, order: &[usize]) -> Tensor {
        let shape: Vec<usize> = order.iter().map(|&axis| self.shape[axis]).collect();
        let mut strides = vec![1; self.shape.len()];
        for axis in (1..self.shape.len()).rev() {
            strides[axis - 1] = strides[axis] * self.shape[axis];
        }
        let value = |mut index: usize| {
            let mut source = 0;
            for (axis, size) in order.iter().zip(&shape).rev() {
                source += index % size * strides[*axis];
                index /= size;
            }
            self.values[source]
        };
        let values = (0..self.values.len()).map(value).collect();
        Tensor { shape, values }
    }
}
