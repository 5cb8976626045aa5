//! The weight gradients of a layer, once its recurrences have run in reverse: each a sum of outer products over all steps.

use std::ops::Range;

use super::{Engine, run_all};
use crate::kernels::multiply::Rows;
use crate::kernels::outer_product::OuterProduct;
use crate::packed_steps::PackedSteps;
use crate::tape::DirectionTape;

/// Which weights' gradient a sum of outer products gives.
#[derive(Clone, Copy)]
enum Side {
    Input,
    Recurrent,
    Gated,
}

/// A part of one weight gradient.
struct Product {
    direction: usize,
    side: Side,
    /// Columns of the gradients of the pre-activations, from the side's first slot on.
    columns: Range<usize>,
    /// `[columns, width]`.
    result: Vec<f32>,
    /// Sums over the columns: gradients of biases.
    sums: Vec<f32>,
}

impl Engine {
    /// Adds the gradients of both weight matrices and biases of every direction of a layer.
    pub(super) fn add_weight_gradients(
        &self,
        layer: usize,
        steps: &PackedSteps,
        input: Rows<'_>,
        tapes: &[DirectionTape],
        weight_gradient: &mut [f32],
    ) {
        let units = self.stack.hidden_size;
        let inputs = self.stack.layer_input_size(layer);
        let padded = self.weights[0].size.padded();
        let slot_width = self.shape.slots * padded;
        let total = steps.total();
        let parts = self.parts(total, layer);
        let side = |side: Side| match side {
            Side::Input => self.shape.input_order(),
            Side::Recurrent => self.shape.recurrent_order(),
            Side::Gated => self.shape.gated_order().unwrap_or_default(),
        };
        let mut products = Vec::new();
        for direction in 0..tapes.len() {
            for (which, width) in [
                (Side::Input, inputs),
                (Side::Recurrent, units),
                (Side::Gated, units),
            ] {
                let columns = side(which).0.len() * padded;
                // Whole tiles of columns for each part.
                let step = columns.div_ceil(parts).next_multiple_of(16).max(16);
                for first in (0..columns).step_by(step) {
                    let columns = first..columns.min(first + step);
                    let (result, sums) =
                        (vec![0.0; columns.len() * width], vec![0.0; columns.len()]);
                    products.push(Product {
                        direction,
                        side: which,
                        columns,
                        result,
                        sums,
                    });
                }
            }
        }
        // The packed row, or beyond all of them the rank's initial state, that came before each packed row.
        let previous: Vec<Vec<usize>> = (0..tapes.len())
            .map(|direction| previous_rows(steps, direction == 1))
            .collect();
        let tasks: Vec<&mut Product> = products.iter_mut().collect();
        run_all(parts, tasks, |product| {
            let tape = &tapes[product.direction];
            let first = side(product.side).1 * padded + product.columns.start;
            let columns = product.columns.len();
            let left = |k: usize| &tape.slots[k * slot_width + first..][..columns];
            let slot = self.shape.operand_slot.unwrap_or_default();
            let previous = &previous[product.direction];
            let right = |k: usize| match product.side {
                Side::Input => &input.data[k * input.stride..][..inputs],
                Side::Gated => &tape.slots[k * slot_width + slot * padded..][..units],
                Side::Recurrent if !tape.operands.is_empty() => {
                    &tape.operands[k * padded..][..units]
                }
                Side::Recurrent => match previous[k].checked_sub(total) {
                    None => &tape.outputs[previous[k] * padded..][..units],
                    Some(rank) => &tape.initial_hidden[rank * padded..][..units],
                },
            };
            self.set.run(OuterProduct {
                left,
                left_columns: columns,
                right,
                right_columns: if matches!(product.side, Side::Input) {
                    inputs
                } else {
                    units
                },
                depth: total,
                result: &mut product.result,
                sums: Some(&mut product.sums),
            });
        });
        for Product {
            direction,
            side: which,
            columns,
            result,
            sums,
        } in products
        {
            let index = layer * tapes.len() + direction;
            let (order, _) = side(which);
            let (weight, bias, width) = match which {
                Side::Input => (0, 2, inputs),
                Side::Recurrent | Side::Gated => (1, 3, units),
            };
            let (weight, bias) = (
                self.layer_tensor_range(index, weight),
                self.layer_tensor_range(index, bias),
            );
            for (column, (values, sum)) in columns.zip(result.chunks_exact(width).zip(sums)) {
                let (block, unit) = (order[column / padded], column % padded);
                if unit < units {
                    let row = block * units + unit;
                    let target = &mut weight_gradient[weight.start + row * width..][..width];
                    target
                        .iter_mut()
                        .zip(values)
                        .for_each(|(target, value)| *target += value);
                    weight_gradient[bias.start + row] += sum;
                }
            }
        }
    }
}

/// For every packed row the packed row that the recurrence visited before it, or `total + rank` at its beginning.
fn previous_rows(steps: &PackedSteps, reverse: bool) -> Vec<usize> {
    let total = steps.total();
    let mut rows = Vec::with_capacity(total);
    for step in 0..steps.steps() {
        for rank in 0..steps.count(step) {
            let previous = match (reverse, step) {
                (false, 0) => total + rank,
                (false, _) => steps.start(step - 1) + rank,
                (true, _) if rank < steps.count(step + 1) => steps.start(step + 1) + rank,
                (true, _) => total + rank,
            };
            rows.push(previous);
        }
    }
    rows
}
