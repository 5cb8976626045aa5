//! Keras: layers with their configuration and weights, in and out.
//!
//! A `.keras` file holds its weights in HDF5, which is read by Keras itself: the Python package hands over what
//! `layer.get_config()` and `layer.get_weights()` give, and builds layers from what is written here. The same weights, in the same
//! order, stand in RTNeural's files.
//!
//! Matrices are `[inputs, outputs]`. A GRU's blocks stand in the order z, r, h; its bias is `[2, 3H]` where the reset gate acts after
//! the product (`reset_after`), `[3H]` where it acts before. An LSTM's stand in the order i, f, c, o, which is PyTorch's.

mod configuration;
mod read;
mod recurrent;
mod write;

use serde_json::Value;

use crate::array::NamedArray;

pub use read::read;
pub use write::write;

/// A layer of Keras.
#[derive(Clone, Debug, PartialEq)]
pub struct KerasLayer {
    /// Name of its class, for example `GRU`.
    pub class: String,
    /// What `get_config()` gives.
    pub configuration: Value,
    /// What `get_weights()` gives, in that order.
    pub weights: Vec<NamedArray>,
}
