//! Classes with their probabilities.

use crate::metrics::most_probable;

/// The probabilities of all classes, of one recording or of each of its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassProbabilities {
    pub(super) classes: usize,
    /// Logarithms, `[rows, classes]`: one row, or one for each step.
    pub(super) logarithms: Vec<f64>,
}

impl ClassProbabilities {
    /// Number of rows: 1 for a recording, or its steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.logarithms.len() / self.classes
    }

    /// Whether there is no row, which no recording has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.logarithms.is_empty()
    }

    /// The logarithms of the probabilities of a row, a number for each class.
    ///
    /// # Panics
    /// As indexing does, if there is no such row.
    #[must_use]
    pub fn logarithms(&self, row: usize) -> &[f64] {
        &self.logarithms[row * self.classes..][..self.classes]
    }

    /// The probabilities of a row; they sum to 1 within rounding.
    ///
    /// # Panics
    /// As indexing does, if there is no such row.
    pub fn probabilities(&self, row: usize) -> impl Iterator<Item = f64> {
        self.logarithms(row).iter().map(|one| one.exp())
    }

    /// The most probable class of a row, the first of equals.
    ///
    /// # Panics
    /// As indexing does, if there is no such row.
    #[must_use]
    pub fn class(&self, row: usize) -> usize {
        most_probable(self.logarithms(row))
    }
}
