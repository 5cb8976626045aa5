//! The weight gradients of a layer, once its recurrences have run in reverse: each a sum of outer products over all steps.
//! Threads split the units.

use std::ops::Range;

use super::{Engine, run_all};
use crate::kernels::multiply::Rows;
use crate::kernels::narrow_product::{self, NarrowProduct};
use crate::kernels::outer_product::{OuterProduct, OuterProductBuffers, Segment, Target};
use crate::packed_steps::PackedSteps;
use crate::tape::DirectionTape;

/// Units of a part are a multiple of this: whole tiles, whole vectors and whole cache lines of every instruction set.
const UNITS_TOGETHER: usize = 16;

/// The right matrices of the sums, by index: the layer's input, h_{t−1} as it entered the products, and the operand of a gated cell's
/// last block.
const INPUT: usize = 0;
const RECURRENT: usize = 1;
const GATED: usize = 2;

/// One direction, for the units of a part.
struct Product<'a> {
    direction: usize,
    /// By slot of the tape.
    segments: Vec<Segment<'a>>,
}

impl Engine {
    /// Adds the gradients of both weight matrices and biases of every direction of a layer.
    pub(super) fn add_weight_gradients(
        &self,
        layer: usize,
        steps: &PackedSteps,
        input: Rows<'_>,
        tapes: &[DirectionTape],
        weight_gradient: &mut [&mut [f32]],
        buffers: &mut Vec<OuterProductBuffers>,
    ) {
        let inputs = self.stack.layer_input_size(layer);
        let units = self.stack.hidden_size;
        let padded = self.weights[0].size.padded();
        let slot_width = self.shape.slots * padded;
        let total = steps.total();
        let parts = self.parts(total, layer);
        let step = units.div_ceil(parts).next_multiple_of(UNITS_TOGETHER);
        let ranges: Vec<Range<usize>> = (0..units)
            .step_by(step)
            .map(|first| first..units.min(first + step))
            .collect();
        buffers.resize_with(ranges.len().max(buffers.len()), Default::default);
        let products = self.split_by_units(layer, tapes.len(), &ranges, weight_gradient);
        // The packed row, or beyond all of them the rank's initial state, that came before each packed row.
        let previous: Vec<Vec<usize>> = (0..tapes.len())
            .map(|direction| previous_rows(steps, direction == 1))
            .collect();
        let narrow = inputs <= narrow_product::MOST_COLUMNS;
        let slot = self.shape.operand_slot;
        let run = |product: &mut Product<'_>, buffers: &mut OuterProductBuffers| {
            let tape = &tapes[product.direction];
            let left = Rows {
                data: &tape.slots,
                stride: slot_width,
            };
            if narrow {
                let targets = product.segments.iter_mut().filter_map(|segment| {
                    let target = segment.targets[INPUT].take();
                    target.map(|target| (segment.first, target))
                });
                self.set.run(NarrowProduct {
                    left,
                    targets: targets.collect(),
                    right: input,
                    right_columns: inputs,
                    depth: total,
                });
            }
            let previous = &previous[product.direction];
            let right = |which: usize, k: usize| match which {
                INPUT => &input.data[k * input.stride..][..inputs],
                RECURRENT if !tape.operands.is_empty() => &tape.operands[k * padded..][..units],
                RECURRENT => match previous[k].checked_sub(total) {
                    None => &tape.outputs[previous[k] * padded..][..units],
                    Some(rank) => &tape.initial_hidden[rank * padded..][..units],
                },
                _ => &tape.slots[k * slot_width + slot.unwrap_or_default() * padded..][..units],
            };
            self.set.run(OuterProduct {
                left,
                segments: &mut product.segments,
                right,
                right_columns: [
                    if narrow { 0 } else { inputs },
                    units,
                    if slot.is_some() { units } else { 0 },
                ],
                depth: total,
                buffers,
            });
        };
        let tasks: Vec<_> = products.into_iter().zip(buffers).collect();
        run_all(parts, tasks, |(mut products, buffers)| {
            for product in &mut products {
                run(product, buffers);
            }
        });
    }

    /// Cuts the gradients of a layer into products, by ranges of units: `[range][product]`.
    fn split_by_units<'a>(
        &self,
        layer: usize,
        directions: usize,
        ranges: &[Range<usize>],
        weight_gradient: &'a mut [&mut [f32]],
    ) -> Vec<Vec<Product<'a>>> {
        let (inputs, units) = (self.stack.layer_input_size(layer), self.stack.hidden_size);
        let padded = self.weights[0].size.padded();
        let (blocks, ungated) = (self.shape.blocks, self.shape.ungated_blocks());
        let mut products: Vec<Vec<Product<'a>>> = ranges.iter().map(|_| Vec::new()).collect();
        let first = self.layer_range(layer * directions).start;
        let per_direction = self.layer_range(0).len();
        let of_layer = weight_gradient[first..].chunks_mut(per_direction);
        for (direction, tensors) in of_layer.enumerate().take(directions) {
            // A tensor's rows, by block and range.
            let mut tensors = tensors.iter_mut();
            let mut cut = |width: usize| -> Vec<Vec<&'a mut [f32]>> {
                let mut rest: &'a mut [f32] =
                    tensors.next().map_or(&mut [], |tensor| &mut **tensor);
                let width = if rest.is_empty() { 0 } else { width };
                let rows = |_| {
                    let pieces = ranges.iter().map(|range| {
                        let (piece, tail) =
                            std::mem::take(&mut rest).split_at_mut(range.len() * width);
                        rest = tail;
                        piece
                    });
                    pieces.collect()
                };
                (0..blocks).map(rows).collect()
            };
            let (input, recurrent) = (cut(inputs), cut(units));
            let (input_bias, recurrent_bias) = (cut(1), cut(1));
            for (products, range) in products.iter_mut().zip(ranges) {
                let segments = (0..self.shape.slots).map(|slot| Segment {
                    first: slot * padded + range.start,
                    columns: range.len(),
                    ..Segment::default()
                });
                products.push(Product {
                    direction,
                    segments: segments.collect(),
                });
            }
            let sides = [
                (INPUT, self.shape.input_gradient, input, input_bias),
                (
                    RECURRENT,
                    self.shape.recurrent_gradient,
                    recurrent,
                    recurrent_bias,
                ),
            ];
            for (side, slots, weights, biases) in sides {
                let rows = weights.into_iter().zip(biases).zip(slots);
                for (block, ((weights, biases), &slot)) in rows.enumerate() {
                    let which = if side == RECURRENT && block >= ungated {
                        GATED
                    } else {
                        side
                    };
                    for (products, (result, sums)) in
                        products.iter_mut().zip(weights.into_iter().zip(biases))
                    {
                        products[direction].segments[slot].targets[which] =
                            Some(Target { result, sums });
                    }
                }
            }
        }
        products
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
