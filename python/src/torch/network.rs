//! The network that a call means, and what is kept for its next call: engines and tapes, so that a call of a small network
//! neither makes an engine nor asks the system for memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::{PyResult, pyfunction};
use tidegate_cells::{
    Activation, Cell, Engine, Gru, Lstm, Reset, Rnn, Stack, State, Tape, Weights,
};

use crate::error::Outcome;

/// Bytes of engines and tapes that are kept between calls, at most.
const KEPT: usize = 256 << 20;

/// Bytes that are kept now.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// The networks that were called, by what they are.
static NETWORKS: LazyLock<Mutex<HashMap<Description, Arc<Network>>>> =
    LazyLock::new(Mutex::default);

/// Networks that are remembered, at most: a program that makes ever new ones begins anew.
const REMEMBERED: usize = 1024;

/// What a call says about its network; sizes are those of its weights.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Description {
    pub(crate) kind: String,
    pub(crate) input_size: usize,
    pub(crate) hidden_size: usize,
    pub(crate) layers: usize,
    pub(crate) bidirectional: bool,
    /// Bits of the rates of dropout, recurrent dropout, and zoneout of the hidden and of the cell state.
    pub(crate) rates: [u32; 4],
}

impl Description {
    fn stack(&self) -> PyResult<Stack> {
        let cell = match &*self.kind {
            "gru" => Cell::Gru(Gru::default()),
            "gru_reset_before" => Cell::Gru(Gru {
                reset: Reset::Before,
                ..Gru::default()
            }),
            "lstm" => Cell::Lstm(Lstm::default()),
            "rnn_tanh" => Cell::Rnn(Rnn::default()),
            "rnn_relu" => Cell::Rnn(Rnn {
                activation: Activation::Relu,
            }),
            kind => {
                return Err(PyValueError::new_err(format!(
                    "kind {kind:?} is none of gru, gru_reset_before, lstm, rnn_tanh, rnn_relu"
                )));
            }
        };
        let [dropout, recurrent_dropout, zoneout, zoneout_cell] = self.rates.map(f32::from_bits);
        Ok(Stack {
            layers: self.layers,
            bidirectional: self.bidirectional,
            dropout,
            recurrent_dropout,
            zoneout,
            zoneout_cell,
            ..Stack::new(cell, self.input_size, self.hidden_size)
        })
    }
}

/// A network with what is kept for its next call.
pub(crate) struct Network {
    pub(crate) stack: Stack,
    /// Shapes of the tensors of [`Stack::tensors`].
    pub(crate) shapes: Vec<Vec<usize>>,
    workspaces: Mutex<Vec<Workspace>>,
    tapes: Mutex<Vec<Tape>>,
}

/// An engine, whose weights are those of its last call, and a state.
pub(crate) struct Workspace {
    pub(crate) engine: Engine,
    pub(crate) state: State,
}

impl Workspace {
    fn bytes(&self) -> usize {
        let state = self.state.hidden.capacity() + self.state.cell.capacity();
        self.engine.memory_bytes() + state * size_of::<f32>()
    }

    /// The state of `batch` sequences, from the given values or zeros.
    pub(crate) fn begin(&mut self, batch: usize, hidden: Option<&[f32]>, cell: Option<&[f32]>) {
        let stack = self.engine.stack();
        let length = stack.layers * stack.directions() * batch * stack.hidden_size;
        let cell_length = if stack.cell.carries_cell() { length } else { 0 };
        self.state.batch = batch;
        fill(&mut self.state.hidden, hidden, length);
        fill(&mut self.state.cell, cell, cell_length);
    }
}

/// Sets `target` to the given values, or to `length` zeros.
fn fill(target: &mut Vec<f32>, values: Option<&[f32]>, length: usize) {
    target.clear();
    match values {
        Some(values) => target.extend_from_slice(values),
        None => target.resize(length, 0.0),
    }
}

impl Network {
    /// The network that `description` means.
    ///
    /// # Errors
    /// `ValueError` for an unknown kind or an option out of its range.
    pub(crate) fn find(description: Description) -> Outcome<Arc<Network>> {
        let mut networks = lock(&NETWORKS);
        if let Some(network) = networks.get(&description) {
            return Ok(network.clone());
        }
        let stack = description.stack()?;
        stack.validate()?;
        let shapes = stack.tensors().into_iter().map(|tensor| tensor.shape);
        let network = Arc::new(Network {
            shapes: shapes.collect(),
            stack,
            workspaces: Mutex::default(),
            tapes: Mutex::default(),
        });
        let forgotten = if networks.len() >= REMEMBERED {
            std::mem::take(&mut *networks)
        } else {
            HashMap::new()
        };
        networks.insert(description, network.clone());
        // What networks keep is freed while no other call waits for the lock.
        drop(networks);
        drop(forgotten);
        Ok(network)
    }

    /// A kept engine with these weights, or a new one.
    ///
    /// # Errors
    /// Weights that do not fit or are not finite.
    pub(crate) fn workspace(
        &self,
        weights: Weights<'_>,
    ) -> Result<Workspace, tidegate_cells::Error> {
        let kept = lock(&self.workspaces).pop();
        if let Some(mut workspace) = kept {
            HELD.fetch_sub(workspace.bytes(), Ordering::Relaxed);
            workspace.engine.set_weights(weights)?;
            return Ok(workspace);
        }
        Ok(Workspace {
            engine: Engine::new(self.stack.clone(), weights)?,
            state: self.stack.zero_state(0),
        })
    }

    /// A kept engine with whatever weights it has, or a new one with the given ones: for a backward pass, which takes the
    /// weights as an argument. (What it reads of an engine's own are peepholes, and PyTorch's cells have none.)
    ///
    /// # Errors
    /// Weights that do not fit or are not finite.
    pub(crate) fn any_workspace(
        &self,
        weights: Weights<'_>,
    ) -> Result<Workspace, tidegate_cells::Error> {
        let kept = lock(&self.workspaces).pop();
        if let Some(workspace) = kept {
            HELD.fetch_sub(workspace.bytes(), Ordering::Relaxed);
            return Ok(workspace);
        }
        self.workspace(weights)
    }

    /// A kept tape, or a new one.
    pub(crate) fn tape(&self) -> Tape {
        let kept = lock(&self.tapes).pop();
        if let Some(tape) = kept {
            HELD.fetch_sub(bytes(&tape), Ordering::Relaxed);
            return tape;
        }
        Tape::new()
    }

    /// Keeps an engine for the next call, if there is room.
    pub(crate) fn keep_workspace(&self, workspace: Workspace) {
        if take_room(workspace.bytes()) {
            lock(&self.workspaces).push(workspace);
        }
    }

    /// Keeps a tape for the next call, if there is room.
    pub(crate) fn keep_tape(&self, tape: Tape) {
        if take_room(bytes(&tape)) {
            lock(&self.tapes).push(tape);
        }
    }

    fn release(&self) {
        let workspaces = std::mem::take(&mut *lock(&self.workspaces));
        let tapes = std::mem::take(&mut *lock(&self.tapes));
        let freed = workspaces.iter().map(Workspace::bytes).sum::<usize>();
        HELD.fetch_sub(
            freed + tapes.iter().map(bytes).sum::<usize>(),
            Ordering::Relaxed,
        );
    }
}

impl Drop for Network {
    /// A network that was forgotten while in use keeps engines and tapes until its last call ends.
    fn drop(&mut self) {
        self.release();
    }
}

fn bytes(tape: &Tape) -> usize {
    tape.memory_bytes() + tape.working_memory_bytes()
}

fn take_room(bytes: usize) -> bool {
    let fits = |held: usize| Some(held + bytes).filter(|held| *held <= KEPT);
    HELD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
        .is_ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives back the memory that is kept between calls.
#[pyfunction]
pub(crate) fn torch_release_memory() {
    for network in lock(&NETWORKS).values() {
        network.release();
    }
}

/// Bytes that are kept between calls.
#[pyfunction]
pub(crate) fn torch_kept_memory() -> usize {
    HELD.load(Ordering::Relaxed)
}
