//! Quantiles that cannot cross: the middle number as it is, each further one by a positive step away from it.

use super::Writer;
use crate::onnx::tensor::Tensor;
use crate::onnx::write::builder::int;

impl Writer<'_> {
    /// From the network's numbers `[B, F, C, L]` to quantiles; a single number stays. They are summed one after the other: no
    /// rounding makes two of them cross, as it may in a product with a matrix.
    pub(super) fn quantiles(&mut self, raw: String) -> String {
        let levels = self.network().levels;
        if levels == 1 {
            return raw;
        }
        let builder = &mut self.builder;
        let sizes = Tensor::of([levels], vec![1i64; levels]);
        let sizes = builder.constant("levels_sizes", &sizes);
        let axis = || vec![int("axis", 3)];
        let mut values = builder.node("Split", "levels", &[&raw, &sizes], levels, axis());
        let middle = (levels - 1) / 2;
        let outwards = (middle + 1..levels)
            .map(|index| (index, index - 1, "Add"))
            .chain((0..middle).rev().map(|index| (index, index + 1, "Sub")));
        for (index, inner, operator) in outwards {
            let name = format!("level_{index}");
            let step = format!("{name}_step");
            let step = builder.value("Softplus", &step, &[&values[index]], vec![]);
            values[index] = builder.value(operator, &name, &[&values[inner], &step], vec![]);
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        builder.value("Concat", "levels_joined", &values, axis())
    }
}
