//! Bytes that a model's packed weights, its tape and its backward pass take, counted before they are asked for.

use tidegate_cells::{Batch, InstructionSet};

use crate::configuration::{Head, InputLayer, ModelConfiguration, Readout};

impl ModelConfiguration {
    /// Bytes of the packed weights of a [`Model`](crate::Model), beside its parameters.
    #[must_use]
    pub fn packed_bytes(&self, set: InstructionSet) -> u64 {
        let head = match self.head {
            Head::Dense => values(&[
                self.recurrent.output_size() + 1,
                self.outputs.next_multiple_of(set.lanes()),
            ]),
            Head::None => 0,
        };
        let pooling = match self.readout {
            Readout::EveryStep | Readout::LastStep | Readout::Mean => 0,
            Readout::Attention => {
                let features = self.recurrent.output_size();
                values(&[features + 1, features.next_multiple_of(set.lanes())])
            }
        };
        self.recurrent
            .packed_bytes(set)
            .saturating_add(head)
            .saturating_add(pooling)
    }

    /// [`ModelTape::memory_bytes`](crate::ModelTape::memory_bytes) after a first training pass over a part of sequences
    /// `batch` and back.
    #[must_use]
    pub fn tape_bytes(&self, set: InstructionSet, batch: &Batch<'_>) -> u64 {
        let (padded, real) = (batch.steps * batch.batch, batch.total_steps());
        let (inputs, features) = (self.recurrent.input_size, self.recurrent.output_size());
        let embeds = matches!(self.input, InputLayer::Embedding { .. });
        let mut buffers = vec![self.recurrent.tape_bytes(set, batch)];
        if embeds || self.input_dropout > 0.0 {
            buffers.push(values(&[padded, inputs]));
        }
        if embeds {
            buffers.push(values(&[padded, inputs]));
        }
        match self.readout {
            Readout::LastStep => buffers.push(values(&[2, batch.batch, features])),
            Readout::Mean | Readout::Attention => {
                buffers.push(self.recurrent.output_bytes(set, batch));
                // The gradient of the recurrent output, in the place of the pooled features; the latter's gradient.
                buffers.push(values(&[padded.max(batch.batch), features]));
                buffers.push(values(&[batch.batch, features]));
                buffers.push(values(&[real, features]));
                if self.readout == Readout::Attention {
                    buffers.push(values(&[real, features.saturating_add(1)]));
                }
                if real != padded {
                    buffers.push(values(&[padded, features]));
                    buffers.push((real as u64).saturating_mul(size_of::<usize>() as u64));
                }
            }
            Readout::EveryStep => {
                buffers.push(self.recurrent.output_bytes(set, batch));
                buffers.push(values(&[padded, features]));
                if real != padded || self.output_dropout > 0.0 {
                    buffers.push(values(&[real, features]));
                    buffers.push(values(&[padded, self.outputs]));
                }
                if real != padded {
                    buffers.push((real as u64).saturating_mul(size_of::<usize>() as u64));
                }
            }
        }
        buffers.into_iter().fold(0, u64::saturating_add)
    }

    /// Bytes that the backward pass over `batch` takes beside its tape.
    #[must_use]
    pub fn backward_bytes(&self, set: InstructionSet, batch: &Batch<'_>) -> u64 {
        let embeds = matches!(self.input, InputLayer::Embedding { .. });
        // The transposed weights of head and attention and the blocks of rows that their weight gradients are made of.
        let (outputs, features) = (self.outputs, self.recurrent.output_size());
        let lanes = |columns: usize| columns.next_multiple_of(set.lanes());
        let rows = batch.total_steps().min(HEAD_BLOCK);
        let dense = |outputs: usize| {
            values(&[outputs, lanes(features)]).saturating_add(values(&[
                rows,
                lanes(outputs).saturating_add(lanes(features)),
            ]))
        };
        let pooling = match self.readout {
            Readout::EveryStep | Readout::LastStep | Readout::Mean => 0,
            Readout::Attention => {
                dense(features).saturating_add(values(&[batch.total_steps() + 2 * batch.batch]))
            }
        };
        self.recurrent
            .backward_bytes(set, batch, embeds)
            .saturating_add(match self.head {
                Head::Dense => dense(outputs),
                Head::None => 0,
            })
            .saturating_add(pooling)
    }
}

/// Rows that the head's weight gradient packs at a time.
const HEAD_BLOCK: usize = 256;

/// Bytes of so many values.
fn values(shape: &[usize]) -> u64 {
    let multiply = |bytes: u64, &size: &usize| bytes.saturating_mul(size as u64);
    shape.iter().fold(size_of::<f32>() as u64, multiply)
}

#[cfg(test)]
mod tests {
    use tidegate_cells::{Cell, Gru, Noise, Stack};

    use super::*;
    use crate::inputs::BatchInputs;
    use crate::model::Model;
    use crate::tape::ModelTape;

    #[test]
    fn the_bytes_of_a_tape_are_counted_exactly() {
        let set = InstructionSet::detect().unwrap();
        let lengths = [6, 0, 4];
        let stack = Stack::new(Cell::Gru(Gru::default()), 3, 5);
        let tokens = InputLayer::Embedding {
            vocabulary: 2,
            size: 3,
        };
        for input in [InputLayer::Features, tokens] {
            let readouts = [
                Readout::EveryStep,
                Readout::LastStep,
                Readout::Mean,
                Readout::Attention,
            ];
            for readout in readouts {
                for rate in [0.0, 0.5] {
                    for batch in [Batch::full(6, 3), Batch::ragged(6, &lengths)] {
                        let heads = [
                            ModelConfiguration::new(input, stack.clone(), 2, readout),
                            ModelConfiguration::headless(input, stack.clone(), readout),
                        ];
                        for mut configuration in heads {
                            configuration.input_dropout = rate;
                            configuration.output_dropout = rate;
                            let counted = configuration.tape_bytes(set, &batch);
                            let found = held_after_a_pass(configuration.clone(), &batch);
                            assert_eq!(counted, found, "{configuration:?} {batch:?}");
                        }
                    }
                }
            }
        }
    }

    /// Bytes that a tape holds after a pass forward and back.
    fn held_after_a_pass(configuration: ModelConfiguration, batch: &Batch) -> u64 {
        let model = Model::new(configuration, 1).unwrap();
        let (mut tape, mut outputs) = (ModelTape::new(), Vec::new());
        let features = [0.5; 6 * 3 * 3];
        let inputs = match model.configuration().input {
            InputLayer::Features => BatchInputs::Features(&features),
            InputLayer::Embedding { .. } => BatchInputs::Tokens(&[1; 18]),
        };
        let (mut state, noise) = (model.zero_state(3), Some(Noise::new(1)));
        model
            .forward_training(batch, &inputs, &mut state, noise, &mut tape, &mut outputs)
            .unwrap();
        let mut gradient = vec![0.0; model.parameter_count()];
        let slopes = Some(&outputs[..]);
        let mut state_gradient = model.zero_state(3);
        model
            .backward_part(
                batch,
                &inputs,
                &mut tape,
                slopes,
                &mut state_gradient,
                &mut gradient,
            )
            .unwrap();
        tape.memory_bytes() as u64
    }
}
