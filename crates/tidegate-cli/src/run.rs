//! `tidegate run`: a network over a sequence, whole or step by step.

pub(crate) mod arguments;
mod graph;
mod numbers;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use clap::error::ErrorKind;
use tidegate_cells::Batch;
use tidegate_data::{NumberArray, npy_bytes};
use tidegate_exchange::{Input, NetworkRunner, NetworkStream};
use tidegate_model::{BatchInputs, replace_file};

use crate::compare::misuse;
use crate::failure::Failure;
use crate::foreign::{Foreign, Opened, open};
use crate::outputs::check_outputs;
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::standard_output::print;
use crate::visible::visible;
use arguments::RunArguments;

/// What was computed.
struct Found {
    shape: Vec<usize>,
    values: Vec<f32>,
    notes: Vec<String>,
}

pub(crate) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let RunArguments {
        model,
        data,
        output,
        ..
    } = arguments;
    if let Some(output) = output {
        if !has_extension(output, "npy") && !has_extension(output, "csv") {
            let message =
                "--output is a NumPy array (.npy) or rows of numbers (.csv): its name says which"
                    .to_owned();
            misuse(&["run"], ErrorKind::ValueValidation, message).exit()
        }
        check_outputs(&[output], &[model, data])?;
    }
    let opened = open(model, &arguments.reading, &arguments.task)?;
    let array = NumberArray::read(data)?;
    let found = match opened {
        Opened::Network(foreign) => of_network(arguments, foreign, &array)?,
        Opened::Graph(_, reason) if arguments.step => {
            return Err(Failure::exchange(model, reason));
        }
        Opened::Graph(graph, reason) => graph::run(arguments, &graph, &reason, &array)?,
    };
    match output {
        None => print(&lines(&found)),
        Some(output) => {
            let (bytes, what) = match has_extension(output, "csv") {
                true => (lines(&found).into_bytes(), "the rows of an array"),
                false => (npy_bytes(&found.shape, &found.values), "an array"),
            };
            replace_file(output, &bytes).map_err(|error| Failure::write(output, error))?;
            let mut text = format!("Wrote {}: {what} {:?}.", output.display(), found.shape);
            for note in &found.notes {
                let _ = write!(text, " {note}");
            }
            print(&paragraph(&visible(&text), Page::of_standard_output().text))
        }
    }
}

fn has_extension(path: &Path, expected: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(expected))
}

/// Steps, sequences and the numbers in the order of the network.
enum Inputs {
    Features(Vec<f32>),
    Tokens(Vec<u32>),
}

impl Inputs {
    /// The part of so many positions from the first one.
    fn rows(&self, first: usize, count: usize, width: usize) -> BatchInputs<'_> {
        match self {
            Inputs::Features(values) => {
                BatchInputs::Features(&values[first * width..(first + count) * width])
            }
            Inputs::Tokens(tokens) => BatchInputs::Tokens(&tokens[first..first + count]),
        }
    }
}

fn of_network(
    arguments: &RunArguments,
    foreign: Foreign,
    array: &NumberArray,
) -> Result<Found, Failure> {
    // Rows of text are steps, whatever the file's own order.
    let (batch_first_input, batch_first_output) = match array.of_rows {
        true => (false, false),
        false => (foreign.batch_first_input, foreign.batch_first_output),
    };
    let (steps, batch, inputs) = inputs(
        &foreign.network.input,
        batch_first_input,
        array,
        &arguments.data,
    )?;
    let batched = array.shape.len() == 3
        || (array.shape.len() == 2 && matches!(inputs, Inputs::Tokens(_)) && batch > 1);
    let width = match foreign.network.input {
        Input::Features(width) => width,
        Input::Tokens { .. } => 1,
    };
    let exchange = |error| Failure::exchange(&arguments.model, error);
    let (every_step, size) = (foreign.network.every_step(), foreign.network.output_size());
    let runner = Arc::new(NetworkRunner::new(foreign.network).map_err(exchange)?);
    let mut notes = foreign.notes;
    let values = if arguments.step {
        let mut stream = NetworkStream::new(runner, batch).map_err(exchange)?;
        let mut values = Vec::new();
        for step in 0..steps {
            let stepped = stream
                .step(&inputs.rows(step * batch, batch, width))
                .map_err(|error| Failure::AtStep {
                    data: arguments.data.clone(),
                    step,
                    error: Box::new(error),
                })?;
            if !every_step {
                // What it would say if the sequence ended here.
                values.clear();
            }
            values.extend(stepped);
        }
        notes.push("It was fed step by step.".into());
        values
    } else {
        let mut states = runner.zero_states(batch);
        let all = inputs.rows(0, steps * batch, width);
        let outputs = runner
            .run(&Batch::full(steps, batch), &all, &mut states)
            .map_err(|error| Failure::exchange(&arguments.data, error))?;
        outputs.values
    };
    notes.push("Every layer ran in the engine.".into());
    let mut shape = if every_step { vec![steps] } else { Vec::new() };
    if batched {
        shape.push(batch);
    }
    shape.push(size);
    let turned = batched && every_step && batch_first_output;
    if turned {
        shape.swap(0, 1);
    }
    Ok(Found {
        shape,
        values: if turned {
            swapped(&values, steps, batch)
        } else {
            values
        },
        notes,
    })
}

/// `[second, first, …]` of an array `[first, second, …]`.
fn swapped<T: Copy>(values: &[T], first: usize, second: usize) -> Vec<T> {
    let width = values.len() / (first * second);
    let rows = (0..second).flat_map(|column| (0..first).map(move |row| row * second + column));
    rows.flat_map(|row| &values[row * width..(row + 1) * width])
        .copied()
        .collect()
}

/// Steps, sequences and inputs of a network from an array `[steps, features]` or `[steps, batch, features]`; of tokens
/// `[steps]`, `[steps, 1]` or `[steps, batch]`. With the batch first, `[batch, steps, features]` and `[batch, steps]`.
fn inputs(
    input: &Input,
    batch_first: bool,
    array: &NumberArray,
    path: &Path,
) -> Result<(usize, usize, Inputs), Failure> {
    let misfit = |expected: String| Failure::DataShape {
        data: path.to_owned(),
        shape: array.shape.clone(),
        expected,
    };
    let both = if batch_first {
        "batch, steps"
    } else {
        "steps, batch"
    };
    let (first, second) = match (input, &array.shape[..]) {
        (Input::Features(1), &[steps]) | (Input::Tokens { .. }, &[steps]) => (steps, None),
        (Input::Features(width), &[steps, features]) if features == *width => (steps, None),
        (Input::Features(width), &[first, second, features]) if features == *width => {
            (first, Some(second))
        }
        (Input::Tokens { .. }, &[first, second]) => (first, Some(second)),
        (Input::Features(width), _) => {
            return Err(misfit(format!("[steps, {width}] or [{both}, {width}]")));
        }
        (Input::Tokens { .. }, _) => return Err(misfit(format!("tokens, [steps] or [{both}]"))),
    };
    let (steps, batch) = match second {
        None => (first, 1),
        Some(second) if batch_first => (second, first),
        Some(second) => (first, second),
    };
    if steps * batch == 0 {
        return Err(misfit("at least one step and one sequence".into()));
    }
    let swap = batch_first && second.is_some();
    let inputs = match input {
        Input::Features(_) => {
            let values = numbers::floats(array, path)?;
            Inputs::Features(if swap {
                swapped(&values, batch, steps)
            } else {
                values
            })
        }
        Input::Tokens { .. } => {
            let tokens = numbers::tokens(array, path)?;
            Inputs::Tokens(if swap {
                swapped(&tokens, batch, steps)
            } else {
                tokens
            })
        }
    };
    Ok((steps, batch, inputs))
}

/// One line for each row of outputs, numbers separated by commas.
fn lines(found: &Found) -> String {
    let width = found.shape.last().copied().unwrap_or(1).max(1);
    let mut text = String::new();
    for row in found.values.chunks(width) {
        let numbers: Vec<String> = row.iter().map(f32::to_string).collect();
        text += &numbers.join(",");
        text.push('\n');
    }
    text
}
