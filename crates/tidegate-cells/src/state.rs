//! The recurrent state, which the caller owns.

/// State of every layer and direction for a batch of sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Number of sequences B.
    pub batch: usize,
    /// Hidden state `[layers · directions, B, hidden_size]`.
    pub hidden: Vec<f32>,
    /// Cell state, the same shape for an LSTM and empty for the other cells.
    pub cell: Vec<f32>,
}

impl State {
    /// Sets every value to zero, the state before the first step.
    pub fn reset(&mut self) {
        self.hidden.fill(0.0);
        self.cell.fill(0.0);
    }
}
