//! The cells that a stack can be made of. A new cell is one file in `cells/` and one line in the list at the end.

use serde::{Deserialize, Serialize};

use crate::cells::gru::Gru;
use crate::cells::lstm::Lstm;
use crate::cells::mgu::Mgu;
use crate::cells::rnn::Rnn;
use crate::equations::Equations;
use crate::kernels::Kernels;

/// Calls `$body` with `$equations` bound to the equations of a cell: the one place that knows the list of cells.
macro_rules! with_equations {
    ($cell:expr, $equations:ident => $body:expr) => {
        match $cell {
            $crate::cell::Cell::Rnn($equations) => $body,
            $crate::cell::Cell::Lstm($equations) => $body,
            $crate::cell::Cell::Gru($crate::Gru {
                reset: $crate::Reset::After,
                candidate,
            }) => {
                let $equations = $crate::cells::gru::GruAfter { candidate };
                $body
            }
            $crate::cell::Cell::Gru($crate::Gru {
                reset: $crate::Reset::Before,
                candidate,
            }) => {
                let $equations = $crate::cells::gru::GruBefore { candidate };
                $body
            }
            $crate::cell::Cell::Mgu($equations) => $body,
        }
    };
}

pub(crate) use with_equations;

/// A recurrent cell with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Cell {
    /// The plain recurrent cell (Elman 1990).
    Rnn(Rnn),
    /// Long short-term memory (Hochreiter & Schmidhuber 1997; with the forget gate of Gers et al. 2000).
    Lstm(Lstm),
    /// The gated recurrent unit (Cho et al. 2014).
    Gru(Gru),
    /// The minimal gated unit (Zhou et al. 2016).
    Mgu(Mgu),
}

impl Cell {
    /// Short lower-case name: `rnn`, `lstm`, `gru` or `mgu`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Cell::Rnn(_) => "rnn",
            Cell::Lstm(_) => "lstm",
            Cell::Gru(_) => "gru",
            Cell::Mgu(_) => "mgu",
        }
    }

    /// Number of weight blocks of H rows: gates and the candidate.
    #[must_use]
    pub fn blocks(&self) -> usize {
        fn of<E: Equations>(_: E) -> usize {
            E::BLOCKS
        }
        with_equations!(*self, equations => of(equations))
    }

    /// Number of gates: the blocks that are not the candidate.
    #[must_use]
    pub fn gates(&self) -> usize {
        self.blocks() - 1
    }

    /// Whether the cell carries a cell state beside the hidden state.
    #[must_use]
    pub fn carries_cell(&self) -> bool {
        fn of<E: Equations>(_: E) -> bool {
            E::CELL_SLOT.is_some()
        }
        with_equations!(*self, equations => of(equations))
    }

    /// Number of peephole vectors of H weights.
    #[must_use]
    pub fn peepholes(&self) -> usize {
        with_equations!(*self, equations => equations.peepholes())
    }

    /// The kernels that run this cell.
    pub(crate) fn kernels(&self) -> Box<dyn Kernels> {
        with_equations!(*self, equations => Box::new(equations))
    }
}
