//! The cells, one file each: options, equations on vectors, and the same equations in plain form for the reference.

pub(crate) mod gru;
pub(crate) mod lstm;
pub(crate) mod mgu;
pub(crate) mod rnn;
