//! A network as an ONNX file.

use crate::error::ExchangeError;
use crate::network::Network;

/// What the written graph takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Whole sequences: `input [steps, batch, features]`, the initial states and the final ones.
    Sequence,
    /// One step: `input [batch, features]`, the states before it and after it.
    Step,
}

/// Writes `network` with real GRU, LSTM or RNN operators, to the same bytes each time.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names what ONNX's operators do not compute, or what a single step cannot.
pub fn write(network: &Network, preset: Preset) -> Result<Vec<u8>, ExchangeError> {
    let _ = (network, preset);
    Err(not_yet())
}

/// The largest difference of any output between `network` and the written `bytes`, both computed here on random inputs.
///
/// # Errors
/// Those of reading and running the file.
pub fn largest_difference(network: &Network, bytes: &[u8]) -> Result<f32, ExchangeError> {
    let _ = (network, bytes);
    Err(not_yet())
}

pub(super) fn not_yet() -> ExchangeError {
    ExchangeError::NoCounterpart {
        what: "this".into(),
        format: "ONNX",
        remedy: String::new(),
    }
}
