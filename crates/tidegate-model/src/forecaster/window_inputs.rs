//! What a forecaster is given to read.

/// Windows side by side, time-major, every number finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowInputs<'a> {
    /// Number of windows B.
    pub windows: usize,
    /// What is known up to now, `[window, B, past_size]`, of each row the targets first.
    pub past: &'a [f32],
    /// What is known ahead, `[horizon, B, known_size]`.
    pub known: &'a [f32],
}
