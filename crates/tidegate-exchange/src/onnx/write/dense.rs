//! Dense layers, and what is done to each row of a value.

use super::builder::Builder;
use crate::onnx::operators::multiply::transposed;
use crate::onnx::tensor::Tensor;

impl Builder {
    /// An operator of each row and one row of constants.
    pub(super) fn with_row(
        &mut self,
        operator: &str,
        name: &str,
        value: &str,
        row: &[f32],
    ) -> String {
        let row = Tensor::of([row.len()], row.to_vec());
        let row = self.constant(&format!("{name}_row"), &row);
        self.value(operator, name, &[value, &row], vec![])
    }

    /// `x Wᵀ + b` for each row, of `weight [outputs, inputs]`.
    pub(super) fn dense(
        &mut self,
        name: &str,
        value: &str,
        weight: &[f32],
        bias: &[f32],
    ) -> String {
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let columns = transposed(weight, outputs, inputs);
        let value = self.product(name, value, columns, inputs);
        self.with_row("Add", &format!("{name}_bias"), &value, bias)
    }

    /// `x W` for each row, of `columns [inputs, outputs]`.
    pub(super) fn product(
        &mut self,
        name: &str,
        value: &str,
        columns: Vec<f32>,
        inputs: usize,
    ) -> String {
        let outputs = columns.len() / inputs;
        let columns = Tensor::of([inputs, outputs], columns);
        let columns = self.constant(&format!("{name}_weight"), &columns);
        self.value(
            "MatMul",
            &format!("{name}_product"),
            &[value, &columns],
            vec![],
        )
    }
}
