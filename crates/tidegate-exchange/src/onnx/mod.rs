//! ONNX, in and out.
//!
//! [`Graph::read`] takes a model's graph as it stands and checks every operator; [`Graph::run`] computes what it says;
//! [`Graph::to_network`] recognises the chain of layers in it; [`write()`](write()) writes a network with real GRU, LSTM or RNN
//! operators. Single precision is computed; tensors of other floating-point types are refused by name.

mod graph;
mod tensor;
mod write;

pub use graph::{Dimension, Graph, PlainNode, Port};
pub use tensor::{ElementType, Tensor, Values};
pub use write::{Preset, largest_difference, write};
