//! What several test files need: reference vectors, named weights, relative errors.
//! No expectation about a cell lives here.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

pub(crate) mod closeness;
pub(crate) mod vectors;
pub(crate) mod weights;
