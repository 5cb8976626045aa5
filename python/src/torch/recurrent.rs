//! The forward and the backward pass of a recurrent network over PyTorch's tensors, and the trace of its gates.
//!
//! Python makes the tensors that results are written to; the engine holds them to the network's shapes.

use numpy::{IntoPyArray, PyArray1};
use pyo3::{Bound, PyAny, PyErr, Python, pyfunction};
use tidegate_cells::{Error, State, Tape, WeightGradient, Weights};

use super::call::{Arguments, Call};
use super::network::Workspace;
use super::tape::{self, TapeBuffer};
use super::tensor::{Memory, floats, written};
use super::threads;
use crate::error::Outcome;

/// Runs the network over the call's input and writes `results`: outputs, final hidden state and, where the cell has one, final
/// cell state. With `record`, returns the tape that a backward pass may take.
///
/// # Errors
/// `TypeError` and `ValueError` for tensors that do not fit and for values that are not finite.
#[pyfunction]
pub(crate) fn torch_forward<'py>(
    py: Python<'py>,
    arguments: Arguments<'py>,
    record: bool,
    threads: usize,
    results: Vec<Bound<'py, PyAny>>,
) -> Outcome<Option<TapeBuffer>> {
    let call = Call::read(py, arguments)?;
    let mut results = memories(&results)?;
    let weights = call.weights();
    let mut results = written(&mut results, &call.all_read(&weights))?;
    let (network, noise, batch) = (&call.network, call.noise, call.batch());
    let run = || -> Result<Tape, Error> {
        let [output, state @ ..] = &mut results[..] else {
            return Err(missing());
        };
        let mut workspace = network.workspace(Weights::Tensors(&weights))?;
        let [hidden, cell] = call.state();
        workspace.begin(call.sequences, hidden, cell);
        let Workspace {
            engine,
            state: final_state,
        } = &mut workspace;
        let mut tape = network.tape();
        let input = call.input.read();
        if record {
            engine.forward_training(&batch, input, final_state, noise, &mut tape)?;
            tape.copy_output(output)?;
        } else if noise.is_some() {
            engine.advance(&batch, input, final_state, noise, &mut tape)?;
            tape.copy_output(output)?;
        } else {
            engine.forward_with(&batch, input, final_state, output, &mut tape)?;
        }
        copy_state(final_state, state)?;
        network.keep_workspace(workspace);
        Ok(tape)
    };
    let tape = threads::run(py, threads, call.size(), run)??;
    if record {
        return Ok(Some(TapeBuffer::holding(network.clone(), tape)));
    }
    network.keep_tape(tape);
    Ok(None)
}

/// Gradients of what [`torch_forward`] computed from the same arguments, given those of its outputs and final state; each may be
/// missing. `results` takes the gradients of the input, if they are asked for, of the initial hidden and cell state and of the
/// weights. The tape is consumed; without one the forward pass is computed again, with the same bits.
///
/// # Errors
/// `TypeError` and `ValueError` for tensors that do not fit and for gradients that are not finite.
#[pyfunction]
#[allow(
    clippy::too_many_arguments,
    reason = "the inputs and outputs of a backward pass"
)]
pub(crate) fn torch_backward<'py>(
    py: Python<'py>,
    arguments: Arguments<'py>,
    tape: Option<usize>,
    threads: usize,
    gradients: [Option<Bound<'py, PyAny>>; 3],
    input_gradient: Option<Bound<'py, PyAny>>,
    state_gradients: Vec<Bound<'py, PyAny>>,
    weight_gradients: Vec<Bound<'py, PyAny>>,
) -> Outcome<()> {
    let call = Call::read(py, arguments)?;
    let [output, hidden, cell] = gradients;
    let given = |gradient: Option<Bound<'py, PyAny>>, what| {
        gradient.map(|gradient| floats(&gradient, what)).transpose()
    };
    let output = given(output, "the gradient of the output")?;
    let hidden = given(hidden, "the gradient of the final hidden state")?;
    let cell = given(cell, "the gradient of the final cell state")?;
    let [output, hidden, cell] =
        [&output, &hidden, &cell].map(|gradient| gradient.as_ref().map(Memory::read));
    let weights = call.weights();
    let mut read = call.all_read(&weights);
    read.extend([output, hidden, cell].into_iter().flatten());
    let with_input = input_gradient.is_some();
    let mut results = memories(
        input_gradient
            .iter()
            .chain(&state_gradients)
            .chain(&weight_gradients),
    )?;
    let mut results = written(&mut results, &read)?;
    let (network, batch, input) = (&call.network, call.batch(), call.input.read());
    let states = state_gradients.len();
    let run = || -> Result<(), Error> {
        let (input_gradient, rest) = results.split_at_mut(usize::from(with_input));
        let (state, weight_gradients) = rest.split_at_mut(states);
        weight_gradients
            .iter_mut()
            .for_each(|gradient| gradient.fill(0.0));
        let mut weight_gradients = with_empty_biases(weight_gradients, call.has_biases());
        let mut workspace;
        let mut tape = match tape.and_then(tape::take) {
            Some(tape) => {
                workspace = network.any_workspace(Weights::Tensors(&weights))?;
                tape
            }
            None => {
                workspace = network.workspace(Weights::Tensors(&weights))?;
                let [hidden, cell] = call.state();
                workspace.begin(call.sequences, hidden, cell);
                let Workspace { engine, state } = &mut workspace;
                let mut tape = network.tape();
                engine.forward_training(&batch, input, state, call.noise, &mut tape)?;
                tape
            }
        };
        workspace.begin(call.sequences, hidden, cell);
        let Workspace {
            engine,
            state: state_gradient,
        } = &mut workspace;
        let backward = engine.backward(
            &batch,
            Weights::Tensors(&weights),
            input,
            &mut tape,
            output.unwrap_or_default(),
            state_gradient,
            WeightGradient::Tensors(&mut weight_gradients),
            input_gradient.first_mut().map(|gradient| &mut **gradient),
        );
        backward?;
        copy_state(state_gradient, state)?;
        network.keep_workspace(workspace);
        network.keep_tape(tape);
        Ok(())
    };
    threads::run(py, threads, call.size(), run)??;
    Ok(())
}

/// A gate, candidate or state of one direction of a layer: its name, and its values in the order of the input's rows.
type Gate<'py> = (&'static str, Bound<'py, PyArray1<f32>>);

/// What every gate does over the call's input, in inference: layer by layer, direction by direction.
///
/// # Errors
/// Those of [`torch_forward`].
#[pyfunction]
pub(crate) fn torch_trace<'py>(
    py: Python<'py>,
    arguments: Arguments<'py>,
    threads: usize,
) -> Outcome<Vec<Gate<'py>>> {
    let call = Call::read(py, arguments)?;
    let weights = call.weights();
    let run = || -> Result<_, Error> {
        let mut workspace = call.network.workspace(Weights::Tensors(&weights))?;
        let [hidden, cell] = call.state();
        workspace.begin(call.sequences, hidden, cell);
        let Workspace { engine, state } = &mut workspace;
        let trace = engine.trace(&call.batch(), call.input.read(), state)?;
        call.network.keep_workspace(workspace);
        Ok(trace)
    };
    let trace = threads::run(py, threads, call.size(), run)??;
    let gates = trace.gates.into_iter();
    let gates = gates.map(|gate| (gate.name, gate.values.into_pyarray(py)));
    Ok(gates.collect())
}

fn memories<'a, 'py: 'a>(
    tensors: impl IntoIterator<Item = &'a Bound<'py, PyAny>>,
) -> Result<Vec<Memory>, PyErr> {
    let tensors = tensors.into_iter();
    tensors.map(|tensor| floats(tensor, "an output")).collect()
}

/// Copies a state to the tensors for its parts.
fn copy_state(state: &State, targets: &mut [&mut [f32]]) -> Result<(), Error> {
    for (target, values) in targets.iter_mut().zip([&state.hidden, &state.cell]) {
        tidegate_cells::check_length("state", target.len(), &[("values", values.len())])?;
        target.copy_from_slice(values);
    }
    Ok(())
}

/// The gradients in the order of the stack's tensors; those of biases that are not there are empty.
fn with_empty_biases<'a>(gradients: &'a mut [&mut [f32]], biases: bool) -> Vec<&'a mut [f32]> {
    let mut all: Vec<&mut [f32]> = Vec::with_capacity(2 * gradients.len());
    for (index, gradient) in gradients.iter_mut().enumerate() {
        all.push(gradient);
        if !biases && index % 2 == 1 {
            all.push(&mut []);
            all.push(&mut []);
        }
    }
    all
}

fn missing() -> Error {
    Error::Option {
        option: "results",
        reason: "outputs and final state are missing".into(),
    }
}
