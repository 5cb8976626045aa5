//! A recurrent node's outputs: its inputs are brought into one order, its directions run, and what they give is laid out as the node
//! says.

use tidegate_cells::Batch;

use super::kind::Kind;
use super::weights::values;
use super::{Direction, DirectionCell, PreparedCells, Recurrent, RecurrentInputs};
use crate::onnx::tensor::{Tensor, Values, product};

impl Recurrent {
    /// Y, Y_h and, for an LSTM, Y_c; no result may take more than `room` bytes.
    ///
    /// # Errors
    /// Inputs that do not fit the node or each other, or are not finite.
    pub(in crate::onnx) fn compute(
        &self,
        inputs: &RecurrentInputs<'_>,
        prepared: &PreparedCells,
        room: usize,
    ) -> Result<Vec<Tensor>, String> {
        let (directions, units) = (self.directions(), self.hidden_size);
        let [first, second, _] = *inputs.x.shape() else {
            return Err(format!(
                "X has shape {:?}, not three axes",
                inputs.x.shape()
            ));
        };
        let x = values("X", inputs.x, &[first, second, prepared.input_size])?;
        let (steps, rows) = if self.batch_first {
            (second, first)
        } else {
            (first, second)
        };
        let lengths = self.lengths(inputs.lengths, steps, rows)?;
        let batch = Batch::padded(steps, rows, lengths.as_deref());
        // Without steps, the states take memory that Y does not.
        for (name, shape) in [
            ("Y", &[steps, directions, rows, units][..]),
            ("a state", &[directions, rows, units]),
        ] {
            if product(shape).is_none_or(|values| values > room / size_of::<f32>()) {
                return Err(format!(
                    "{name} of shape {shape:?} takes more than the {room} bytes allowed"
                ));
            }
        }

        let mut time_major = self.swapped(x, &[first, second, prepared.input_size]);
        clear_padding(&batch, &mut time_major, prepared.input_size);
        if let Some(place) = time_major.iter().position(|value| !value.is_finite()) {
            let row = place / prepared.input_size;
            return Err(format!(
                "X holds {} at step {} of sequence {}",
                time_major[place],
                row / rows,
                row % rows
            ));
        }
        let mut hidden = self.initial("initial_h", inputs.hidden, rows)?;
        let carries_cell = self.kind == Kind::Lstm;
        if !carries_cell && inputs.cell.is_some() {
            return Err(format!("{} has no cell state", self.kind.name()));
        }
        let mut cell = self.initial("initial_c", inputs.cell, rows)?;

        let mut y = vec![0.0; steps * directions * rows * units];
        let mut output = vec![0.0; steps * rows * units];
        for (direction, of_direction) in prepared.cells.iter().enumerate() {
            let backwards = direction == 1 || self.direction == Direction::Reverse;
            let reversed;
            let x = if backwards {
                reversed = reverse(&batch, &time_major, prepared.input_size);
                &reversed
            } else {
                &time_major
            };
            let part = direction * rows * units..(direction + 1) * rows * units;
            output.fill(0.0);
            let (hidden, cell) = (&mut hidden[part.clone()], &mut cell[part]);
            match of_direction {
                DirectionCell::Engine(engine) => {
                    engine.run(&batch, x, hidden, cell, &mut output)?;
                }
                DirectionCell::Plain(plain) => plain.run(&batch, x, hidden, cell, &mut output),
            }
            if backwards {
                output = reverse(&batch, &output, units);
            }
            // Y is [T, D, B, H], and with the batch first [B, T, D, H].
            for step in 0..steps {
                for row in 0..rows {
                    let place = if self.batch_first {
                        (row * steps + step) * directions + direction
                    } else {
                        (step * directions + direction) * rows + row
                    };
                    y[place * units..][..units]
                        .copy_from_slice(&output[(step * rows + row) * units..][..units]);
                }
            }
        }

        let (y_shape, state_shape) = if self.batch_first {
            ([rows, steps, directions, units], [rows, directions, units])
        } else {
            ([steps, directions, rows, units], [directions, rows, units])
        };
        let state = |values: Vec<f32>| {
            Tensor::of(
                state_shape,
                self.swapped(&values, &[directions, rows, units]),
            )
        };
        let mut outputs = vec![Tensor::of(y_shape, y), state(hidden)];
        if carries_cell {
            outputs.push(state(cell));
        }
        Ok(outputs)
    }

    /// With the batch first, the first two axes in the other order.
    fn swapped(&self, values: &[f32], shape: &[usize; 3]) -> Vec<f32> {
        if !self.batch_first {
            return values.to_vec();
        }
        let [first, second, third] = *shape;
        let mut swapped = Vec::with_capacity(values.len());
        for j in 0..second {
            for i in 0..first {
                swapped.extend_from_slice(&values[(i * second + j) * third..][..third]);
            }
        }
        swapped
    }

    /// A state `[D, B, H]`, zeros where it is not given.
    fn initial(&self, name: &str, state: Option<&Tensor>, rows: usize) -> Result<Vec<f32>, String> {
        let (directions, units) = (self.directions(), self.hidden_size);
        let Some(state) = state else {
            return Ok(vec![0.0; directions * rows * units]);
        };
        let shape = if self.batch_first {
            [rows, directions, units]
        } else {
            [directions, rows, units]
        };
        let given = values(name, state, &shape)?;
        if let Some(place) = given.iter().position(|value| !value.is_finite()) {
            return Err(format!("{name} holds {} at value {place}", given[place]));
        }
        Ok(self.swapped(given, &shape))
    }

    /// One length per sequence, unless all are of the batch's.
    fn lengths(
        &self,
        lengths: Option<&Tensor>,
        steps: usize,
        rows: usize,
    ) -> Result<Option<Vec<usize>>, String> {
        let Some(tensor) = lengths else {
            return Ok(None);
        };
        let Values::I32(given) = tensor.values() else {
            return Err(format!(
                "sequence_lens is {}, not int32",
                tensor.element_type()
            ));
        };
        if tensor.shape() != [rows] {
            return Err(format!(
                "sequence_lens has shape {:?}, and there are {rows} sequences",
                tensor.shape()
            ));
        }
        let lengths = given
            .iter()
            .enumerate()
            .map(|(row, &length)| {
                usize::try_from(length)
                    .ok()
                    .filter(|&length| length <= steps)
                    .ok_or_else(|| {
                        format!("sequence_lens gives sequence {row} {length} of {steps} steps")
                    })
            })
            .collect::<Result<Vec<usize>, String>>()?;
        Ok(Some(lengths).filter(|lengths| lengths.iter().any(|&length| length != steps)))
    }
}

/// Zeros past each sequence's length: whatever stands there is not read.
fn clear_padding(batch: &Batch<'_>, values: &mut [f32], width: usize) {
    for row in 0..batch.batch {
        for step in batch.length(row)..batch.steps {
            values[(step * batch.batch + row) * width..][..width].fill(0.0);
        }
    }
}

/// Every sequence of `[T, B, width]` reversed within its length; zeros past it.
fn reverse(batch: &Batch<'_>, values: &[f32], width: usize) -> Vec<f32> {
    let mut reversed = vec![0.0; values.len()];
    for row in 0..batch.batch {
        let length = batch.length(row);
        for step in 0..length {
            let to = (step * batch.batch + row) * width;
            let from = ((length - 1 - step) * batch.batch + row) * width;
            reversed[to..to + width].copy_from_slice(&values[from..from + width]);
        }
    }
    reversed
}
