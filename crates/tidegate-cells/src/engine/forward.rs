//! Layers and directions over a batch, for inference and for training.

use super::{Engine, check_packed_rows, gather_rows, run_all, scatter_rows};
use crate::batch::Batch;
use crate::equations::Carry;
use crate::error::Error;
use crate::kernels::aligned::Aligned;
use crate::kernels::forward::{ForwardChunk, ForwardPass};
use crate::kernels::multiply::Rows;
use crate::noise::Noise;
use crate::packed_steps::PackedSteps;
use crate::state::State;
use crate::tape::{DirectionTape, LayerTape, OutputForm, PackedOutput, Tape};

impl Engine {
    /// Inference over a batch. `input` is `[T, B, I]`; `state` holds the initial state and then the state at each
    /// sequence's true end; `output` is `[T, B, directions · H]`, zero past each sequence's end. Of a packed batch both
    /// have packed rows.
    ///
    /// # Errors
    /// A slice of the wrong length, a length beyond the batch's steps, or an input (of a real step) or initial state that is
    /// not finite. Nothing is written then.
    pub fn forward(
        &self,
        batch: &Batch<'_>,
        input: &[f32],
        state: &mut State,
        output: &mut [f32],
    ) -> Result<(), Error> {
        self.forward_with(batch, input, state, output, &mut Tape::new())
    }

    /// The same in the working memory of `tape`, which is kept for the next call and holds no pass afterwards.
    ///
    /// # Errors
    /// Those of [`Engine::forward`].
    pub fn forward_with(
        &self,
        batch: &Batch<'_>,
        input: &[f32],
        state: &mut State,
        output: &mut [f32],
        tape: &mut Tape,
    ) -> Result<(), Error> {
        batch.validate()?;
        self.check_output("output", batch, output)?;
        let mut direct = Some(&mut *output);
        self.run(batch, input, state, None, false, tape, &mut direct)?;
        if direct.is_some() {
            tape.copy_output(output)?;
        } else {
            tape.output_form = OutputForm::Unpacked;
        }
        Ok(())
    }

    /// The forward pass of training: as [`Engine::forward`], with `noise` (if any) for dropout, recurrent dropout and
    /// zoneout, and everything that the backward pass needs left on the tape, which also holds the outputs.
    ///
    /// # Errors
    /// Those of [`Engine::forward`].
    pub fn forward_training(
        &self,
        batch: &Batch<'_>,
        input: &[f32],
        state: &mut State,
        noise: Option<Noise>,
        tape: &mut Tape,
    ) -> Result<(), Error> {
        self.run(batch, input, state, noise, true, tape, &mut None)
    }

    /// Advances `state` exactly as [`Engine::forward_training`] does, but records nothing: `tape` is working memory, and
    /// holds the outputs. It is for the states from which a training pass is computed again, part by part.
    ///
    /// # Errors
    /// Those of [`Engine::forward`].
    pub fn advance(
        &self,
        batch: &Batch<'_>,
        input: &[f32],
        state: &mut State,
        noise: Option<Noise>,
        tape: &mut Tape,
    ) -> Result<(), Error> {
        self.run(batch, input, state, noise, false, tape, &mut None)
    }

    pub(super) fn check_output(
        &self,
        what: &'static str,
        batch: &Batch<'_>,
        values: &[f32],
    ) -> Result<(), Error> {
        let width = ("output size", self.stack.output_size());
        batch.check_rows(what, values.len(), width)
    }

    pub(super) fn check_batch_input(&self, batch: &Batch<'_>, input: &[f32]) -> Result<(), Error> {
        batch.validate()?;
        let width = ("input size", self.stack.input_size);
        batch.check_rows("input", input.len(), width)
    }

    /// Where the outputs need no other form, `direct` is taken for the top layer's, which then leaves none on the tape.
    #[allow(
        clippy::too_many_arguments,
        reason = "what a forward pass reads, writes and how it runs"
    )]
    fn run(
        &self,
        batch: &Batch<'_>,
        input: &[f32],
        state: &mut State,
        noise: Option<Noise>,
        taped: bool,
        tape: &mut Tape,
        direct: &mut Option<&mut [f32]>,
    ) -> Result<(), Error> {
        self.check_batch_input(batch, input)?;
        self.stack.check_state(
            ["initial hidden state", "initial cell state"],
            state,
            batch.batch,
        )?;
        self.check_state_values(["initial hidden state", "initial cell state"], state)?;
        tape.filled_by = None;
        tape.output_form = OutputForm::Unpacked;
        tape.output.clear();
        tape.steps = PackedSteps::new(batch);
        tape.noise = noise;
        tape.layers
            .resize_with(self.stack.layers, LayerTape::default);
        let steps = &tape.steps;
        let directions = self.stack.directions();
        for layer in 0..self.stack.layers {
            let (below, rest) = tape.layers.split_at_mut(layer);
            let LayerTape {
                input: own,
                directions: tapes,
            } = &mut rest[0];
            let rows = match below.last() {
                None if steps.is_callers() => {
                    own.resize(0);
                    check_packed_rows("input", input, self.stack.input_size, steps)?;
                    Rows {
                        data: input,
                        stride: self.stack.input_size,
                    }
                }
                None => {
                    let inputs = self.stack.input_size;
                    own.resize(steps.total() * inputs);
                    self.pack(steps, input, inputs, own);
                    check_packed_rows("input", own, inputs, steps)?;
                    Rows {
                        data: own,
                        stride: inputs,
                    }
                }
                Some(below) => {
                    self.join_directions(layer - 1, steps, noise, &below.directions, own)
                }
            };
            tapes.resize_with(directions, DirectionTape::default);
            let is_top = layer + 1 == self.stack.layers;
            let direct = if is_top && self.leaves_final_form(steps) {
                direct.take()
            } else {
                None
            };
            self.run_layer(layer, steps, rows, state, noise, taped, tapes, direct);
        }
        tape.output_form = if self.leaves_final_form(steps) {
            OutputForm::Top {
                length: steps.caller_rows() * self.stack.output_size(),
            }
        } else {
            OutputForm::Packed(PackedOutput {
                units: self.stack.hidden_size,
                padded: self.padded_units(),
                parts: self.parts(steps.total(), self.stack.layers - 1),
            })
        };
        if taped {
            tape.filled_by = Some((self.stack.clone(), self.set));
        }
        Ok(())
    }

    /// Whether the top layer writes its outputs in the form `[T, B, D · H]`.
    fn leaves_final_form(&self, steps: &PackedSteps) -> bool {
        let padding = self.padded_units() - self.stack.hidden_size;
        steps.is_callers() && !self.stack.bidirectional && padding == 0
    }

    /// The input of the layer above `layer`: its outputs as they stand, or both directions side by side with dropout.
    fn join_directions<'a>(
        &self,
        layer: usize,
        steps: &PackedSteps,
        noise: Option<Noise>,
        below: &'a [DirectionTape],
        joined: &'a mut Aligned,
    ) -> Rows<'a> {
        let noise = noise.filter(|_| self.stack.dropout > 0.0);
        let padded = self.weights[0].size.padded();
        if below.len() == 1 && noise.is_none() {
            joined.resize(0);
            return Rows {
                data: &below[0].outputs,
                stride: padded,
            };
        }
        let width = self.stack.output_size();
        joined.resize(steps.total() * width);
        let rows = |tape: &'a DirectionTape| Rows {
            data: &tape.outputs,
            stride: padded,
        };
        let directions: Vec<Rows<'_>> = below.iter().map(rows).collect();
        self.join(layer, steps, noise, &directions, joined, width);
        Rows {
            data: joined,
            stride: width,
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the layer's place, its data and its mode"
    )]
    fn run_layer(
        &self,
        layer: usize,
        steps: &PackedSteps,
        input: Rows<'_>,
        state: &mut State,
        noise: Option<Noise>,
        taped: bool,
        tapes: &mut [DirectionTape],
        mut direct: Option<&mut [f32]>,
    ) {
        let directions = tapes.len();
        let (units, batch) = (self.stack.hidden_size, steps.batch());
        let padded = self.weights[0].size.padded();
        let slot_width = self.shape.slots * padded;
        let parts = self.parts(steps.total(), layer);
        let ranges = steps.split(parts.div_ceil(directions));
        let carries_cell = self.shape.cell_slot.is_some();
        let mut last_hidden = vec![Aligned::zeros(batch * padded); directions];
        let mut last_cell =
            vec![Aligned::zeros(if carries_cell { batch * padded } else { 0 }); directions];

        let mut passes = Vec::with_capacity(directions);
        let mut buffers = Vec::with_capacity(directions);
        for (direction, tape) in tapes.iter_mut().enumerate() {
            let DirectionTape {
                outputs,
                slots,
                operands,
                initial_hidden,
                initial_cell,
            } = tape;
            let noise = self.layer_noise(noise, layer, direction);
            let outputs: &mut [f32] = match direct.take() {
                Some(direct) => direct,
                None => {
                    outputs.resize(steps.total() * padded);
                    outputs
                }
            };
            slots.resize(if taped { steps.total() * slot_width } else { 0 });
            let keep_operands = taped && noise.noise.is_some() && noise.recurrent_dropout > 0.0;
            operands.resize(if keep_operands {
                steps.total() * padded
            } else {
                0
            });
            let place = (layer * directions + direction) * batch * units;
            let ranks = || (0..batch).map(|rank| steps.row(rank));
            initial_hidden.resize(batch * padded);
            gather_rows(
                initial_hidden,
                padded,
                &state.hidden[place..],
                units,
                ranks(),
            );
            initial_cell.resize(if carries_cell { batch * padded } else { 0 });
            if carries_cell {
                gather_rows(initial_cell, padded, &state.cell[place..], units, ranks());
            }
            passes.push(ForwardPass {
                weights: &self.weights[layer * directions + direction],
                steps,
                reverse: direction == 1,
                input,
                initial: Carry {
                    hidden: initial_hidden,
                    cell: initial_cell,
                },
                noise,
            });
            buffers.push((outputs, slots, operands));
        }
        let mut tasks = Vec::with_capacity(directions * ranges.len());
        let last = last_hidden.iter_mut().zip(&mut last_cell);
        for ((direction, (outputs, slots, operands)), (hidden, cell)) in
            buffers.into_iter().enumerate().zip(last)
        {
            let mut outputs = steps.cut(outputs, padded, &ranges).into_iter();
            let mut slots =
                (!slots.is_empty()).then(|| steps.cut(slots, slot_width, &ranges).into_iter());
            let mut operands =
                (!operands.is_empty()).then(|| steps.cut(operands, padded, &ranges).into_iter());
            let (mut hidden, mut cell) = (&mut hidden[..], &mut cell[..]);
            for range in &ranges {
                let (hidden_rows, rest) =
                    std::mem::take(&mut hidden).split_at_mut(range.len() * padded);
                hidden = rest;
                let (cell_rows, rest) = std::mem::take(&mut cell).split_at_mut(if carries_cell {
                    range.len() * padded
                } else {
                    0
                });
                cell = rest;
                tasks.push((
                    direction,
                    ForwardChunk {
                        ranks: range.clone(),
                        outputs: outputs.next().unwrap_or_default(),
                        slots: slots.as_mut().and_then(Iterator::next).unwrap_or_default(),
                        operands: operands
                            .as_mut()
                            .and_then(Iterator::next)
                            .unwrap_or_default(),
                        last: Carry {
                            hidden: hidden_rows,
                            cell: cell_rows,
                        },
                    },
                ));
            }
        }
        run_all(parts, tasks, |(direction, chunk)| {
            self.kernels.forward(self.set, &passes[direction], chunk)
        });
        drop(passes);
        for direction in 0..directions {
            let place = (layer * directions + direction) * batch * units;
            let ranks = || (0..batch).map(|rank| steps.row(rank));
            scatter_rows(
                &mut state.hidden[place..],
                units,
                &last_hidden[direction],
                padded,
                ranks(),
            );
            if carries_cell {
                scatter_rows(
                    &mut state.cell[place..],
                    units,
                    &last_cell[direction],
                    padded,
                    ranks(),
                );
            }
        }
    }
}
