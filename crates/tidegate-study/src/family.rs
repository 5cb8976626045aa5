//! The families of cells that the sentences of the textbooks speak of.

use crate::cell_variant::CellVariant;

/// A family: its variants, the usual one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Gru,
    Lstm,
    Rnn,
}

impl Family {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Family::Gru => "gru",
            Family::Lstm => "lstm",
            Family::Rnn => "rnn",
        }
    }

    /// The first of its variants among these cells.
    pub(crate) fn among(self, cells: &[CellVariant]) -> Option<CellVariant> {
        let variants = match self {
            Family::Gru => [CellVariant::Gru, CellVariant::GruBefore],
            Family::Lstm => [CellVariant::Lstm, CellVariant::LstmPeephole],
            Family::Rnn => [CellVariant::Rnn, CellVariant::RnnRelu],
        };
        variants.into_iter().find(|variant| cells.contains(variant))
    }
}
