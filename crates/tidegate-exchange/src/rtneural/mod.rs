//! RTNeural: networks for audio, as JSON, in and out.
//!
//! Two kinds of file are read. Files of layers, `{"in_shape": […], "layers": […]}`, hold Keras' weights in Keras' order;
//! such a file is written too. Files of a PyTorch module's parameters, `{"gru.weight_ih_l0": [[…]], …}`, are read as
//! [`crate::pytorch`] reads a state; those that keep the parameters under `state_dict`, beside the `model_data` of the
//! recordings' trainers, as well.

mod json;
mod numbers;
mod read;
mod write;

pub use read::read;
pub use write::write;
