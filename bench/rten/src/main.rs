//! rten as an engine of the bench. It reads the case's ONNX file, with its weights packed once.

#![allow(clippy::print_stdout, reason = "answers are lines on standard output")]

#[path = "../../../crates/tidegate-cells/examples/bench_engine/case.rs"]
mod case;
#[path = "../../../crates/tidegate-cells/examples/bench_engine/service.rs"]
mod service;
#[path = "../../../crates/tidegate-cells/examples/bench_engine/timing.rs"]
mod timing;

use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::Tensor;
use rten_tensor::prelude::*;
use serde_json::json;

use crate::case::{Case, Work};
use crate::service::{Failure, Prepared, Service};

struct Rten {
    pool: Arc<ThreadPool>,
}

impl Service for Rten {
    fn greeting(&self) -> Result<serde_json::Value, Failure> {
        let version = include_str!("../Cargo.lock")
            .split_once("name = \"rten\"\nversion = \"")
            .and_then(|(_, rest)| rest.split('"').next());
        Ok(json!({"version": version}))
    }

    fn prepare(&self, case: &Case, folder: &Path) -> Result<Box<dyn Prepared>, Failure> {
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load_file(folder.join("model.onnx"))?;
        let steps = case::read(folder, "input.f32")?;
        let carried = model.input_ids().len() - 1;
        let state = if case.work == Work::Step { carried } else { 0 };
        let width = case.steps * case.batch * case.input;
        let inputs: Vec<Tensor> = steps
            .chunks(width)
            .map(|values| Tensor::from_data(&[case.steps, case.batch, case.input], values.to_vec()))
            .collect();
        Ok(Box::new(Layer {
            input_ids: model.input_ids().to_vec(),
            output_ids: model.output_ids().to_vec(),
            options: RunOptions::default().with_thread_pool(Some(self.pool.clone())),
            state: (0..state)
                .map(|_| Tensor::<f32>::zeros(&[1, case.batch, case.hidden]).into())
                .collect(),
            results: Vec::new(),
            model,
            inputs,
        }))
    }
}

struct Layer {
    model: Model,
    input_ids: Vec<NodeId>,
    output_ids: Vec<NodeId>,
    options: RunOptions,
    inputs: Vec<Tensor>,
    /// Of a step: `h`, and `c` of an LSTM.
    state: Vec<Value>,
    /// Of a sequence: its outputs.
    results: Vec<Value>,
}

impl Layer {
    fn call(&mut self, index: usize) -> Result<(), Failure> {
        let mut inputs = vec![(self.input_ids[0], self.inputs[index].view().into())];
        let step = !self.state.is_empty();
        inputs.extend(
            self.input_ids[1..]
                .iter()
                .zip(self.state.drain(..))
                .map(|(&id, value)| (id, value.into())),
        );
        let results = self
            .model
            .run(inputs, &self.output_ids, Some(self.options.clone()))?;
        if step {
            self.state = results;
        } else {
            self.results = results;
        }
        Ok(())
    }
}

impl Prepared for Layer {
    fn run(&mut self) -> Result<(), Failure> {
        self.call(0)
    }

    fn outputs(&mut self) -> Result<Vec<f32>, Failure> {
        let mut values = Vec::new();
        for index in 0..self.inputs.len() {
            self.call(index)?;
            let results = if self.state.is_empty() {
                &self.results
            } else {
                &self.state
            };
            let output: rten_tensor::TensorView<f32> = results[0].as_view().try_into()?;
            values.extend(output.iter().copied());
        }
        Ok(values)
    }
}

fn main() -> Result<(), Failure> {
    let pool = Arc::new(ThreadPool::with_num_threads(service::threads()?));
    // Inside its own pool a run needs no hand-over between threads.
    let rten = Rten { pool: pool.clone() };
    pool.run(|| service::serve(&rten))
}
