//! Tidegate as an engine of the bench: answers its requests to check and time one layer, and measures the machine's peak.
//!
//! `bench/run.py` starts it: `bench_engine --threads 2`. With `--naive` the layer is computed by plain loops instead.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "answers are lines on standard output, a failure is one on standard error"
)]

mod case;
mod layer;
mod naive;
mod peak;
mod service;
mod timing;

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};
use tidegate_cells::InstructionSet;

use crate::case::Case;
use crate::service::{Failure, Prepared, Service};

struct Tidegate {
    naive: bool,
}

impl Service for Tidegate {
    fn greeting(&self) -> Result<Value, Failure> {
        Ok(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "instruction_set": InstructionSet::detect()?.to_string(),
        }))
    }

    fn prepare(&self, case: &Case, folder: &Path) -> Result<Box<dyn Prepared>, Failure> {
        if self.naive {
            return Ok(Box::new(naive::Layer::new(case, folder)?));
        }
        layer::prepare(case, folder)
    }

    fn measure(&self, action: &str) -> Result<Value, Failure> {
        match action {
            "peak" => Ok(peak::measure()),
            _ => Err(format!("{action:?}: unknown action").into()),
        }
    }
}

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Failure> {
    let naive = std::env::args().any(|argument| argument == "--naive");
    rayon::ThreadPoolBuilder::new()
        .num_threads(service::threads()?)
        .build()?
        .install(|| service::serve(&Tidegate { naive }))
}
