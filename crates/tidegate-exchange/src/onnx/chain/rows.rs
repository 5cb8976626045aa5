//! The rows that leave a layer, as the values of a graph lie.

use super::tags::{complete, rows};

/// Values of the last layer's rows.
pub(super) struct Rows {
    /// Of each value, its place among them.
    pub(super) places: Vec<usize>,
    pub(super) steps: Option<usize>,
    pub(super) batch: usize,
    pub(super) width: usize,
}

impl Rows {
    /// Number of rows.
    pub(super) fn count(&self) -> usize {
        self.steps.unwrap_or(1) * self.batch
    }

    /// The rows in the order of the values, where these are all rows, whole.
    pub(super) fn whole_rows(&self) -> Option<Vec<usize>> {
        rows(&self.as_tags(), self.count(), self.width)
    }

    /// Whether all values are there once, in any order.
    pub(super) fn complete(&self) -> bool {
        complete(&self.as_tags(), self.count() * self.width)
    }

    fn as_tags(&self) -> Vec<i64> {
        self.places.iter().map(|&place| place as i64).collect()
    }
}
