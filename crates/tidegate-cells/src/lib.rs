//! Equations of recurrent cells and the fused kernels that run them over sequences, on slices.
//!
//! A cell is its equations (`cells/`, one file each); everything else is written once for all cells: packing, products,
//! the recurrence, the tape, the reverse recurrence, weight gradients, layers, directions, ragged batches, dropout,
//! threads, the one-step path and the gate trace. This crate knows no file, no model and no training.
//!
//! ```
//! use tidegate_cells::{Batch, Cell, Engine, Gru, Stack};
//!
//! let stack = Stack::new(Cell::Gru(Gru::default()), 3, 8);
//! let weights = vec![0.1; stack.parameter_count()];
//! let engine = Engine::new(stack.clone(), &weights)?;
//! let batch = Batch::full(5, 2);
//! let mut state = stack.zero_state(2);
//! let mut output = vec![0.0; 5 * 2 * stack.output_size()];
//! engine.forward(&batch, &vec![0.5; 5 * 2 * 3], &mut state, &mut output)?;
//! # Ok::<(), tidegate_cells::Error>(())
//! ```

mod batch;
mod cell_variant;
mod cells;
mod engine;
mod equations;
mod error;
mod finite;
mod instruction_set;
mod kernels;
mod linear;
mod memory;
mod noise;
mod packed_steps;
pub mod reference;
mod room;
mod stack;
mod state;
mod tape;
mod tensor;
mod trace;
mod vectorised;
mod weights;

pub use batch::Batch;
pub use cell_variant::{CellVariant, UnknownCell};
pub use cells::*;
pub use engine::{Engine, StepScratch};
pub use equations::Activation;
pub use error::{Error, check_length};
pub use finite::first_not_finite;
pub use instruction_set::InstructionSet;
pub use linear::Linear;
pub use noise::{Noise, mix};
pub use room::make_room;
pub use stack::Stack;
pub use state::State;
pub use tape::Tape;
pub use tensor::Tensor;
pub use trace::{GateTrace, Trace};
pub use vectorised::vectorised;
pub use weights::{WeightGradient, Weights};
