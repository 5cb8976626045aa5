//! How much memory training takes, counted before it is asked for, and in how long parts sequences are run so that it
//! stays below a limit.

use tidegate_cells::{Batch, InstructionSet};
use tidegate_data::{InputKind, SequenceSet, TargetKind};
use tidegate_model::{ModelConfiguration, Readout};

use crate::error::TrainError;
use crate::training::Training;

/// What training takes at most while it processes a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryPlan {
    /// Bytes of weights, their copies and gradient, the optimiser's state, tape, batch and states.
    pub bytes: u64,
    /// Steps of a sequence that are held at once.
    pub steps: usize,
    /// Steps of the parts that sequences (or their windows) are run in; absent where they are run whole.
    pub part: Option<usize>,
}

impl Training {
    /// Counts what training a model on this set takes and, with [`Training::memory_limit`], finds the longest parts
    /// that keep it below the limit. What reading and checking the data and writing a checkpoint take is not in it.
    ///
    /// # Errors
    /// [`TrainError::Memory`] where no part is short enough, [`TrainError::MemoryOfWholeSequences`] where the model
    /// runs in both directions or pools, so that its sequences cannot be run in parts.
    pub fn plan_memory(
        &self,
        configuration: &ModelConfiguration,
        set: &SequenceSet,
    ) -> Result<MemoryPlan, TrainError> {
        let count = Count::new(self, configuration, set)?;
        let whole = MemoryPlan {
            bytes: count.bytes(count.steps),
            steps: count.steps,
            part: None,
        };
        let Some(limit) = self.memory_limit.filter(|&limit| whole.bytes > limit) else {
            return Ok(whole);
        };
        if configuration.needs_whole_sequences() {
            return Err(TrainError::MemoryOfWholeSequences {
                needed: whole.bytes,
                limit,
            });
        }
        let mut fits = count.thriftiest_part();
        let needed = count.bytes(fits);
        if needed > limit {
            return Err(TrainError::Memory { needed, limit });
        }
        // From the thriftiest part on, memory grows with the parts: what is longer has more tape than it spares states.
        let mut exceeds = count.steps;
        while exceeds - fits > 1 {
            let middle = fits + (exceeds - fits) / 2;
            if count.bytes(middle) > limit {
                exceeds = middle;
            } else {
                fits = middle;
            }
        }
        // As many parts, but all of about the same length.
        let part = count.steps.div_ceil(count.steps.div_ceil(fits));
        Ok(MemoryPlan {
            bytes: count.bytes(part),
            steps: part,
            part: Some(part),
        })
    }
}

/// The worst batch that a set can give.
struct Count<'a> {
    configuration: &'a ModelConfiguration,
    instruction_set: InstructionSet,
    /// Whether some batch may hold sequences of different lengths.
    ragged: bool,
    /// Lengths of the longest sequences, as many as a batch has, cut to a window.
    lengths: Vec<usize>,
    /// Steps of the longest.
    steps: usize,
    /// Bytes of inputs and targets of a step, of one sequence.
    data_of_step: u64,
    /// Bytes that do not depend on the length of parts.
    fixed: u64,
    /// Bytes of the state of a batch.
    state: u64,
}

impl<'a> Count<'a> {
    fn new(
        training: &Training,
        configuration: &'a ModelConfiguration,
        set: &SequenceSet,
    ) -> Result<Self, TrainError> {
        let instruction_set = InstructionSet::detect()?;
        let mut lengths: Vec<usize> = (0..set.len())
            .map(|index| set.sequence_length(index))
            .collect();
        lengths.sort_unstable_by_key(|&length| std::cmp::Reverse(length));
        let uniform = lengths.first() == lengths.last();
        lengths.truncate(training.batch_size);
        if let Some(window) = training.window {
            lengths
                .iter_mut()
                .for_each(|length| *length = window.min(*length));
        }
        let batch = lengths.len() as u64;
        let stack = &configuration.recurrent;
        let parts_of_state = 1 + u64::from(stack.cell.carries_cell());
        let units = (stack.layers as u64).saturating_mul(stack.output_size() as u64);
        let state = batch
            .saturating_mul(units)
            .saturating_mul(parts_of_state * NUMBER);
        // The model's, the run's and the best parameters, the gradient, and what the optimiser keeps.
        let copies = 4 + training.optimiser.buffer_names().len() as u64;
        let parameters = (configuration.parameter_count() as u64).saturating_mul(copies * NUMBER);
        let inputs = match set.input {
            InputKind::Features { size } => size as u64,
            InputKind::Tokens { .. } => 1,
        };
        // Targets, outputs and their gradient, at every step or once.
        let targets = match set.target {
            TargetKind::Classes { .. } => 1,
            TargetKind::Values { size: width } | TargetKind::Labels { count: width } => width,
        };
        let outputs = (targets as u64).saturating_add(2 * configuration.outputs as u64);
        let (of_step, of_sequence) = match configuration.readout {
            Readout::EveryStep => (inputs + outputs, 0),
            Readout::LastStep | Readout::Mean | Readout::Attention => (inputs, outputs),
        };
        Ok(Count {
            configuration,
            instruction_set,
            ragged: batch > 1 && !uniform,
            steps: lengths.first().copied().unwrap_or(0),
            lengths,
            data_of_step: of_step.saturating_mul(NUMBER),
            fixed: parameters
                .saturating_add(SMALL_THINGS)
                .saturating_add(configuration.packed_bytes(instruction_set))
                .saturating_add(batch.saturating_mul(of_sequence.saturating_mul(NUMBER) + 64)),
            state,
        })
    }

    /// Bytes of training with parts of so many steps.
    fn bytes(&self, part: usize) -> u64 {
        // The carried state, the one that a part is run from, their gradient, and what is kept: the state before every
        // part but the last.
        let states = self.steps.div_ceil(part.max(1)) as u64 + 2;
        self.bytes_but_states(part)
            .saturating_add(states.saturating_mul(self.state))
    }

    fn bytes_but_states(&self, part: usize) -> u64 {
        let mut lengths: Vec<usize> = self
            .lengths
            .iter()
            .map(|&length| length.min(part))
            .collect();
        if let Some(last) = lengths.last_mut()
            && self.ragged
            && *last == part
        {
            // A batch with a shorter sequence takes more.
            *last = part.saturating_sub(1);
        }
        let batch = Batch::padded(part, lengths.len(), self.ragged.then_some(&lengths));
        let rows = (part as u64).saturating_mul(lengths.len() as u64);
        [
            self.configuration.tape_bytes(self.instruction_set, &batch),
            self.configuration
                .backward_bytes(self.instruction_set, &batch),
            rows.saturating_mul(self.data_of_step),
        ]
        .into_iter()
        .fold(self.fixed, u64::saturating_add)
    }

    /// The part that takes the least memory: √T steps, but for how much larger the tape of a step is than a state.
    fn thriftiest_part(&self) -> usize {
        let step = self.bytes_but_states(2) - self.bytes_but_states(1);
        let part = (self.steps as f64 * self.state as f64 / step.max(1) as f64).sqrt();
        (part as usize).clamp(1, self.steps.max(1))
    }
}

/// Names, shapes, ranges: what no tensor is.
const SMALL_THINGS: u64 = 16 * 1024;

/// Bytes of a number.
const NUMBER: u64 = size_of::<f32>() as u64;
