//! Gradients of a training forward pass, layer by layer from the top: the recurrences in reverse, the weight gradients, and
//! the input's gradient as one product.

use super::{Engine, check_real_rows, gather_rows, run_all, scatter_rows};
use crate::batch::Batch;
use crate::equations::Carry;
use crate::error::{Error, check_length};
use crate::kernels::aligned::Aligned;
use crate::kernels::backward::{BackwardChunk, BackwardPass};
use crate::kernels::layer_weights::TransposedWeights;
use crate::kernels::multiply::{Multiply, Rows, Start};
use crate::packed_steps::PackedSteps;
use crate::state::State;
use crate::tape::{DirectionTape, LayerTape, Tape};
use crate::weights::{WeightGradient, Weights};

impl Engine {
    /// Gradients of what [`Engine::forward_training`] computed with the same `weights`, `batch` and `input`, given the
    /// gradient of its outputs (`[T, B, directions · H]`; values past a sequence's end are ignored; empty where no output
    /// matters) and, in `state_gradient`, of the final state. Afterwards `state_gradient` holds the gradient of the initial state.
    /// `weight_gradient`, laid out by [`Stack::tensors`](crate::Stack::tensors) too, is added to; `input_gradient` (`[T, B, I]`) is overwritten. The tape is
    /// consumed.
    ///
    /// # Errors
    /// [`Error::Tape`] if the tape does not hold a forward pass of this stack and batch, else a slice of the wrong length
    /// or an output gradient that is not finite. Nothing is written then.
    #[allow(
        clippy::too_many_arguments,
        reason = "the inputs and outputs of a backward pass"
    )]
    pub fn backward<'a, 'b, 'c>(
        &self,
        batch: &Batch<'_>,
        weights: impl Into<Weights<'a>>,
        input: &[f32],
        tape: &mut Tape,
        output_gradient: &[f32],
        state_gradient: &mut State,
        weight_gradient: impl Into<WeightGradient<'b, 'c>>,
        input_gradient: Option<&mut [f32]>,
    ) -> Result<(), Error>
    where
        'c: 'b,
    {
        let weights = weights.into();
        weights.check(&self.tensors)?;
        let mut weight_gradient = weight_gradient.into().slices(&self.tensors)?;
        self.backward_slices(
            batch,
            weights,
            input,
            tape,
            output_gradient,
            state_gradient,
            &mut weight_gradient,
            input_gradient,
        )
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the inputs and outputs of a backward pass"
    )]
    fn backward_slices(
        &self,
        batch: &Batch<'_>,
        weights: Weights<'_>,
        input: &[f32],
        tape: &mut Tape,
        output_gradient: &[f32],
        state_gradient: &mut State,
        weight_gradient: &mut [&mut [f32]],
        mut input_gradient: Option<&mut [f32]>,
    ) -> Result<(), Error> {
        self.check_batch_input(batch, input)?;
        let steps = PackedSteps::new(batch);
        let own = |(stack, set): &(_, _)| (stack, set) == (&self.stack, &self.set);
        if !tape.filled_by.as_ref().is_some_and(own) || tape.steps != steps {
            return Err(Error::Tape);
        }
        let outputs_matter = !output_gradient.is_empty();
        if outputs_matter {
            self.check_output("output gradient", batch, output_gradient)?;
        }
        if let Some(gradient) = &input_gradient {
            check_length(
                "input gradient",
                gradient.len(),
                &[("values of the input", input.len())],
            )?;
        }
        self.stack.check_state(
            [
                "final hidden state's gradient",
                "final cell state's gradient",
            ],
            state_gradient,
            batch.batch,
        )?;
        self.check_state_values(
            [
                "final hidden state's gradient",
                "final cell state's gradient",
            ],
            state_gradient,
        )?;
        let width = self.stack.output_size();
        let zeros = vec![0.0; if outputs_matter { 0 } else { width }];
        let mut gradient = if outputs_matter {
            check_real_rows("output gradient", output_gradient, width, &steps)?;
            Rows {
                data: output_gradient,
                stride: width,
            }
        } else {
            // One row of zeros stands for all.
            Rows {
                data: &zeros,
                stride: 0,
            }
        };
        tape.filled_by = None;

        let [mut above, mut products] = std::mem::take(&mut tape.input_gradients);
        for layer in (0..self.stack.layers).rev() {
            let (below, rest) = tape.layers.split_at_mut(layer);
            let LayerTape {
                input: own,
                directions: tapes,
            } = &mut rest[0];
            let padded = self.weights[0].size.padded();
            let rows = match below.last() {
                _ if !own.is_empty() => Rows {
                    data: &own[..],
                    stride: self.stack.layer_input_size(layer),
                },
                None => Rows {
                    data: input,
                    stride: self.stack.input_size,
                },
                Some(below) => Rows {
                    data: &below.directions[0].outputs,
                    stride: padded,
                },
            };
            let with_input = layer > 0 || input_gradient.is_some();
            let directions = tapes.len();
            let of_layer = layer * directions..(layer + 1) * directions;
            let size = self.weights[of_layer.start].size;
            // Layers above the first are of one size.
            let transposed = &mut tape.transposed[usize::from(layer > 0)];
            transposed.retain(|transposed| transposed.fits(&self.shape, size, with_input));
            transposed.resize_with(directions, || {
                TransposedWeights::new(&self.shape, size, with_input)
            });
            for (transposed, index) in transposed.iter_mut().zip(of_layer) {
                transposed.fill(&self.shape, &self.layer_tensors(index, weights));
            }
            let transposed = &*transposed;
            self.reverse_layer(
                layer,
                &steps,
                gradient,
                transposed,
                tape.noise,
                tapes,
                state_gradient,
                weight_gradient,
            );
            self.add_weight_gradients(
                layer,
                &steps,
                rows,
                tapes,
                weight_gradient,
                &mut tape.outer_products,
            );
            if !with_input {
                break;
            }
            self.input_gradient(layer, &steps, transposed, tapes, &mut products);
            let stride = transposed[0].input.columns();
            if layer > 0 {
                if let Some(noise) = tape.noise.filter(|_| self.stack.dropout > 0.0) {
                    self.join(layer - 1, &steps, Some(noise), &[], &mut products, stride);
                }
                std::mem::swap(&mut above, &mut products);
                gradient = Rows {
                    data: &above,
                    stride,
                };
            } else if let Some(target) = &mut input_gradient {
                target.fill(0.0);
                scatter_rows(
                    target,
                    self.stack.input_size,
                    &products,
                    stride,
                    steps.unpacked_rows(),
                );
            }
        }
        // The larger one comes first into use again.
        if above.len() > products.len() {
            std::mem::swap(&mut above, &mut products);
        }
        tape.input_gradients = [above, products];
        Ok(())
    }

    /// The recurrences of one layer in reverse: gradients of pre-activations onto the tape, of the initial state into
    /// `state_gradient`, of peephole weights into `weight_gradient`.
    #[allow(
        clippy::too_many_arguments,
        reason = "the layer's place, its data and its gradients"
    )]
    fn reverse_layer(
        &self,
        layer: usize,
        steps: &PackedSteps,
        output_gradient: Rows<'_>,
        transposed: &[TransposedWeights],
        noise: Option<crate::noise::Noise>,
        tapes: &mut [DirectionTape],
        state_gradient: &mut State,
        weight_gradient: &mut [&mut [f32]],
    ) {
        let directions = tapes.len();
        let (units, batch) = (self.stack.hidden_size, steps.batch());
        let padded = self.weights[0].size.padded();
        let slot_width = self.shape.slots * padded;
        let peephole_width = self.shape.peepholes * padded;
        let cell_width = if self.shape.cell_slot.is_some() {
            padded
        } else {
            0
        };
        let parts = self.parts(steps.total(), layer);
        let ranges = steps.split(parts.div_ceil(directions));
        let place = |direction: usize| (layer * directions + direction) * batch * units;
        let ranks = || (0..batch).map(|rank| steps.row(rank));
        let mut hidden = vec![Aligned::zeros(batch * padded); directions];
        let mut cell = vec![Aligned::zeros(batch * cell_width); directions];
        let mut peephole = vec![Aligned::zeros(batch * peephole_width); directions];

        let mut passes = Vec::with_capacity(directions);
        let mut tasks = Vec::with_capacity(directions * ranges.len());
        let buffers = hidden.iter_mut().zip(&mut cell).zip(&mut peephole);
        for ((direction, tape), ((hidden, cell), peephole)) in
            tapes.iter_mut().enumerate().zip(buffers)
        {
            gather_rows(
                hidden,
                padded,
                &state_gradient.hidden[place(direction)..],
                units,
                ranks(),
            );
            if cell_width > 0 {
                gather_rows(
                    cell,
                    padded,
                    &state_gradient.cell[place(direction)..],
                    units,
                    ranks(),
                );
            }
            let data = output_gradient.data;
            passes.push(BackwardPass {
                weights: &self.weights[layer * directions + direction],
                transposed: &transposed[direction],
                steps,
                reverse: direction == 1,
                outputs: &tape.outputs,
                initial: Carry {
                    hidden: &tape.initial_hidden,
                    cell: &tape.initial_cell,
                },
                output_gradient: Rows {
                    data: &data[(direction * units).min(data.len())..],
                    ..output_gradient
                },
                gradient_is_unpacked: layer + 1 == self.stack.layers && !steps.is_callers(),
                noise: self.layer_noise(noise, layer, direction),
            });
            let mut slots = steps.cut(&mut tape.slots, slot_width, &ranges).into_iter();
            let (mut hidden, mut cell, mut peephole) =
                (&mut hidden[..], &mut cell[..], &mut peephole[..]);
            for range in &ranges {
                let (hidden_rows, rest) =
                    std::mem::take(&mut hidden).split_at_mut(range.len() * padded);
                hidden = rest;
                let (cell_rows, rest) =
                    std::mem::take(&mut cell).split_at_mut(range.len() * cell_width);
                cell = rest;
                let (peephole_rows, rest) =
                    std::mem::take(&mut peephole).split_at_mut(range.len() * peephole_width);
                peephole = rest;
                tasks.push((
                    direction,
                    BackwardChunk {
                        ranks: range.clone(),
                        slots: slots.next().unwrap_or_default(),
                        state_gradient: Carry {
                            hidden: hidden_rows,
                            cell: cell_rows,
                        },
                        peephole_gradient: peephole_rows,
                    },
                ));
            }
        }
        run_all(parts, tasks, |(direction, chunk)| {
            self.kernels.backward(self.set, &passes[direction], chunk)
        });
        drop(passes);
        for direction in 0..directions {
            scatter_rows(
                &mut state_gradient.hidden[place(direction)..],
                units,
                &hidden[direction],
                padded,
                ranks(),
            );
            if cell_width > 0 {
                scatter_rows(
                    &mut state_gradient.cell[place(direction)..],
                    units,
                    &cell[direction],
                    padded,
                    ranks(),
                );
            }
            if peephole_width > 0 {
                let tensor = self.layer_range(layer * directions + direction).start + 4;
                for sums in peephole[direction].chunks_exact(peephole_width) {
                    for (target, sums) in weight_gradient[tensor]
                        .chunks_exact_mut(units)
                        .zip(sums.chunks_exact(padded))
                    {
                        target
                            .iter_mut()
                            .zip(sums)
                            .for_each(|(target, sum)| *target += sum);
                    }
                }
            }
        }
    }

    /// Gradient of a layer's input, packed rows with the stride of the transposed weights' columns.
    fn input_gradient(
        &self,
        layer: usize,
        steps: &PackedSteps,
        transposed: &[TransposedWeights],
        tapes: &[DirectionTape],
        gradient: &mut Aligned,
    ) {
        let padded = self.weights[0].size.padded();
        let slot_width = self.shape.slots * padded;
        let stride = transposed[0].input.columns();
        let first = self.shape.input_order().1 * padded;
        gradient.resize(steps.total() * stride);
        let parts = self.parts(steps.total(), layer);
        let rows = steps.total().div_ceil(parts).max(1);
        let tasks: Vec<(usize, &mut [f32])> =
            gradient.chunks_mut(rows * stride).enumerate().collect();
        run_all(parts, tasks, |(part, output)| {
            for (direction, (tape, transposed)) in tapes.iter().zip(transposed).enumerate() {
                self.set.run(Multiply {
                    matrix: &transposed.input,
                    panels: 0..transposed.input.panels().len(),
                    rows: Rows {
                        data: &tape.slots[part * rows * slot_width + first..],
                        stride: slot_width,
                    },
                    count: output.len() / stride,
                    start: if direction == 0 {
                        Start::Zero
                    } else {
                        Start::Output
                    },
                    output,
                    output_stride: stride,
                });
            }
        });
    }
}
