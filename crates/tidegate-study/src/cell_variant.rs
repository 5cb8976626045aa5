//! How the cells that are compared look in charts.

pub use tidegate_cells::CellVariant;

/// The look of a cell in every chart: see [`crate::chart::Line::look`].
pub(crate) fn look(cell: CellVariant) -> usize {
    match cell {
        CellVariant::Gru => 0,
        CellVariant::Lstm => 1,
        CellVariant::Rnn => 2,
        CellVariant::GruBefore => 3,
        CellVariant::LstmPeephole => 4,
        CellVariant::Mgu => 5,
        CellVariant::RnnRelu => 6,
    }
}
