//! States that are kept at the beginning of parts.

use tidegate_cells::{State, make_room};

/// States of one shape, one after the other.
#[derive(Default)]
pub(crate) struct KeptStates {
    hidden: Vec<f32>,
    cell: Vec<f32>,
}

impl KeptStates {
    /// Makes room for so many states of the shape of `state`, and for no more.
    pub(crate) fn make_room(&mut self, count: usize, state: &State) {
        for (kept, values) in [
            (&mut self.hidden, &state.hidden),
            (&mut self.cell, &state.cell),
        ] {
            make_room(kept, count * values.len());
            kept.resize(count * values.len(), 0.0);
        }
    }

    /// Keeps the state at a place of its own.
    pub(crate) fn keep(&mut self, index: usize, state: &State) {
        for (kept, values) in [
            (&mut self.hidden, &state.hidden),
            (&mut self.cell, &state.cell),
        ] {
            kept[index * values.len()..][..values.len()].copy_from_slice(values);
        }
    }

    /// Writes the state that was kept there.
    pub(crate) fn restore(&self, index: usize, state: &mut State) {
        for (kept, values) in [
            (&self.hidden, &mut state.hidden),
            (&self.cell, &mut state.cell),
        ] {
            let length = values.len();
            values.copy_from_slice(&kept[index * length..][..length]);
        }
    }
}
