//! Times forward and forward + backward of one recurrent layer and prints one JSON document: the half of `make bench` that
//! runs in Rust.
//!
//! `time_recurrence --shapes 32,100,64,128;16,784,1,128 --threads 2 --cell gru`

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints its result"
)]

use std::time::Instant;

use tidegate_cells::{Batch, Cell, Engine, Gru, Lstm, Mgu, Reset, Rnn, Stack, State, Tape};

struct Options {
    shapes: Vec<[usize; 4]>,
    threads: usize,
    cell: Cell,
    seconds: f64,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        shapes: vec![[32, 100, 64, 128]],
        threads: 2,
        cell: Cell::Gru(Gru::default()),
        seconds: 2.0,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name}: a value is missing"))?;
        let wrong = |expected: &str| format!("{name}: {value:?} is not {expected}");
        match name.as_str() {
            "--shapes" => {
                let shape = |text: &str| {
                    let sizes: Result<Vec<usize>, _> = text.split(',').map(str::parse).collect();
                    sizes
                        .ok()
                        .and_then(|sizes| sizes.try_into().ok())
                        .ok_or_else(|| wrong("batch,steps,input,hidden;…"))
                };
                options.shapes = value.split(';').map(shape).collect::<Result<_, _>>()?;
            }
            "--threads" => {
                options.threads = value.parse().map_err(|_| wrong("a number of threads"))?
            }
            "--seconds" => {
                options.seconds = value.parse().map_err(|_| wrong("a number of seconds"))?
            }
            "--cell" => {
                options.cell = match value.as_str() {
                    "gru" => Cell::Gru(Gru::default()),
                    "gru-before" => Cell::Gru(Gru {
                        reset: Reset::Before,
                        ..Gru::default()
                    }),
                    "lstm" => Cell::Lstm(Lstm::default()),
                    "rnn" => Cell::Rnn(Rnn::default()),
                    "mgu" => Cell::Mgu(Mgu::default()),
                    _ => return Err(wrong("gru, gru-before, lstm, rnn or mgu")),
                }
            }
            _ => {
                return Err(format!(
                    "{name}: unknown option; there are --shapes, --threads, --cell and --seconds"
                ));
            }
        }
    }
    Ok(options)
}

/// Median of the seconds that `run` takes, over runs that fill `budget` seconds.
fn median(budget: f64, mut run: impl FnMut()) -> (f64, usize) {
    run();
    run();
    let begin = Instant::now();
    let mut seconds = Vec::new();
    while seconds.len() < 5 || begin.elapsed().as_secs_f64() < budget {
        let start = Instant::now();
        run();
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    (seconds[seconds.len() / 2], seconds.len())
}

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let options = options()?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()?
        .install(|| measure(&options))
}

fn measure(options: &Options) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut results = Vec::new();
    for &[batch_size, steps, inputs, hidden] in &options.shapes {
        let stack = Stack::new(options.cell, inputs, hidden);
        let numbers = |count: usize, scale: f32| -> Vec<f32> {
            (0..count)
                .map(|index| {
                    ((index as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32 - 0.5)
                        * scale
                })
                .collect()
        };
        let weights = numbers(stack.parameter_count(), 2.0 / (hidden as f32).sqrt());
        let mut engine = Engine::new(stack.clone(), &weights)?;
        let batch = Batch::full(steps, batch_size);
        let input = numbers(steps * batch_size * inputs, 2.0);
        let gradient = numbers(steps * batch_size * hidden, 0.1);
        let mut output = vec![0.0; gradient.len()];
        let mut state: State = stack.zero_state(batch_size);
        let (forward, forward_runs) = median(options.seconds, || {
            state.reset();
            engine
                .forward(&batch, &input, &mut state, &mut output)
                .expect("shapes fit");
        });
        let mut tape = Tape::new();
        let mut weight_gradient = vec![0.0; weights.len()];
        let (training, training_runs) = median(options.seconds, || {
            engine.set_weights(&weights).expect("weights fit");
            state.reset();
            engine
                .forward_training(&batch, &input, &mut state, None, &mut tape)
                .expect("shapes fit");
            state.reset();
            weight_gradient.fill(0.0);
            engine
                .backward(
                    &batch,
                    &weights,
                    &input,
                    &mut tape,
                    &gradient,
                    &mut state,
                    &mut weight_gradient,
                    None,
                )
                .expect("shapes fit");
        });
        for (work, seconds, runs) in [
            ("forward", forward, forward_runs),
            ("training", training, training_runs),
        ] {
            results.push(format!(
                "{{\"engine\":\"tidegate\",\"instruction_set\":\"{}\",\"cell\":\"{}\",\"work\":\"{work}\",\"batch\":{batch_size},\"steps\":{steps},\
                 \"input\":{inputs},\"hidden\":{hidden},\"threads\":{},\"median_seconds\":{seconds:e},\"runs\":{runs}}}",
                engine.instruction_set(),
                options.cell.name(),
                options.threads,
            ));
        }
    }
    println!("[{}]", results.join(",\n "));
    Ok(())
}
