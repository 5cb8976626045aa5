//! Times training, and counts the bytes that it holds at its peak, as steps, batch, hidden size and layers grow, and
//! prints one JSON document: the half of `bench/growth.py` that runs in Rust.
//!
//! `time_growth --threads 2 --seconds 1`

#![allow(clippy::print_stdout, reason = "a program that prints its result")]

#[path = "../tests/support/counting_allocator.rs"]
mod counting_allocator;

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use counting_allocator::{Counting, peak};
use tidegate_cells::{Cell, Gru, InstructionSet, Stack};
use tidegate_data::{
    DataError, InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets,
};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{Event, TrainError, Training, train};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Input features of every network.
const INPUTS: usize = 16;

/// Steps of a window of truncated back-propagation.
const WINDOW: usize = 100;

/// The limit of the curve that has one.
const LIMIT: u64 = 32 << 20;

/// How a sequence is gone back through.
#[derive(Clone, Copy)]
enum Method {
    /// With the tape of all steps.
    Whole,
    /// In the longest parts below [`LIMIT`].
    Limited,
    /// In the parts of about √T steps that take the least memory.
    Least,
    /// Truncated to windows.
    Truncated,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Method::Whole => "whole",
            Method::Limited => "limited",
            Method::Least => "least",
            Method::Truncated => "truncated",
        }
    }
}

/// One point of a curve.
#[derive(Clone, Copy)]
struct Point {
    curve: &'static str,
    method: Method,
    steps: usize,
    batch: usize,
    hidden: usize,
    layers: usize,
}

fn points() -> Vec<Point> {
    let base = Point {
        curve: "steps",
        method: Method::Whole,
        steps: 100,
        batch: 4,
        hidden: 64,
        layers: 1,
    };
    let mut points = Vec::new();
    for method in [
        Method::Whole,
        Method::Limited,
        Method::Least,
        Method::Truncated,
    ] {
        for steps in [100, 316, 1_000, 3_162, 10_000, 31_623, 100_000] {
            points.push(Point {
                method,
                steps,
                ..base
            });
        }
    }
    for exponent in 0..=8 {
        points.push(Point {
            curve: "batch",
            batch: 1 << exponent,
            ..base
        });
    }
    for exponent in 5..=11 {
        points.push(Point {
            curve: "hidden",
            hidden: 1 << exponent,
            batch: 64,
            steps: 20,
            ..base
        });
    }
    for layers in [1, 2, 4, 8] {
        points.push(Point {
            curve: "layers",
            layers,
            batch: 16,
            hidden: 128,
            ..base
        });
    }
    points
}

fn set(sequences: usize, steps: usize) -> Result<SequenceSet, DataError> {
    let number = |index: usize| {
        (index as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32 * 2.0 - 1.0
    };
    let sequence = |row: usize| Sequence {
        inputs: Inputs::Features {
            size: INPUTS,
            values: (0..steps * INPUTS)
                .map(|index| number(row + index))
                .collect(),
        },
        targets: Targets::Values((0..steps).map(|step| number(7 * row + step)).collect()),
    };
    SequenceSet::new(
        InputKind::Features { size: INPUTS },
        TargetKind::Values { size: 1 },
        Supervision::EveryStep,
        (0..sequences).map(sequence).collect(),
    )
}

impl Point {
    fn training(
        &self,
        configuration: &ModelConfiguration,
        set: &SequenceSet,
    ) -> Result<Training, TrainError> {
        let training = Training {
            epochs: usize::MAX,
            batch_size: self.batch,
            ..Training::default()
        };
        let limited = |limit| Training {
            memory_limit: Some(limit),
            ..training.clone()
        };
        Ok(match self.method {
            Method::Whole => training,
            Method::Limited => limited(LIMIT),
            Method::Least => match limited(0).plan_memory(configuration, set) {
                Err(TrainError::Memory { needed, .. }) => limited(needed),
                other => {
                    other?;
                    training
                }
            },
            Method::Truncated => Training {
                window: Some(WINDOW),
                ..training
            },
        })
    }

    /// One line of JSON.
    fn measure(&self, seconds: f64) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut stack = Stack::new(Cell::Gru(Gru::default()), INPUTS, self.hidden);
        stack.layers = self.layers;
        let configuration =
            ModelConfiguration::new(InputLayer::Features, stack, 1, Readout::EveryStep);
        let (train_set, valid) = (set(self.batch, self.steps)?, set(1, 1)?);
        let training = self.training(&configuration, &train_set)?;
        let plan = training.plan_memory(&configuration, &train_set)?;
        let mut times = Vec::new();
        let mut result = Ok(());
        let bytes = peak(|| {
            result = passes(
                &configuration,
                &train_set,
                &valid,
                &training,
                seconds,
                &mut times,
            );
        });
        result?;
        times.sort_by(f64::total_cmp);
        Ok(format!(
            "{{\"curve\": \"{}\", \"method\": \"{}\", \"steps\": {}, \"batch\": {}, \"input\": {INPUTS}, \"hidden\": {}, \
             \"layers\": {}, \"part\": {}, \"passes\": {}, \"median_seconds\": {:e}, \"peak_bytes\": {bytes}, \
             \"counted_bytes\": {}}}",
            self.curve,
            self.method.name(),
            self.steps,
            self.batch,
            self.hidden,
            self.layers,
            plan.part.map_or("null".to_owned(), |part| part.to_string()),
            times.len(),
            times[times.len() / 2],
            plan.bytes,
        ))
    }
}

/// Trains until so many seconds are filled, and takes the time of each pass over the training set but the first, in
/// which the buffers are made.
fn passes(
    configuration: &ModelConfiguration,
    train_set: &SequenceSet,
    valid: &SequenceSet,
    training: &Training,
    seconds: f64,
    times: &mut Vec<f64>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut model = Model::new(configuration.clone(), 1)?;
    let stop = AtomicBool::new(false);
    let begin = Instant::now();
    let (mut start, mut last) = (begin, begin);
    let mut observer = |event: Event| match event {
        Event::EpochStarted { .. } => start = Instant::now(),
        Event::UpdateDone { .. } => last = Instant::now(),
        Event::EpochDone { epoch } => {
            if epoch.epoch > 1 {
                times.push((last - start).as_secs_f64());
            }
            // Records of very many passes would take memory of their own.
            let filled = begin.elapsed().as_secs_f64() > seconds || times.len() >= 500;
            let filled = filled && times.len() >= 3;
            stop.store(filled, Ordering::Relaxed);
        }
        _ => {}
    };
    train(
        &mut model,
        train_set,
        valid,
        training,
        None,
        &mut observer,
        &stop,
    )?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (mut threads, mut seconds) = (2, 1.0);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name}: a value is missing"))?;
        match name.as_str() {
            "--threads" => threads = value.parse()?,
            "--seconds" => seconds = value.parse()?,
            _ => {
                return Err(
                    format!("{name}: unknown option; there are --threads and --seconds").into(),
                );
            }
        }
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let measure = |point: Point| pool.install(|| point.measure(seconds));
    let lines: Vec<String> = points()
        .into_iter()
        .map(measure)
        .collect::<Result<_, _>>()?;
    println!(
        "{{\"instruction_set\": \"{}\", \"threads\": {threads}, \"window\": {WINDOW}, \"limit_bytes\": {LIMIT}, \"points\": [\n{}\n]}}",
        InstructionSet::detect()?,
        lines.join(",\n")
    );
    Ok(())
}
