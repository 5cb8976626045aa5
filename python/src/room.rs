//! Memory is asked for before a computation takes it: where there is not enough, Python gets an exception and lives on.

use pyo3::PyErr;
use pyo3::exceptions::PyMemoryError;
use tidegate_cells::{InstructionSet, Stack};

use crate::error::Outcome;
use crate::sequences::Sequences;

/// Less is not asked for.
const FROM: u64 = 1 << 26;

/// Checks that the machine would give `bytes` for `what`.
///
/// # Errors
/// `MemoryError` if it would not.
pub(crate) fn require(bytes: u64, what: impl FnOnce() -> String) -> Outcome<()> {
    if bytes < FROM {
        return Ok(());
    }
    let mut room: Vec<u8> = Vec::new();
    let is_there = usize::try_from(bytes).is_ok_and(|bytes| room.try_reserve_exact(bytes).is_ok());
    // Else the compiler may leave out memory that nothing uses.
    std::hint::black_box(&room);
    if is_there {
        return Ok(());
    }
    let gibibytes = bytes as f64 / (1u64 << 30) as f64;
    let message = format!("{} would take about {gibibytes:.1} GiB of memory", what());
    Err(PyErr::new::<PyMemoryError, _>(message).into())
}

/// Bytes of parameters: as they are drawn, as they are kept and as they are packed.
pub(crate) fn of_parameters(count: usize, packed: u64) -> u64 {
    packed.saturating_add(floats(&[count, 2]))
}

/// Bytes of states of this many sequences, as they are given and as the engine holds them.
pub(crate) fn of_states(stack: &Stack, batch: usize) -> u64 {
    floats(&[
        4,
        stack.layers,
        stack.directions(),
        batch,
        stack.hidden_size,
    ])
}

/// Bytes of what a pass over whole sequences holds: the outputs of a layer and of the one below.
pub(crate) fn of_pass(stack: &Stack, sequences: &Sequences) -> u64 {
    floats(&[2, sequences.steps, sequences.batch, stack.output_size()])
}

/// Bytes of a stream's working memory: inputs, products and outputs of a step.
pub(crate) fn of_stream(stack: &Stack, outputs: usize, batch: usize) -> u64 {
    let row = stack.hidden_size.saturating_mul(stack.cell.blocks() + 6);
    let row = row.saturating_add(stack.input_size).saturating_add(outputs);
    of_states(stack, batch).saturating_add(floats(&[batch, row]))
}

/// Bytes of a trace: the tape, the gates taken from it and their arrays.
pub(crate) fn of_trace(stack: &Stack, set: InstructionSet, sequences: &Sequences) -> u64 {
    stack.tape_bytes(set, &sequences.batch()).saturating_mul(3)
}

fn floats(sizes: &[usize]) -> u64 {
    let product = |product: u64, &size: &usize| product.saturating_mul(size as u64);
    sizes.iter().fold(size_of::<f32>() as u64, product)
}
