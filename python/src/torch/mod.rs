//! What `tidegate.torch` computes with: recurrent networks over PyTorch's tensors, where they lie in memory.
//!
//! `tensor.rs` reads tensors, `network.rs` says which network is meant and keeps its engines and tapes for the next call,
//! `tape.rs` lets a tape live as long as the tensor that stands for it, `threads.rs` holds to PyTorch's number of threads,
//! `call.rs` reads a call, `recurrent.rs` computes. Modules, custom operators and what autograd needs stand in `tidegate/torch/`.

pub(crate) mod call;
pub(crate) mod network;
pub(crate) mod recurrent;
pub(crate) mod tape;
pub(crate) mod tensor;
pub(crate) mod threads;
