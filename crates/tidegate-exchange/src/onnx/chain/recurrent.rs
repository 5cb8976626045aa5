//! Recurrent nodes of a chain.

use tidegate_cells::Stack;

use super::sizes::check_size;
use super::tags::{Source, places, source, sources, tagged, tags};
use super::walk::{Value, Walk};
use crate::network::Layer;
use crate::onnx::recurrent::{Direction, Kind, Recurrent, WeightTensors};
use crate::onnx::tensor::{Tensor, Values};

impl Walk<'_> {
    pub(super) fn recurrent(
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
        self.check_lengths(inputs, batch)?;
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
        check_size(&[steps, batch, directions, units])?;
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

    /// Checks that all recurrent layers take one input for their lengths, as it is, or none does.
    fn check_lengths(&mut self, inputs: &[Option<Value>], batch: usize) -> Result<(), String> {
        let given = match inputs.get(4).and_then(Option::as_ref) {
            Some(Value::Tagged(tensor)) => {
                let tags = tags(tensor);
                if !places(tags).eq(0..batch) {
                    return Err("its sequence_lens is not an input as it is given".into());
                }
                source(tags)
            }
            _ => None,
        };
        let first = !self
            .layers
            .iter()
            .any(|layer| matches!(layer, Layer::Recurrent { .. }));
        if first {
            self.lengths = given;
        } else if given != self.lengths {
            return Err("its sequence_lens is not that of the layer below".into());
        }
        Ok(())
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
