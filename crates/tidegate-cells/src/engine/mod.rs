//! A stack with packed weights, ready to run: over sequences, in training and back, or one step at a time.
//!
//! `forward.rs` runs layers and directions over a batch, `backward.rs` and `weight_gradients.rs` take their gradients, `step.rs` advances by one
//! step. Threads split the directions and the sequences, never a sequence; they come from the current `rayon` pool.

mod backward;
mod forward;
mod join;
mod pack;
mod step;
mod weight_gradients;

pub use step::StepScratch;

use std::ops::Range;

use crate::error::Error;
use crate::finite::first_not_finite;
use crate::instruction_set::InstructionSet;
use crate::kernels::layer_noise::LayerNoise;
use crate::kernels::layer_weights::{LayerSize, LayerTensors, LayerWeights};
use crate::kernels::{CellShape, Kernels};
use crate::noise::Noise;
use crate::packed_steps::PackedSteps;
use crate::stack::Stack;
use crate::state::State;
use crate::tensor::Tensor;
use crate::weights::Weights;

/// Multiply-adds below which a pass stays on one thread: waking another costs more than it gains.
const PARALLEL_FROM: usize = 1 << 20;

/// A stack with packed weights, ready to run.
///
/// Every output element is computed in one fixed order of operations, so the bits are the same at any number of threads,
/// for a row alone and in a batch, and for a sequence as a whole and step by step.
pub struct Engine {
    stack: Stack,
    tensors: Vec<Tensor>,
    shape: CellShape,
    kernels: Box<dyn Kernels>,
    set: InstructionSet,
    /// Layer-major, then direction.
    weights: Vec<LayerWeights>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("stack", &self.stack)
            .field("instruction_set", &self.set)
            .finish()
    }
}

impl Engine {
    /// Packs `weights`, laid out by [`Stack::tensors`], for the fastest instruction set of this machine (or the one that
    /// the environment variable `TIDEGATE_INSTRUCTION_SET` names).
    ///
    /// # Errors
    /// An invalid stack, a wrong number of weights, or a weight that is not finite.
    pub fn new<'a>(stack: Stack, weights: impl Into<Weights<'a>>) -> Result<Engine, Error> {
        Self::with_instruction_set(stack, weights, InstructionSet::detect()?)
    }

    /// The same for a given instruction set.
    ///
    /// # Errors
    /// Those of [`Engine::new`], or that the machine lacks the instruction set.
    pub fn with_instruction_set<'a>(
        stack: Stack,
        weights: impl Into<Weights<'a>>,
        set: InstructionSet,
    ) -> Result<Engine, Error> {
        let set = set.require()?;
        stack.validate()?;
        let tensors = stack.tensors();
        let weights = weights.into();
        weights.check(&tensors)?;
        let kernels = stack.cell.kernels();
        let shape = kernels.shape();
        let packed = (0..stack.layers * stack.directions())
            .map(|index| {
                let inputs = stack.layer_input_size(index / stack.directions());
                LayerWeights::new(
                    &shape,
                    LayerSize {
                        inputs,
                        units: stack.hidden_size,
                        lanes: set.lanes(),
                    },
                )
            })
            .collect();
        let mut engine = Engine {
            tensors,
            stack,
            shape,
            kernels,
            set,
            weights: packed,
        };
        engine.pack_weights(weights)?;
        Ok(engine)
    }

    /// Packs other weights for the same stack in the memory of the old ones.
    ///
    /// # Errors
    /// A wrong number of weights, or a weight that is not finite; the old weights stay then.
    pub fn set_weights<'a>(&mut self, weights: impl Into<Weights<'a>>) -> Result<(), Error> {
        let weights = weights.into();
        weights.check(&self.tensors)?;
        self.pack_weights(weights)
    }

    fn pack_weights(&mut self, weights: Weights<'_>) -> Result<(), Error> {
        for (index, tensor) in self.tensors.iter().enumerate() {
            let values = weights.slice(&self.tensors, index);
            if let Some(index) = first_not_finite(values) {
                return Err(Error::NotFinite {
                    what: "weight".into(),
                    value: values[index],
                    place: tensor.place(index),
                });
            }
        }
        for index in 0..self.weights.len() {
            let tensors = self.layer_tensors(index, weights);
            self.weights[index].fill(&self.shape, &tensors);
        }
        Ok(())
    }

    /// The stack that this engine runs.
    #[must_use]
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The instruction set in use.
    #[must_use]
    pub fn instruction_set(&self) -> InstructionSet {
        self.set
    }

    /// Bytes of the packed weights.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.weights.iter().map(LayerWeights::memory_bytes).sum()
    }

    /// Multiply-adds of the matrix products of one step of one sequence as the kernels execute them: every packed weight once,
    /// those that fill units up to whole vectors too.
    #[must_use]
    pub fn padded_multiply_adds_per_step(&self) -> usize {
        let bytes: usize = self.weights.iter().map(LayerWeights::matrix_bytes).sum();
        bytes / size_of::<f32>()
    }

    pub(crate) fn shape(&self) -> CellShape {
        self.shape
    }

    /// Units of a layer with padding to whole vectors.
    pub(crate) fn padded_units(&self) -> usize {
        self.weights[0].size.padded()
    }

    /// Tensors of layer and direction `index` among those of the stack.
    fn layer_tensors<'a>(&self, index: usize, weights: Weights<'a>) -> LayerTensors<'a> {
        let range = self.layer_range(index);
        let tensor = |k: usize| weights.slice(&self.tensors, range.start + k);
        LayerTensors {
            weight_ih: tensor(0),
            weight_hh: tensor(1),
            bias_ih: tensor(2),
            bias_hh: tensor(3),
            peephole: if range.len() > 4 { tensor(4) } else { &[] },
        }
    }

    /// Where the tensors of layer and direction `index` stand among those of the stack.
    fn layer_range(&self, index: usize) -> Range<usize> {
        let count = self.tensors.len() / self.weights.len();
        index * count..(index + 1) * count
    }

    fn layer_noise(&self, noise: Option<Noise>, layer: usize, direction: usize) -> LayerNoise {
        LayerNoise {
            noise: noise.map(|noise| noise.at(layer, direction)),
            recurrent_dropout: self.stack.recurrent_dropout,
            zoneout: self.stack.zoneout,
            zoneout_cell: self.stack.zoneout_cell,
        }
    }

    /// Number of parts that a pass over `steps` steps of one layer is split into.
    fn parts(&self, steps: usize, layer: usize) -> usize {
        let rows = self.shape.blocks * self.stack.hidden_size;
        let work = steps
            .saturating_mul(rows)
            .saturating_mul(self.stack.layer_input_size(layer) + self.stack.hidden_size);
        if work < PARALLEL_FROM {
            1
        } else {
            rayon::current_num_threads()
        }
    }

    /// Checks that the input of one step is finite.
    fn check_input(&self, input: &[f32]) -> Result<(), Error> {
        check_rows("input", input, self.stack.input_size, |row| (0, row))
    }

    /// Checks that every value of a state is finite.
    fn check_state_values(&self, what: [&str; 2], state: &State) -> Result<(), Error> {
        for (what, values) in what.into_iter().zip([&state.hidden, &state.cell]) {
            if let Some(index) = first_not_finite(values) {
                let (units, directions) = (self.stack.hidden_size, self.stack.directions());
                let part = index / (state.batch * units);
                let reverse = if part % directions == 1 {
                    ", backward direction"
                } else {
                    ""
                };
                let place = format!(
                    "layer {}{reverse}, sequence {}, unit {}",
                    part / directions,
                    index / units % state.batch,
                    index % units
                );
                let (what, value) = (what.into(), values[index]);
                return Err(Error::NotFinite { what, value, place });
            }
        }
        Ok(())
    }
}

/// Checks that rows of `width` values are finite; `place` gives a row's step and sequence.
fn check_rows(
    what: &str,
    values: &[f32],
    width: usize,
    place: impl FnOnce(usize) -> (usize, usize),
) -> Result<(), Error> {
    match first_not_finite(values) {
        None => Ok(()),
        Some(index) => {
            let (step, sequence) = place(index / width);
            Err(Error::NotFinite {
                what: what.into(),
                value: values[index],
                place: format!(
                    "step {step}, sequence {sequence}, feature {}",
                    index % width
                ),
            })
        }
    }
}

/// Checks that packed rows are finite.
fn check_packed_rows(
    what: &str,
    values: &[f32],
    width: usize,
    steps: &PackedSteps,
) -> Result<(), Error> {
    check_rows(what, values, width, |row| {
        steps.places().nth(row).unwrap_or_default()
    })
}

/// Checks that the caller's rows are finite, but for those past a sequence's end.
fn check_real_rows(
    what: &str,
    values: &[f32],
    width: usize,
    steps: &PackedSteps,
) -> Result<(), Error> {
    if first_not_finite(values).is_none() {
        return Ok(());
    }
    let mut rows = steps.unpacked_rows().zip(steps.places());
    rows.try_for_each(|(row, place)| {
        check_rows(what, &values[row * width..][..width], width, |_| place)
    })
}

/// Runs tasks on the current pool, or here if there is only one.
pub(crate) fn run_all<T: Send>(parts: usize, tasks: Vec<T>, run: impl Fn(T) + Sync + Send) {
    if parts <= 1 || tasks.len() <= 1 {
        tasks.into_iter().for_each(run);
    } else {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        tasks.into_par_iter().for_each(run);
    }
}

/// Copies rows of `units` values into rows of `padded` values, in the order of `rows`.
fn gather_rows(
    target: &mut [f32],
    padded: usize,
    source: &[f32],
    units: usize,
    rows: impl Iterator<Item = usize>,
) {
    for (target, row) in target.chunks_exact_mut(padded).zip(rows) {
        target[..units].copy_from_slice(&source[row * units..(row + 1) * units]);
        target[units..].fill(0.0);
    }
}

/// The reverse of [`gather_rows`].
fn scatter_rows(
    target: &mut [f32],
    units: usize,
    source: &[f32],
    padded: usize,
    rows: impl Iterator<Item = usize>,
) {
    for (source, row) in source.chunks_exact(padded).zip(rows) {
        target[row * units..(row + 1) * units].copy_from_slice(&source[..units]);
    }
}
