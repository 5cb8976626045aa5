//! What `tidegate.exchange` computes with: chains of layers from the files and modules of other libraries.

mod named;
mod network;
mod options;
mod stream;

pub(crate) use named::{replace_file, state_dict_bytes};
pub(crate) use network::NetworkObject;
pub(crate) use stream::NetworkStreamObject;
