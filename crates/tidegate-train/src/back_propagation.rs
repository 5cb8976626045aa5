//! The loss of a window and its gradient: through the whole window at once, or through one part of it after another, each
//! computed again from the state that was kept at its beginning (Chen et al. 2016, arXiv 1604.06174; for recurrent
//! networks Gruslys et al. 2016, arXiv 1606.03401). Parts take one more forward pass, and the memory of one part.

use std::ops::Range;

use tidegate_cells::{Noise, State, first_not_finite};
use tidegate_data::{SequenceSet, Supervision};
use tidegate_model::{Model, ModelError, ModelTape};

use crate::error::TrainError;
use crate::kept_states::KeptStates;
use crate::losses::LossSum;
use crate::overflow::is_overflow;
use crate::parts::Parts;
use crate::window::Window;
use crate::window_steps::{is_supervised, supervised_steps};

/// Why there is no gradient.
pub(crate) enum Failure {
    /// This stopped being finite.
    NotFinite(&'static str),
    /// Something else.
    Other(TrainError),
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        Failure::Other(error)
    }
}

/// The steps of some sequences that are processed at once.
#[derive(Clone, Copy)]
pub(crate) struct Passage<'a> {
    pub(crate) set: &'a SequenceSet,
    pub(crate) rows: &'a [usize],
    pub(crate) steps: &'a Range<usize>,
}

/// Buffers, kept from one window to the next.
pub(crate) struct BackPropagation {
    /// How windows are cut.
    parts: Parts,
    /// What a step of each class counts, where they do not all count the same.
    class_weights: Option<Vec<f64>>,
    window: Window,
    tape: ModelTape,
    outputs: Vec<f32>,
    output_gradient: Vec<f32>,
    /// The state before each part but the last.
    kept: KeptStates,
    /// The one that a part is run from again.
    resumed: State,
    state_gradient: State,
}

impl BackPropagation {
    pub(crate) fn new(model: &Model, parts: Parts) -> Self {
        BackPropagation::weighted(model, parts, None)
    }

    pub(crate) fn weighted(model: &Model, parts: Parts, class_weights: Option<Vec<f64>>) -> Self {
        BackPropagation {
            parts,
            class_weights,
            window: Window::default(),
            tape: ModelTape::new(),
            outputs: Vec::new(),
            output_gradient: Vec::new(),
            kept: KeptStates::default(),
            resumed: model.zero_state(0),
            state_gradient: model.zero_state(0),
        }
    }

    /// Gives back all buffers.
    pub(crate) fn release_memory(&mut self, model: &Model) {
        let weights = self.class_weights.take();
        *self = BackPropagation::weighted(model, self.parts.clone(), weights);
    }

    /// Moves `state` on over the passage. Where one of its steps is supervised, writes the gradient of the mean loss
    /// into `gradient` and returns the loss; on the way back, `at_border` is given the first step of each part and the
    /// gradient of the state before it, which goes on as `at_border` leaves it.
    pub(crate) fn run(
        &mut self,
        model: &Model,
        passage: Passage<'_>,
        noise: Option<Noise>,
        state: &mut State,
        gradient: &mut [f32],
        at_border: &mut dyn FnMut(usize, &mut State),
    ) -> Result<Option<LossSum>, Failure> {
        let Passage { set, rows, steps } = passage;
        let supervised = is_supervised(set, rows, steps);
        let count = self.parts.count(steps);
        // The last part is recorded at once, if anything is.
        let recorded = usize::from(supervised);
        let advanced = count.saturating_sub(recorded);
        if supervised {
            self.kept.make_room(advanced, state);
        }
        for index in 0..advanced {
            if supervised {
                self.kept.keep(index, state);
            }
            self.advance(model, passage, index, noise, state)?;
        }
        if !supervised {
            check_state(state)?;
            return Ok(None);
        }
        gradient.fill(0.0);
        let batch = rows.len();
        zero(&mut self.state_gradient, model, batch);
        let mut loss = self.part_back(model, passage, advanced, noise, state, gradient)?;
        let first_step = |parts: &Parts, index| parts.part(index, steps).start;
        at_border(first_step(&self.parts, advanced), &mut self.state_gradient);
        if advanced > 0 {
            let mut resumed = std::mem::replace(&mut self.resumed, model.zero_state(0));
            zero(&mut resumed, model, batch);
            for index in (0..advanced).rev() {
                self.kept.restore(index, &mut resumed);
                loss.add(self.part_back(model, passage, index, noise, &mut resumed, gradient)?);
                at_border(first_step(&self.parts, index), &mut self.state_gradient);
            }
            self.resumed = resumed;
        }
        Ok(Some(loss))
    }

    /// Lays out part `index` and gives its noise.
    fn lay_out(
        &mut self,
        passage: Passage<'_>,
        index: usize,
        noise: Option<Noise>,
    ) -> Option<Noise> {
        let Passage { set, rows, steps } = passage;
        let part = self.parts.part(index, steps);
        self.window.fill_part(set, rows, &part, steps);
        noise.map(|noise| noise.after(part.start - steps.start))
    }

    /// Moves the state on over part `index`.
    fn advance(
        &mut self,
        model: &Model,
        passage: Passage<'_>,
        index: usize,
        noise: Option<Noise>,
        state: &mut State,
    ) -> Result<(), Failure> {
        let noise = self.lay_out(passage, index, noise);
        let (batch, inputs) = (self.window.batch(), self.window.inputs());
        model
            .advance(&batch, &inputs, state, noise, &mut self.tape)
            .map_err(overflow("a number on its way through the model"))
    }

    /// Forward and back through part `index`: its loss, the gradient added, the state moved on and the state's gradient
    /// moved back.
    fn part_back(
        &mut self,
        model: &Model,
        passage: Passage<'_>,
        index: usize,
        noise: Option<Noise>,
        state: &mut State,
        gradient: &mut [f32],
    ) -> Result<LossSum, Failure> {
        let Passage { set, rows, steps } = passage;
        let noise = self.lay_out(passage, index, noise);
        let (batch, inputs) = (self.window.batch(), self.window.inputs());
        let (tape, outputs) = (&mut self.tape, &mut self.outputs);
        model
            .forward_training(&batch, &inputs, state, noise, tape, outputs)
            .map_err(overflow("a number on its way through the model"))?;
        let count = self.parts.count(steps);
        let every_step = set.supervision == Supervision::EveryStep;
        let mut loss = LossSum::default();
        let mut output_gradient = None;
        if every_step || index + 1 == count {
            let weights = self.class_weights.as_deref();
            loss = self
                .window
                .loss(outputs, weights, &mut self.output_gradient)?;
            if !loss.sum.is_finite() {
                return Err(Failure::NotFinite("the training loss"));
            }
            if every_step && count > 1 {
                // From the mean over the part's steps to the mean over all.
                let all = supervised_steps(set, rows, steps);
                let share = (loss.steps as f64 / all as f64) as f32;
                self.output_gradient
                    .iter_mut()
                    .for_each(|slope| *slope *= share);
            }
            output_gradient = Some(&self.output_gradient[..]);
        }
        check_state(state)?;
        model
            .backward_part(
                &batch,
                &inputs,
                tape,
                output_gradient,
                &mut self.state_gradient,
                gradient,
            )
            .map_err(overflow("a gradient on its way back through the model"))?;
        Ok(loss)
    }
}

/// Makes a state the zero state of so many sequences.
fn zero(state: &mut State, model: &Model, batch: usize) {
    if state.batch == batch {
        state.reset();
    } else {
        *state = model.zero_state(batch);
    }
}

fn check_state(state: &State) -> Result<(), Failure> {
    let finite = |values| first_not_finite(values).is_none();
    if finite(&state.hidden) && finite(&state.cell) {
        Ok(())
    } else {
        Err(Failure::NotFinite("the carried state"))
    }
}

fn overflow(what: &'static str) -> impl Fn(ModelError) -> Failure {
    move |error| {
        if is_overflow(&error) {
            Failure::NotFinite(what)
        } else {
            Failure::Other(TrainError::Model(error))
        }
    }
}
