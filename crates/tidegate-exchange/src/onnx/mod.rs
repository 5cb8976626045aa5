//! ONNX, in and out.
//!
//! [`Graph::read`] takes a model's graph as it stands and checks every operator; [`Graph::run`] computes what it says;
//! [`Graph::to_network`] recognises the chain of layers in it; [`write()`](write()) writes a network with real GRU, LSTM or RNN
//! operators, and [`ForecasterGraph`] a forecaster. Single precision is computed; tensors of other floating-point types are refused by name.
//!
//! Operator sets 7 to 28 are read. Subgraphs (If, Loop, Scan), functions, sequences, maps, sparse tensors and values in other
//! files are refused by name.

mod advance;
mod attributes;
mod chain;
mod constant;
mod footprint;
mod graph;
mod mark;
mod messages;
mod metadata;
mod node;
mod operators;
mod port;
mod read;
mod recurrent;
mod run;
mod tensor;
mod trial;
mod write;

pub use chain::Chain;
pub use graph::{Graph, PlainNode};
pub(crate) use mark::may_be_model;
pub use metadata::with_metadata;
pub use port::{Dimension, Port};
pub use tensor::{ElementType, Tensor, Values};
pub use write::{
    ForecasterDifference, ForecasterGraph, Preset, WindowScaling, largest_difference, write,
};
