//! The layer that a node is.

use super::rows::Rows;
use super::sizes::check_size;
use super::tags::{Source, tagged};
use super::walk::{Value, Walk};
use crate::network::{Activation, Input, Layer};
use crate::onnx::node::Node;
use crate::onnx::operators::multiply::transposed;
use crate::onnx::operators::{Binary, Elementwise, Gemm, Operator, Reduction};
use crate::onnx::tensor::{Tensor, Values, product};

const NO_PLACE: &str = "it has no place in a chain of layers";

impl Walk<'_> {
    /// What a node gives that reads values which follow from the inputs, once its layer is added.
    pub(super) fn layer(
        &mut self,
        node: &Node,
        inputs: &[Option<Value>],
    ) -> Result<Vec<Value>, String> {
        use Value::{Known, Tagged};
        let at = |index: usize| inputs.get(index).and_then(Option::as_ref);
        let result = match (&node.operator, at(0), at(1)) {
            (Operator::Recurrent(recurrent), Some(Tagged(x)), _) => {
                return self.recurrent(recurrent, x, inputs);
            }
            (Operator::Elementwise(function), Some(Tagged(value)), _) => {
                let activation = match function {
                    Elementwise::Relu => Activation::Relu,
                    Elementwise::Sigmoid => Activation::Sigmoid,
                    Elementwise::Tanh => Activation::Tanh,
                    _ => return Err(NO_PLACE.into()),
                };
                self.activation(value, activation)
            }
            (
                &Operator::Softmax {
                    axis,
                    logarithm: false,
                    ..
                },
                Some(Tagged(value)),
                _,
            ) => {
                let rank = value.shape().len() as i64;
                if axis != -1 && axis != rank - 1 {
                    return Err("it is not over the features of a row".into());
                }
                self.activation(value, Activation::Softmax)
            }
            (Operator::MatMul, Some(Tagged(value)), Some(Known(weight))) => {
                let gemm = Gemm {
                    alpha: 1.0,
                    beta: 1.0,
                    transpose_a: false,
                    transpose_b: false,
                };
                self.dense(value, weight, None, gemm)
            }
            (Operator::Gemm(gemm), Some(Tagged(value)), Some(Known(weight))) => {
                let bias = match at(2) {
                    None => None,
                    Some(Known(bias)) => Some(bias),
                    Some(Tagged(_)) => return Err(NO_PLACE.into()),
                };
                self.dense(value, weight, bias, *gemm)
            }
            (Operator::Binary(function), Some(Tagged(value)), Some(Known(constant))) => {
                self.with_constant(*function, value, constant)
            }
            (
                Operator::Binary(function @ (Binary::Add | Binary::Mul)),
                Some(Known(constant)),
                Some(Tagged(value)),
            ) => self.with_constant(*function, value, constant),
            (
                Operator::Reduce {
                    reduction: Reduction::Mean,
                    axes,
                    keep,
                    ..
                },
                Some(Tagged(value)),
                axes_input,
            ) => {
                let axes = match (axes, axes_input) {
                    (Some(axes), _) => axes.clone(),
                    (None, Some(Known(axes))) => match axes.values() {
                        Values::I64(axes) => axes.clone(),
                        _ => return Err(NO_PLACE.into()),
                    },
                    _ => return Err("it is the mean over more than the steps".into()),
                };
                self.mean(value, &axes, *keep)
            }
            (Operator::Gather(0), Some(Known(table)), Some(Tagged(tokens))) => {
                self.embedding(table, tokens)
            }
            _ => Err(NO_PLACE.into()),
        };
        result.map(|tensor| vec![Value::Tagged(tensor)])
    }

    /// A new source after the layer that was just added, with these places.
    pub(super) fn rows_of_layer(
        &mut self,
        shape: &[usize],
        places: impl Iterator<Item = usize>,
        rows: &Rows,
        width: usize,
    ) -> Tensor {
        let number = self.add_source(Source::Rows {
            after: self.layers.len(),
            steps: rows.steps,
            batch: rows.batch,
            width,
        });
        tagged(number, shape, places)
    }

    fn activation(&mut self, value: &Tensor, activation: Activation) -> Result<Tensor, String> {
        let rows = self.settled(value)?;
        if !rows.complete() {
            return Err("it reads a part of the rows".into());
        }
        if activation == Activation::Softmax
            && (rows.whole_rows().is_none() || value.shape().last() != Some(&rows.width))
        {
            return Err("it is not over the features of a row".into());
        }
        self.layers.push(Layer::Activation(activation));
        let width = rows.width;
        let places = rows.places.clone();
        Ok(self.rows_of_layer(value.shape(), places.into_iter(), &rows, width))
    }

    fn dense(
        &mut self,
        value: &Tensor,
        weight: &Tensor,
        bias: Option<&Tensor>,
        gemm: Gemm,
    ) -> Result<Tensor, String> {
        let rows = self.settled(value)?;
        let order = rows
            .whole_rows()
            .filter(|_| value.shape().last() == Some(&rows.width) && !gemm.transpose_a)
            .ok_or("it does not read whole rows of features")?;
        let (&[first, second], Some(values)) = (weight.shape(), weight.as_f32()) else {
            return Err(format!("its weight has shape {:?}", weight.shape()));
        };
        let (inputs, outputs) = if gemm.transpose_b {
            (second, first)
        } else {
            (first, second)
        };
        if inputs != rows.width || outputs == 0 {
            return Err(format!(
                "its weight of shape {:?} does not read {} features",
                weight.shape(),
                rows.width
            ));
        }
        check_size(&[rows.count(), outputs])?;
        let mut weight = if gemm.transpose_b {
            values.to_vec()
        } else {
            transposed(values, inputs, outputs)
        };
        if gemm.alpha != 1.0 {
            weight.iter_mut().for_each(|value| *value *= gemm.alpha);
        }
        let mut biases = vec![0.0; outputs];
        if let Some(bias) = bias {
            let values = bias
                .as_f32()
                .filter(|_| {
                    bias.shape()
                        .last()
                        .is_none_or(|&size| size == outputs || size == 1)
                })
                .filter(|values| values.len() == 1 || values.len() == outputs)
                .ok_or("its C is not one row")?;
            for (bias, &value) in biases.iter_mut().zip(values.iter().cycle()) {
                *bias = gemm.beta * value;
            }
        }
        self.layers.push(Layer::Dense {
            weight,
            bias: biases,
        });
        let mut shape = value.shape().to_vec();
        if let Some(last) = shape.last_mut() {
            *last = outputs;
        }
        let places = order
            .into_iter()
            .flat_map(|row| row * outputs..(row + 1) * outputs);
        Ok(self.rows_of_layer(&shape, places, &rows, outputs))
    }

    /// A sum, difference, product or quotient with one constant for each feature.
    fn with_constant(
        &mut self,
        function: Binary,
        value: &Tensor,
        constant: &Tensor,
    ) -> Result<Tensor, String> {
        let rows = self.settled(value)?;
        if !rows.complete() {
            return Err("it reads a part of the rows".into());
        }
        let row = feature_constants(value.shape(), constant, &rows)?;
        match (function, self.layers.last_mut()) {
            // The bias of the product below, which has none yet.
            (Binary::Add, Some(Layer::Dense { bias, .. }))
                if bias.iter().all(|bias| *bias == 0.0) =>
            {
                bias.copy_from_slice(&row);
            }
            (Binary::Mul, Some(Layer::Scale { factor, .. }))
                if factor.iter().all(|one| *one == 1.0) =>
            {
                factor.copy_from_slice(&row);
            }
            _ => {
                let width = row.len();
                let same = |value: f32| vec![value; width];
                let (offset, factor) = match function {
                    Binary::Add => (row.iter().map(|value| -value).collect(), same(1.0)),
                    Binary::Sub => (row, same(1.0)),
                    Binary::Mul => (same(0.0), row),
                    Binary::Div => (same(0.0), row.iter().map(|value| 1.0 / value).collect()),
                    _ => return Err(NO_PLACE.into()),
                };
                self.layers.push(Layer::Scale { offset, factor });
            }
        }
        let (width, places) = (rows.width, rows.places.clone());
        Ok(self.rows_of_layer(value.shape(), places.into_iter(), &rows, width))
    }

    fn embedding(&mut self, table: &Tensor, tokens: &Tensor) -> Result<Tensor, String> {
        let rows = self.settled(tokens)?;
        let (&[vocabulary, size], Some(weight)) = (table.shape(), table.as_f32()) else {
            return Err(format!("its table has shape {:?}", table.shape()));
        };
        let order = rows
            .whole_rows()
            .filter(|_| self.layers.is_empty() && matches!(self.input, Input::Tokens { .. }))
            .ok_or("it does not read the tokens of the input")?;
        check_size(&[rows.count(), size])?;
        self.input = Input::Tokens { vocabulary };
        self.layers.push(Layer::Embedding {
            size,
            weight: weight.to_vec(),
        });
        let shape = [tokens.shape(), &[size]].concat();
        let places = order
            .into_iter()
            .flat_map(|row| row * size..(row + 1) * size);
        Ok(self.rows_of_layer(&shape, places, &rows, size))
    }
}

/// The constant that each feature of the rows meets.
fn feature_constants(shape: &[usize], constant: &Tensor, rows: &Rows) -> Result<Vec<f32>, String> {
    let values = constant.as_f32().ok_or("its constant is not float32")?;
    let own = constant.shape();
    let fits = own.len() <= shape.len()
        && own
            .iter()
            .rev()
            .zip(shape.iter().rev())
            .all(|(&own, &size)| own == size || own == 1);
    if !fits || product(own) != Some(values.len()) {
        return Err(format!(
            "its constant of shape {own:?} does not fit {shape:?}"
        ));
    }
    let mut found: Vec<Option<f32>> = vec![None; rows.width];
    let mut counters = vec![0usize; shape.len()];
    for place in &rows.places {
        let mut at = 0;
        for (axis, &size) in own.iter().enumerate() {
            let counter = counters[shape.len() - own.len() + axis];
            at = at * size + if size == 1 { 0 } else { counter };
        }
        let value = values[at];
        let one = &mut found[place % rows.width];
        if one.is_some_and(|one| one.to_bits() != value.to_bits()) {
            return Err("its constant is not the same in every row".into());
        }
        *one = Some(value);
        for (counter, &size) in counters.iter_mut().zip(shape).rev() {
            *counter += 1;
            if *counter < size {
                break;
            }
            *counter = 0;
        }
    }
    found
        .into_iter()
        .collect::<Option<_>>()
        .ok_or_else(|| "it reads a part of the rows".into())
}
