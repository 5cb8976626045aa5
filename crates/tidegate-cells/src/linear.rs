//! A dense layer: y = x Wᵀ + b, on the products of the recurrent layers, or unpacked where it has few outputs; a row alone
//! and a row in a batch give the same bits.

mod narrow;

use crate::error::{Error, check_length};
use crate::instruction_set::InstructionSet;
use crate::kernels::aligned::Aligned;
use crate::kernels::multiply::{Multiply, Rows, Start};
use crate::kernels::outer_product::{OuterProduct, OuterProductBuffers, Segment, Target};
use crate::kernels::packed_matrix::PackedMatrix;
use crate::vectorised::vectorised;

/// Values that are multiplied at a time: at least the widest panel, little enough for the stack and level 1.
const BLOCK: usize = 2048;

/// A dense layer with packed weights.
#[derive(Clone, Debug)]
pub struct Linear {
    inputs: usize,
    outputs: usize,
    set: InstructionSet,
    weight: Weight,
    bias: Aligned,
}

/// The weights in the form that the products read.
#[derive(Clone, Debug)]
enum Weight {
    Packed(PackedMatrix),
    /// `[N, K]`, of a layer of at most [`narrow::OUTPUTS`] outputs.
    Narrow(Aligned),
}

impl Linear {
    /// A layer from `inputs` to `outputs` features, with weights and biases of zero.
    ///
    /// # Errors
    /// Sizes of zero, or an instruction set asked for by the environment that this machine lacks.
    pub fn new(inputs: usize, outputs: usize) -> Result<Linear, Error> {
        for (option, size) in [("inputs", inputs), ("outputs", outputs)] {
            if size == 0 {
                return Err(Error::Option {
                    option,
                    reason: "must be at least 1".into(),
                });
            }
        }
        let set = InstructionSet::detect()?;
        let (weight, biases) = if outputs <= narrow::OUTPUTS {
            (Weight::Narrow(Aligned::zeros(outputs * inputs)), outputs)
        } else {
            let packed = PackedMatrix::covering(set.lanes(), outputs, inputs);
            let columns = packed.columns();
            (Weight::Packed(packed), columns)
        };
        Ok(Linear {
            inputs,
            outputs,
            set,
            weight,
            bias: Aligned::zeros(biases),
        })
    }

    /// Number of input features K.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of outputs N.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Packs `weight` `[N, K]` and `bias` `[N]`.
    ///
    /// # Errors
    /// A slice of the wrong length.
    pub fn set_weights(&mut self, weight: &[f32], bias: &[f32]) -> Result<(), Error> {
        self.check_weights(weight, bias)?;
        let (inputs, outputs) = (self.inputs, self.outputs);
        match &mut self.weight {
            Weight::Packed(packed) => packed.fill_columns(|column| {
                (column < outputs).then(|| &weight[column * inputs..][..inputs])
            }),
            Weight::Narrow(rows) => rows.copy_from_slice(weight),
        }
        self.bias[..outputs].copy_from_slice(bias);
        Ok(())
    }

    fn check_weights(&self, weight: &[f32], bias: &[f32]) -> Result<(), Error> {
        check_length(
            "weight",
            weight.len(),
            &[("outputs", self.outputs), ("inputs", self.inputs)],
        )?;
        check_length("bias", bias.len(), &[("outputs", self.outputs)])
    }

    fn check_rows(&self, x: &[f32], y: &[f32]) -> Result<(), Error> {
        let rows = x.len() / self.inputs;
        check_length("x", x.len(), &[("rows", rows), ("inputs", self.inputs)])?;
        check_length("y", y.len(), &[("rows", rows), ("outputs", self.outputs)])
    }

    /// `y[m] = W x[m] + b` for every row: `x` is `[M, K]`, `y` `[M, N]`.
    ///
    /// # Errors
    /// A slice of the wrong length.
    pub fn forward(&self, x: &[f32], y: &mut [f32]) -> Result<(), Error> {
        self.check_rows(x, y)?;
        match &self.weight {
            Weight::Packed(weight) => {
                let start = Start::Columns(&self.bias);
                self.multiply(weight, start, x, self.inputs, y, self.outputs);
            }
            Weight::Narrow(weight) => vectorised(
                #[inline(always)]
                || narrow::forward(weight, &self.bias, x, y),
            ),
        }
        Ok(())
    }

    /// Rows of `x` times `matrix`, without the padding of its columns: block by block through memory on the stack, since
    /// the one-step path does not allocate.
    fn multiply(
        &self,
        matrix: &PackedMatrix,
        start: Start<'_>,
        x: &[f32],
        inputs: usize,
        y: &mut [f32],
        outputs: usize,
    ) {
        let mut block = [0.0f32; BLOCK];
        let panels = matrix.panels();
        let mut first = 0;
        while first < panels.len() {
            let column = panels[first].column;
            let end_column = |panel: usize| {
                panels
                    .get(panel)
                    .map_or(matrix.columns(), |panel| panel.column)
            };
            let mut end = first + 1;
            while end < panels.len() && end_column(end + 1) - column <= BLOCK {
                end += 1;
            }
            let width = end_column(end) - column;
            let given = width.min(outputs - column);
            let rows = BLOCK / width;
            for (x, y) in x.chunks(rows * inputs).zip(y.chunks_mut(rows * outputs)) {
                self.set.run(Multiply {
                    matrix,
                    panels: first..end,
                    rows: Rows {
                        data: x,
                        stride: inputs,
                    },
                    count: x.len() / inputs,
                    start,
                    output: &mut block,
                    output_stride: width,
                });
                for (y, block) in y.chunks_exact_mut(outputs).zip(block.chunks_exact(width)) {
                    y[column..column + given].copy_from_slice(&block[..given]);
                }
            }
            first = end;
        }
    }

    /// Gradients of [`Linear::forward`] given `output_gradient` `[M, N]`: adds to `weight_gradient` and `bias_gradient`,
    /// overwrites `input_gradient` `[M, K]`.
    ///
    /// # Errors
    /// A slice of the wrong length. Nothing is written then.
    pub fn backward(
        &self,
        weight: &[f32],
        x: &[f32],
        output_gradient: &[f32],
        weight_gradient: &mut [f32],
        bias_gradient: &mut [f32],
        input_gradient: Option<&mut [f32]>,
    ) -> Result<(), Error> {
        self.check_weights(weight, bias_gradient)?;
        check_length(
            "weight gradient",
            weight_gradient.len(),
            &[("outputs", self.outputs), ("inputs", self.inputs)],
        )?;
        self.check_rows(x, output_gradient)?;
        if let Some(gradient) = &input_gradient {
            check_length(
                "input gradient",
                gradient.len(),
                &[("values of x", x.len())],
            )?;
        }
        let (inputs, outputs) = (self.inputs, self.outputs);
        if let Weight::Narrow(_) = self.weight {
            vectorised(
                #[inline(always)]
                || {
                    narrow::add_weight_gradient(
                        x,
                        inputs,
                        output_gradient,
                        weight_gradient,
                        bias_gradient,
                    );
                    if let Some(gradient) = input_gradient {
                        narrow::input_gradient(weight, inputs, output_gradient, gradient);
                    }
                },
            );
            return Ok(());
        }
        self.set.run(OuterProduct {
            left: Rows {
                data: output_gradient,
                stride: outputs,
            },
            segments: &mut [Segment {
                first: 0,
                columns: outputs,
                targets: [
                    Some(Target {
                        result: weight_gradient,
                        sums: bias_gradient,
                    }),
                    None,
                    None,
                ],
            }],
            right: |_, row: usize| &x[row * inputs..][..inputs],
            right_columns: [inputs, 0, 0],
            depth: x.len() / inputs,
            buffers: &mut OuterProductBuffers::default(),
        });
        if let Some(gradient) = input_gradient {
            let mut transposed = PackedMatrix::covering(self.set.lanes(), inputs, outputs);
            transposed.fill_rows(|output| Some(&weight[output * inputs..][..inputs]));
            self.multiply(
                &transposed,
                Start::Zero,
                output_gradient,
                outputs,
                gradient,
                inputs,
            );
        }
        Ok(())
    }
}
