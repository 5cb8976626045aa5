//! Measuring a model on a set, window by window, so that it can be left off between two of them.

use tidegate_cells::State;
use tidegate_data::SequenceSet;
use tidegate_model::Model;

use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::losses::LossSum;
use crate::overflow::is_overflow;
use crate::shuffle::batch_rows;
use crate::window::Window;
use crate::window_steps;

/// Steps that are in memory at once for one sequence, unless fewer are asked for or the model needs them whole. The state
/// is carried over, so the result depends on it in the order of summation alone.
const WINDOW: usize = 512;

/// A measurement under way, of a set and a batch size that have been checked.
pub(crate) struct Measurement<'a> {
    model: &'a Model,
    set: &'a SequenceSet,
    batch_size: usize,
    window_size: Option<usize>,
    class_weights: Option<&'a [f64]>,
    order: Vec<usize>,
    /// The next batch, and the next window of it.
    next: (usize, usize),
    state: State,
    window: Window,
    outputs: Vec<f32>,
    gradient: Vec<f32>,
    total: LossSum,
}

impl<'a> Measurement<'a> {
    /// With no more than `most` steps in memory at once, if that is given.
    pub(crate) fn new(
        model: &'a Model,
        set: &'a SequenceSet,
        batch_size: usize,
        most: Option<usize>,
        class_weights: Option<&'a [f64]>,
    ) -> Self {
        // Sequences of like length share a batch, so that little of it is padding.
        let mut order: Vec<usize> = (0..set.sequences.len()).collect();
        order.sort_by_key(|&row| std::cmp::Reverse(set.sequence_length(row)));
        let window = most.map_or(WINDOW, |most| WINDOW.min(most));
        let whole = model.configuration().needs_whole_sequences();
        Measurement {
            model,
            set,
            batch_size,
            window_size: if whole { None } else { Some(window) },
            class_weights,
            order,
            next: (0, 0),
            state: model.zero_state(0),
            window: Window::default(),
            outputs: Vec::new(),
            gradient: Vec::new(),
            total: LossSum::default(),
        }
    }

    /// Measures the next window; says whether there was one.
    pub(crate) fn advance(&mut self) -> Result<bool, TrainError> {
        let (batch, index) = self.next;
        let rows = batch_rows(&self.order, batch, self.batch_size);
        if rows.is_empty() {
            return Ok(false);
        }
        if index == 0 {
            self.state = self.model.zero_state(rows.len());
        }
        let longest = window_steps::longest(self.set, rows);
        let steps = window_steps::steps(index, longest, self.window_size);
        self.window.fill(self.set, rows, &steps);
        let (shape, inputs) = (self.window.batch(), self.window.inputs());
        self.model
            .forward(&shape, &inputs, &mut self.state, &mut self.outputs)
            .map_err(|error| {
                if is_overflow(&error) {
                    TrainError::EvaluationNotFinite
                } else {
                    TrainError::Model(error)
                }
            })?;
        let loss = self
            .window
            .loss(&self.outputs, self.class_weights, &mut self.gradient)?;
        self.total.add(loss);
        self.next = if index + 1 < window_steps::count(longest, self.window_size) {
            (batch, index + 1)
        } else {
            (batch + 1, 0)
        };
        Ok(true)
    }

    /// The loss over all windows measured.
    pub(crate) fn result(&self) -> Result<Evaluation, TrainError> {
        if !self.total.sum.is_finite() {
            return Err(TrainError::EvaluationNotFinite);
        }
        Ok(Evaluation {
            loss: self.total.mean(),
            steps: self.total.steps,
        })
    }
}
