//! The weights of one layer and direction, packed for the forward and for the backward recurrence.

use super::CellShape;
use super::aligned::Aligned;
use super::packed_matrix::PackedMatrix;

/// The sizes of one layer and direction, with units padded to whole vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One layer's tensors in their layout of files: see [`Stack::tensors`](crate::Stack::tensors). Biases may be empty for zeros.
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
    /// The row of the tensors that each column of `input` holds, and each of `recurrent`; [`PADDING`] where there is none.
    rows: [Vec<usize>; 2],
}

/// Stands for the row of a column that pads the units.
const PADDING: usize = usize::MAX;

/// The tensor's row `block · H + unit` of every column of a matrix of `blocks` blocks.
fn rows_of_columns(size: LayerSize, blocks: usize) -> Vec<usize> {
    let row = |vector: usize, block: usize, lane: usize| {
        let unit = vector * size.lanes + lane;
        if unit < size.units {
            block * size.units + unit
        } else {
            PADDING
        }
    };
    (0..size.vectors())
        .flat_map(|vector| (0..blocks).map(move |block| (vector, block)))
        .flat_map(|(vector, block)| (0..size.lanes).map(move |lane| row(vector, block, lane)))
        .collect()
}

impl LayerWeights {
    /// Bytes of the matrices, each of whose values is multiplied once a step.
    pub(crate) fn matrix_bytes(&self) -> usize {
        let gated = self
            .gated
            .as_ref()
            .map_or(0, |(matrix, _)| matrix.memory_bytes());
        self.input.memory_bytes() + self.recurrent.memory_bytes() + gated
    }

    /// Memory held, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        let gated_bias = self
            .gated
            .as_ref()
            .map_or(0, |(_, bias)| bias.memory_bytes());
        let biases = self.input_bias.memory_bytes() + self.recurrent_bias.memory_bytes();
        self.matrix_bytes() + biases + gated_bias + self.peepholes.memory_bytes()
    }

    /// Room for the weights of a cell.
    pub(crate) fn new(shape: &CellShape, size: LayerSize) -> Self {
        let (vectors, lanes) = (size.vectors(), size.lanes);
        let input = PackedMatrix::uniform(lanes, shape.blocks, vectors, size.inputs);
        let recurrent = PackedMatrix::uniform(lanes, shape.ungated_blocks(), vectors, size.units);
        let gated = shape.operand_slot.map(|_| {
            (
                PackedMatrix::covering(lanes, size.units, size.units)
                    .in_chains(if size.units <= VERY_FEW_UNITS { 2 } else { 1 }),
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
            rows: [shape.blocks, shape.ungated_blocks()]
                .map(|blocks| rows_of_columns(size, blocks)),
        }
    }

    /// Packs the tensors.
    pub(crate) fn fill(&mut self, shape: &CellShape, tensors: &LayerTensors<'_>) {
        let LayerSize { inputs, units, .. } = self.size;
        fn slice(values: &[f32], row: usize, width: usize) -> Option<&[f32]> {
            (row != PADDING).then(|| &values[row * width..(row + 1) * width])
        }
        let [input_rows, recurrent_rows] = &self.rows;
        self.input
            .fill_columns(|column| slice(tensors.weight_ih, input_rows[column], inputs));
        for (bias, row) in self.input_bias.iter_mut().zip(input_rows) {
            *bias = tensors.bias_ih.get(*row).copied().unwrap_or(0.0);
        }
        self.recurrent
            .fill_columns(|column| slice(tensors.weight_hh, recurrent_rows[column], units));
        for (bias, row) in self.recurrent_bias.iter_mut().zip(recurrent_rows) {
            *bias = tensors.bias_hh.get(*row).copied().unwrap_or(0.0);
        }
        if let Some((matrix, bias)) = &mut self.gated {
            let first = shape.ungated_blocks() * units;
            matrix.fill_columns(|unit| {
                let row = if unit < units { first + unit } else { PADDING };
                slice(tensors.weight_hh, row, units)
            });
            for (unit, bias) in bias[..units].iter_mut().enumerate() {
                *bias = tensors.bias_hh.get(first + unit).copied().unwrap_or(0.0);
            }
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

/// Most units for which the product of a gated operand takes two chains.
const VERY_FEW_UNITS: usize = 32;

/// Most units for which the recurrent product of the backward pass takes one chain for each block: its few columns would
/// otherwise leave most multiply-adds waiting for the ones before.
const FEW_UNITS: usize = 64;

/// Weights packed for the products of the backward pass: from gradients of pre-activations, in the order of their slots,
/// to gradients of operands.
#[derive(Clone, Debug)]
pub(crate) struct TransposedWeights {
    size: LayerSize,
    /// `[blocks · padded units, I]`.
    pub(crate) input: PackedMatrix,
    /// `[blocks · padded units, H]` of the blocks whose operand is h_{t−1}.
    pub(crate) recurrent: PackedMatrix,
    /// `[padded units, H]` of the last block of a gated cell.
    pub(crate) gated: Option<PackedMatrix>,
}

impl TransposedWeights {
    /// Room for the weights of a cell; for the input's only if `with_input`.
    pub(crate) fn new(shape: &CellShape, size: LayerSize, with_input: bool) -> Self {
        let matrix = |columns: usize, blocks: usize| {
            PackedMatrix::covering(size.lanes, columns, blocks * size.padded())
        };
        let ungated = shape.ungated_blocks();
        let chains = if size.units <= FEW_UNITS { ungated } else { 1 };
        TransposedWeights {
            size,
            input: matrix(size.inputs, if with_input { shape.blocks } else { 0 }),
            recurrent: matrix(size.units, ungated).in_chains(chains),
            gated: shape.operand_slot.map(|_| matrix(size.units, 1)),
        }
    }

    /// Whether there is room for just these weights.
    pub(crate) fn fits(&self, shape: &CellShape, size: LayerSize, with_input: bool) -> bool {
        let depth = |blocks: usize| blocks * size.padded();
        self.size == size
            && self.input.depth() == depth(if with_input { shape.blocks } else { 0 })
            && self.recurrent.depth() == depth(shape.ungated_blocks())
            && self.gated.is_some() == shape.operand_slot.is_some()
    }

    /// Packs the tensors.
    pub(crate) fn fill(&mut self, shape: &CellShape, tensors: &LayerTensors<'_>) {
        let LayerSize { inputs, units, .. } = self.size;
        let padded = self.size.padded();
        let pack = |matrix: &mut PackedMatrix, columns: usize, order: &[usize], values: &[f32]| {
            matrix.fill_rows(|row| {
                let (block, unit) = (order[row / padded], row % padded);
                (unit < units).then(|| &values[(block * units + unit) * columns..][..columns])
            });
        };
        pack(
            &mut self.input,
            inputs,
            &shape.input_order().0,
            tensors.weight_ih,
        );
        pack(
            &mut self.recurrent,
            units,
            &shape.recurrent_order().0,
            tensors.weight_hh,
        );
        if let (Some(matrix), Some((order, _))) = (&mut self.gated, shape.gated_order()) {
            pack(matrix, units, &order, tensors.weight_hh);
        }
    }

    /// Memory held, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        let gated = self.gated.as_ref().map_or(0, PackedMatrix::memory_bytes);
        self.input.memory_bytes() + self.recurrent.memory_bytes() + gated
    }
}
