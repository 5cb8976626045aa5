//! How each question is answered from its runs; one file each.

pub(crate) mod data;
pub(crate) mod memory;
pub(crate) mod structure;
pub(crate) mod time;
