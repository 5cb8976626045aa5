//! The weights of one layer and direction, packed for the forward and for the backward recurrence.

use super::CellShape;
use super::aligned::Aligned;
use super::packed_matrix::PackedMatrix;

/// The sizes of one layer and direction, with units padded to whole vectors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerSize {
    pub(crate) inputs: usize,
    pub(crate) units: usize,
    pub(crate) lanes: usize,
}

impl LayerSize {
    /// Vectors that hold the units.
    pub(crate) fn vectors(&self) -> usize {
        self.units.div_ceil(self.lanes)
    }

    /// Units with padding.
    pub(crate) fn padded(&self) -> usize {
        self.vectors() * self.lanes
    }
}

/// One layer's tensors in their layout of files: see [`Stack::tensors`](crate::Stack::tensors).
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerTensors<'a> {
    pub(crate) weight_ih: &'a [f32],
    pub(crate) weight_hh: &'a [f32],
    pub(crate) bias_ih: &'a [f32],
    pub(crate) bias_hh: &'a [f32],
    pub(crate) peephole: &'a [f32],
}

/// Weights packed for the forward recurrence. A panel holds one vector of units of every block side by side, so that one
/// pass over the depth gives all pre-activations of these units.
#[derive(Clone, Debug)]
pub(crate) struct LayerWeights {
    pub(crate) size: LayerSize,
    /// `[I, vectors · blocks · lanes]`.
    pub(crate) input: PackedMatrix,
    pub(crate) input_bias: Aligned,
    /// The same from H, of the blocks whose operand is h_{t−1}.
    pub(crate) recurrent: PackedMatrix,
    pub(crate) recurrent_bias: Aligned,
    /// The last block of a gated cell, `[H, H]`.
    pub(crate) gated: Option<(PackedMatrix, Aligned)>,
    /// `[peepholes, padded units]`.
    pub(crate) peepholes: Aligned,
}

impl LayerWeights {
    /// Room for the weights of a cell.
    pub(crate) fn new(shape: &CellShape, size: LayerSize) -> Self {
        let (vectors, lanes) = (size.vectors(), size.lanes);
        let input = PackedMatrix::uniform(lanes, shape.blocks, vectors, size.inputs);
        let recurrent = PackedMatrix::uniform(lanes, shape.ungated_blocks(), vectors, size.units);
        let gated = shape.operand_slot.map(|_| {
            (
                PackedMatrix::covering(lanes, size.units, size.units),
                Aligned::zeros(size.padded()),
            )
        });
        LayerWeights {
            size,
            input_bias: Aligned::zeros(input.columns()),
            recurrent_bias: Aligned::zeros(recurrent.columns()),
            input,
            recurrent,
            gated,
            peepholes: Aligned::zeros(shape.peepholes * size.padded()),
        }
    }

    /// Packs the tensors.
    pub(crate) fn fill(&mut self, tensors: &LayerTensors<'_>) {
        let LayerSize {
            inputs,
            units,
            lanes,
        } = self.size;
        // Column c of a matrix of `blocks` blocks is row `block · H + unit` of the tensor.
        let row = |column: usize, blocks: usize| {
            let unit = column / (blocks * lanes) * lanes + column % lanes;
            (unit < units).then(|| column / lanes % blocks * units + unit)
        };
        fn slice(values: &[f32], row: usize, width: usize) -> &[f32] {
            &values[row * width..(row + 1) * width]
        }
        let blocks = tensors.bias_ih.len() / units;
        self.input.fill_columns(|column| {
            row(column, blocks).map(|row| slice(tensors.weight_ih, row, inputs))
        });
        for (column, bias) in self.input_bias.iter_mut().enumerate() {
            *bias = row(column, blocks).map_or(0.0, |row| tensors.bias_ih[row]);
        }
        let ungated = blocks - usize::from(self.gated.is_some());
        self.recurrent.fill_columns(|column| {
            row(column, ungated).map(|row| slice(tensors.weight_hh, row, units))
        });
        for (column, bias) in self.recurrent_bias.iter_mut().enumerate() {
            *bias = row(column, ungated).map_or(0.0, |row| tensors.bias_hh[row]);
        }
        if let Some((matrix, bias)) = &mut self.gated {
            let first = ungated * units;
            matrix.fill_columns(|unit| {
                (unit < units).then(|| slice(tensors.weight_hh, first + unit, units))
            });
            bias[..units].copy_from_slice(&tensors.bias_hh[first..]);
        }
        let padded = self.size.padded();
        for (target, values) in self
            .peepholes
            .chunks_mut(padded)
            .zip(tensors.peephole.chunks(units))
        {
            target[..units].copy_from_slice(values);
        }
    }
}

/// Most units for which the recurrent product of the backward pass takes one chain for each block: its few columns would
/// otherwise leave most multiply-adds waiting for the ones before.
const FEW_UNITS: usize = 64;

/// Weights packed for the products of the backward pass: from gradients of pre-activations, in the order of their slots,
/// to gradients of operands.
#[derive(Clone, Debug)]
pub(crate) struct TransposedWeights {
    /// `[blocks · padded units, I]`.
    pub(crate) input: PackedMatrix,
    /// `[blocks · padded units, H]` of the blocks whose operand is h_{t−1}.
    pub(crate) recurrent: PackedMatrix,
    /// `[padded units, H]` of the last block of a gated cell.
    pub(crate) gated: Option<PackedMatrix>,
}

impl TransposedWeights {
    /// Packs the tensors; the input's only if `with_input`.
    pub(crate) fn new(
        shape: &CellShape,
        size: LayerSize,
        tensors: &LayerTensors<'_>,
        with_input: bool,
    ) -> Self {
        let LayerSize {
            inputs,
            units,
            lanes,
        } = size;
        let padded = size.padded();
        let pack = |columns: usize, order: &[usize], values: &[f32]| {
            let mut matrix = PackedMatrix::covering(lanes, columns, order.len() * padded);
            matrix.fill_rows(order.len() * padded, |row| {
                let (block, unit) = (order[row / padded], row % padded);
                (unit < units).then(|| &values[(block * units + unit) * columns..][..columns])
            });
            matrix
        };
        let input_order = if with_input {
            shape.input_order().0
        } else {
            Vec::new()
        };
        TransposedWeights {
            input: pack(inputs, &input_order, tensors.weight_ih),
            recurrent: {
                let order = shape.recurrent_order().0;
                let chains = if units <= FEW_UNITS { order.len() } else { 1 };
                pack(units, &order, tensors.weight_hh).in_chains(chains)
            },
            gated: shape
                .gated_order()
                .map(|(order, _)| pack(units, &order, tensors.weight_hh)),
        }
    }
}
