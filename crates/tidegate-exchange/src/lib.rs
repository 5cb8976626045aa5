//! Recurrent networks of other libraries, in and out: PyTorch, Keras, RTNeural and ONNX.
//!
//! Every format is read into a [`Network`] and written from one; a network that has the form of a
//! [`Model`](tidegate_model::Model) becomes one, and every model is a network. A forecaster is none, and goes to ONNX alone
//! ([`onnx::ForecasterGraph`]). What a file says is what is computed: what cannot be kept is refused by name. Nothing in a file
//! is run, and no more memory is taken than the file can fill.

mod array;
mod error;
mod format;
pub mod keras;
mod network;
pub mod onnx;
pub mod pytorch;
pub mod rtneural;
mod task;

pub use array::NamedArray;
pub use error::ExchangeError;
pub use format::FileKind;
pub use network::{
    Activation, Input, Layer, Network, NetworkOutputs, NetworkParts, NetworkRunner, NetworkStream,
};
pub use task::{TaskNetwork, TaskOptions};
