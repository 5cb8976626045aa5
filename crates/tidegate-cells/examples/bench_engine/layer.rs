//! Tidegate's layer: forward, training and one step.

use std::path::Path;

use tidegate_cells::{Batch, Cell, Engine, Gru, Lstm, Reset, Stack, State, StepScratch, Tape};

use crate::case::{self, Case, Work};
use crate::service::{Failure, Prepared};

/// Reads the case's files and packs its weights.
pub(crate) fn prepare(case: &Case, folder: &Path) -> Result<Box<dyn Prepared>, Failure> {
    let cell = match case.cell.as_str() {
        "gru" => Cell::Gru(Gru::default()),
        "gru-before" => Cell::Gru(Gru {
            reset: Reset::Before,
            ..Gru::default()
        }),
        "lstm" => Cell::Lstm(Lstm::default()),
        name => return Err(format!("{name:?}: unknown cell").into()),
    };
    let stack = Stack::new(cell, case.input, case.hidden);
    let weights = case::read(folder, "weights.f32")?;
    let engine = Engine::new(stack.clone(), &weights)?;
    let input = case::read(folder, "input.f32")?;
    let state = stack.zero_state(case.batch);
    Ok(match case.work {
        Work::Forward => Box::new(Forward {
            engine,
            batch: Batch::full(case.steps, case.batch),
            input,
            state,
            output: vec![0.0; case.steps * case.batch * case.hidden],
        }),
        Work::Training => Box::new(Training {
            engine,
            batch: Batch::full(case.steps, case.batch),
            weight_gradient: vec![0.0; weights.len()],
            weights,
            input,
            gradient: case::read(folder, "gradient.f32")?,
            state,
            tape: Tape::new(),
        }),
        Work::Step => Box::new(Step {
            scratch: engine.step_scratch(case.batch),
            output: vec![0.0; case.batch * case.hidden],
            width: case.batch * case.input,
            engine,
            input,
            state,
        }),
    })
}

struct Forward {
    engine: Engine,
    batch: Batch<'static>,
    input: Vec<f32>,
    state: State,
    output: Vec<f32>,
}

impl Prepared for Forward {
    fn run(&mut self) -> Result<(), Failure> {
        self.state.reset();
        let Forward {
            engine,
            batch,
            input,
            state,
            output,
        } = self;
        Ok(engine.forward(batch, input, state, output)?)
    }

    fn outputs(&mut self) -> Result<Vec<f32>, Failure> {
        self.run()?;
        Ok(self.output.clone())
    }
}

/// Forward and backward with the weights packed anew, as after an update, and without the gradient of the input.
struct Training {
    engine: Engine,
    batch: Batch<'static>,
    weights: Vec<f32>,
    weight_gradient: Vec<f32>,
    input: Vec<f32>,
    gradient: Vec<f32>,
    state: State,
    tape: Tape,
}

impl Training {
    fn forward(&mut self) -> Result<(), Failure> {
        self.engine.set_weights(&self.weights)?;
        self.state.reset();
        self.engine.forward_training(
            &self.batch,
            &self.input,
            &mut self.state,
            None,
            &mut self.tape,
        )?;
        Ok(())
    }

    fn backward(&mut self) -> Result<(), Failure> {
        self.state.reset();
        self.weight_gradient.fill(0.0);
        self.engine.backward(
            &self.batch,
            &self.weights,
            &self.input,
            &mut self.tape,
            &self.gradient,
            &mut self.state,
            &mut self.weight_gradient,
            None,
        )?;
        Ok(())
    }
}

impl Prepared for Training {
    fn run(&mut self) -> Result<(), Failure> {
        self.forward()?;
        self.backward()
    }

    fn outputs(&mut self) -> Result<Vec<f32>, Failure> {
        self.forward()?;
        let mut values = self.tape.output().to_vec();
        self.backward()?;
        values.extend_from_slice(&self.weight_gradient);
        Ok(values)
    }
}

struct Step {
    engine: Engine,
    input: Vec<f32>,
    width: usize,
    state: State,
    scratch: StepScratch,
    output: Vec<f32>,
}

impl Prepared for Step {
    fn run(&mut self) -> Result<(), Failure> {
        let input = &self.input[..self.width];
        Ok(self
            .engine
            .step(input, &mut self.state, &mut self.scratch, &mut self.output)?)
    }

    fn outputs(&mut self) -> Result<Vec<f32>, Failure> {
        let mut values = Vec::new();
        for input in self.input.chunks(self.width) {
            self.engine
                .step(input, &mut self.state, &mut self.scratch, &mut self.output)?;
            values.extend_from_slice(&self.output);
        }
        Ok(values)
    }
}
