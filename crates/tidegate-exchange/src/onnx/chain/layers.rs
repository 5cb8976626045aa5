//! The layer that a node is.

use tidegate_cells::Stack;

use super::tags::{Source, source, sources, tagged, tags};
use super::walk::{Rows, Value, Walk};
use crate::network::{Activation, Input, Layer};
use crate::onnx::node::Node;
use crate::onnx::operators::multiply::transposed;
use crate::onnx::operators::{Binary, Elementwise, Gemm, Operator, Reduction};
use crate::onnx::recurrent::{Direction, Kind, Recurrent, WeightTensors};
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
    fn rows_of_layer(
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

    fn mean(&mut self, value: &Tensor, axes: &[i64], keep: bool) -> Result<Tensor, String> {
        let rows = self.settled(value)?;
        let shape = value.shape();
        let refused = || "it is not the mean over the steps of each sequence".to_owned();
        let &[axis] = axes else {
            return Err(refused());
        };
        let axis = if axis < 0 {
            axis + shape.len() as i64
        } else {
            axis
        };
        let axis = usize::try_from(axis)
            .ok()
            .filter(|&axis| axis < shape.len())
            .ok_or_else(refused)?;
        let (steps, row) = (rows.steps.ok_or_else(refused)?, rows.batch * rows.width);
        let inner: usize = shape[axis + 1..].iter().product();
        if shape[axis] != steps || !rows.complete() || steps == 0 {
            return Err(refused());
        }
        let outer: usize = shape[..axis].iter().product();
        let mut places = Vec::with_capacity(outer * inner);
        for first in 0..outer {
            for second in 0..inner {
                let mut of_step = vec![false; steps];
                let place = |step: usize| rows.places[(first * steps + step) * inner + second];
                for step in 0..steps {
                    of_step[place(step) / row] = true;
                    if place(step) % row != place(0) % row {
                        return Err(refused());
                    }
                }
                if of_step.contains(&false) {
                    return Err(refused());
                }
                places.push(place(0) % row);
            }
        }
        let mut shape = shape.to_vec();
        if keep {
            shape[axis] = 1;
        } else {
            shape.remove(axis);
        }
        self.layers.push(Layer::Mean);
        let rows = Rows {
            steps: None,
            ..rows
        };
        let width = rows.width;
        Ok(self.rows_of_layer(&shape, places.into_iter(), &rows, width))
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

    fn recurrent(
        &mut self,
        recurrent: &Recurrent,
        x: &Tensor,
        inputs: &[Option<Value>],
    ) -> Result<Vec<Value>, String> {
        if recurrent.direction == Direction::Reverse {
            return Err("a layer that only runs backwards has no place in a network".into());
        }
        let rows = self.settled(x)?;
        let steps = rows.steps.ok_or("it reads one row for each sequence")?;
        let (batch, width) = (rows.batch, rows.width);
        let shape = if recurrent.batch_first {
            [batch, steps, width]
        } else {
            [steps, batch, width]
        };
        let ordered = x.shape() == shape
            && rows.places.iter().enumerate().all(|(place, &found)| {
                let (row, feature) = (place / width, place % width);
                let row = if recurrent.batch_first {
                    row % steps * batch + row / steps
                } else {
                    row
                };
                found == row * width + feature
            });
        if !ordered {
            return Err("it does not read the rows of the layer below step by step".into());
        }
        self.check_states(inputs, steps)?;
        let known = |index: usize| match inputs.get(index).and_then(Option::as_ref) {
            None => Ok(None),
            Some(Value::Known(tensor)) => Ok(Some(tensor)),
            Some(Value::Tagged(_)) => Err("its weights follow from the inputs"),
        };
        let tensors = WeightTensors {
            input: known(1)?.ok_or("it has no W")?,
            recurrent: known(2)?.ok_or("it has no R")?,
            bias: known(3)?,
            peepholes: known(7)?,
        };
        let (directions, units) = (recurrent.directions(), recurrent.hidden_size);
        let (weights, input_size) = tensors.split(recurrent.kind, directions, units)?;
        let cell = recurrent.engine_cell(0, tensors.peepholes.is_some())?;
        if recurrent.engine_cell(directions - 1, tensors.peepholes.is_some())? != cell {
            return Err("its directions have different activations".into());
        }
        self.layers.push(Layer::Recurrent {
            stack: Stack {
                bidirectional: directions == 2,
                ..Stack::new(cell, input_size, units)
            },
            weights: weights
                .iter()
                .flat_map(|weights| weights.flat(recurrent.kind, units))
                .collect(),
        });
        let (after, outputs) = (self.layers.len(), directions * units);
        let of_rows = self.add_source(Source::Rows {
            after,
            steps: Some(steps),
            batch,
            width: outputs,
        });
        let of_hidden = self.add_source(Source::Hidden {
            after,
            batch,
            width: outputs,
        });
        // In the order of Y and Y_h, the places among rows with both directions side by side.
        let place = |step: usize, direction: usize, row: usize| {
            let start = (step * batch + row) * outputs + direction * units;
            start..start + units
        };
        let (y_shape, state_shape) = if recurrent.batch_first {
            (
                [batch, steps, directions, units],
                [batch, directions, units],
            )
        } else {
            (
                [steps, directions, batch, units],
                [directions, batch, units],
            )
        };
        let mut y = Vec::new();
        let mut state = Vec::new();
        if recurrent.batch_first {
            for row in 0..batch {
                for step in 0..steps {
                    (0..directions).for_each(|direction| y.extend(place(step, direction, row)));
                }
                (0..directions).for_each(|direction| state.extend(place(0, direction, row)));
            }
        } else {
            for step in 0..steps {
                for direction in 0..directions {
                    (0..batch).for_each(|row| y.extend(place(step, direction, row)));
                }
            }
            for direction in 0..directions {
                (0..batch).for_each(|row| state.extend(place(0, direction, row)));
            }
        }
        let mut results = vec![
            tagged(of_rows, &y_shape, y.into_iter()),
            tagged(of_hidden, &state_shape, state.iter().copied()),
        ];
        if recurrent.kind == Kind::Lstm {
            let of_cell = self.add_source(Source::Cell);
            results.push(tagged(of_cell, &state_shape, state.into_iter()));
        }
        Ok(results.into_iter().map(Value::Tagged).collect())
    }

    /// Checks that lengths are those of the batch or an input, and initial states zero or an input.
    fn check_states(&self, inputs: &[Option<Value>], steps: usize) -> Result<(), String> {
        for (index, name) in [(4, "sequence_lens"), (5, "initial_h"), (6, "initial_c")] {
            match inputs.get(index).and_then(Option::as_ref) {
                None => {}
                Some(Value::Tagged(tensor)) => {
                    let tags = tags(tensor);
                    let is_input = source(tags).is_some()
                        && sources(tags)
                            .all(|number| matches!(self.sources.get(number), Some(Source::Other)));
                    if !is_input {
                        return Err(format!("its {name} is neither zero nor an input"));
                    }
                }
                Some(Value::Known(tensor)) => {
                    let fits = match tensor.values() {
                        Values::F32(values) => values.iter().all(|value| *value == 0.0),
                        Values::I32(lengths) => {
                            lengths.iter().all(|length| *length as usize == steps)
                        }
                        _ => false,
                    };
                    if !fits {
                        return Err(format!(
                            "its {name} is a constant that a network does not keep"
                        ));
                    }
                }
            }
        }
        Ok(())
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
