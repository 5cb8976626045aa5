//! A model of sequences as a lesson.

use std::ops::Range;

use serde_json::Value;
use tidegate_cells::{Noise, State, Tensor};
use tidegate_data::SequenceSet;
use tidegate_model::Model;

use crate::back_propagation::{BackPropagation, Failure, Passage};
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::fingerprint::fingerprint_of_set;
use crate::lesson::Lesson;
use crate::losses::LossSum;
use crate::measurement::Measurement;
use crate::memory_plan::MemoryPlan;
use crate::parts::Parts;
use crate::training::Training;
use crate::window_steps;

/// A model with its sets and the buffers of its passes.
pub(crate) struct SequenceLesson<'a> {
    pub(crate) model: &'a mut Model,
    train: &'a SequenceSet,
    valid: &'a SequenceSet,
    training: &'a Training,
    /// Most steps of a sequence that validation may hold at once, where there is a memory limit.
    most_steps: Option<usize>,
    back_propagation: BackPropagation,
}

impl<'a> SequenceLesson<'a> {
    pub(crate) fn new(
        model: &'a mut Model,
        train: &'a SequenceSet,
        valid: &'a SequenceSet,
        training: &'a Training,
        plan: &MemoryPlan,
    ) -> Self {
        let parts = plan.part.map_or(Parts::Whole, Parts::OfSteps);
        SequenceLesson {
            back_propagation: BackPropagation::weighted(
                model,
                parts,
                training.class_weights.clone(),
            ),
            most_steps: training.memory_limit.map(|_| plan.steps),
            model,
            train,
            valid,
            training,
        }
    }
}

impl Lesson for SequenceLesson<'_> {
    fn parameters(&self) -> &[f32] {
        self.model.parameters()
    }

    fn tensors(&self) -> &[Tensor] {
        self.model.tensors()
    }

    fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), TrainError> {
        Ok(self.model.set_parameters(parameters)?)
    }

    fn configuration(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self.model.configuration())
    }

    fn fingerprints(&self) -> [String; 2] {
        [self.train, self.valid].map(fingerprint_of_set)
    }

    fn is_noisy(&self) -> bool {
        let configuration = self.model.configuration();
        let stack = &configuration.recurrent;
        [
            configuration.input_dropout,
            configuration.output_dropout,
            stack.dropout,
            stack.recurrent_dropout,
            stack.zoneout,
            stack.zoneout_cell,
        ]
        .iter()
        .any(|&rate| rate > 0.0)
    }

    fn examples(&self) -> usize {
        self.train.len()
    }

    fn windows(&self, rows: &[usize]) -> usize {
        window_steps::count(
            window_steps::longest(self.train, rows),
            self.training.window,
        )
    }

    fn updates(&self, rows: &[usize], windows: Range<usize>) -> usize {
        window_steps::count_supervised(self.train, rows, self.training.window, windows)
    }

    fn zero_state(&self, batch: usize) -> State {
        self.model.zero_state(batch)
    }

    fn gradient(
        &mut self,
        rows: &[usize],
        window: usize,
        noise: Option<Noise>,
        state: &mut State,
        gradient: &mut [f32],
    ) -> Result<Option<LossSum>, Failure> {
        let longest = window_steps::longest(self.train, rows);
        let steps = window_steps::steps(window, longest, self.training.window);
        let passage = Passage {
            set: self.train,
            rows,
            steps: &steps,
        };
        let border = &mut |_, _: &mut State| {};
        self.back_propagation
            .run(self.model, passage, noise, state, gradient, border)
    }

    fn validate(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Evaluation>, TrainError> {
        // Under a limit there is room for a training pass or a measurement, which takes less with as many sequences.
        let mut batch_size = self.training.batch_size;
        if self.training.memory_limit.is_some() {
            self.back_propagation.release_memory(self.model);
            batch_size = batch_size.min(self.train.len());
        }
        let weights = self.training.class_weights.as_deref();
        let mut measurement =
            Measurement::new(self.model, self.valid, batch_size, self.most_steps, weights);
        loop {
            if stop() {
                return Ok(None);
            }
            if !measurement.advance()? {
                return measurement.result().map(Some);
            }
        }
    }
}
