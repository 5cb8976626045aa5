//! The cells, one file each: options, equations on vectors, and the same equations in plain form for the reference.
//!
//! A new cell is one new file and one line in the list at the end.

use serde::{Deserialize, Serialize};

use crate::equations::Equations;
use crate::kernels::{CellShape, Kernels};
use crate::reference::PlainEquations;

/// The options of a cell, which lead to its equations.
pub(crate) trait Options: Copy {
    /// Hands the equations that these options ask for to `visitor`.
    fn visit<V: Visitor>(self, visitor: V) -> V::Output;
}

/// Something that is done with the equations of any cell.
pub(crate) trait Visitor {
    type Output;
    fn visit<E: Equations + PlainEquations>(self, equations: E) -> Self::Output;
}

/// Makes the enumeration of the cells from their list.
macro_rules! cells {
    ($($(#[$documentation:meta])* $module:ident::$name:ident)*) => {
        $(
            mod $module;
            pub use $module::$name;
        )*

        /// A recurrent cell with its options.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "name", rename_all = "snake_case")]
        pub enum Cell {
            $($(#[$documentation])* $name($name),)*
        }

        impl Cell {
            /// Short lower-case name, for example `gru`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Cell::$name(_) => stringify!($module),)*
                }
            }

            /// Hands the cell's equations to `visitor`.
            pub(crate) fn visit<V: Visitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Cell::$name(options) => options.visit(visitor),)*
                }
            }
        }
    };
}

impl Cell {
    /// Number of weight blocks of H rows: gates and the candidate.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.shape().blocks
    }

    /// Number of gates: the blocks that are not the candidate.
    #[must_use]
    pub fn gates(&self) -> usize {
        self.blocks() - 1
    }

    /// Whether the cell carries a cell state beside the hidden state.
    #[must_use]
    pub fn carries_cell(&self) -> bool {
        self.shape().cell_slot.is_some()
    }

    /// Number of peephole vectors of H weights.
    #[must_use]
    pub fn peepholes(&self) -> usize {
        self.shape().peepholes
    }

    /// The constants of the cell's equations.
    fn shape(self) -> CellShape {
        struct Shape;
        impl Visitor for Shape {
            type Output = CellShape;
            fn visit<E: Equations + PlainEquations>(self, equations: E) -> CellShape {
                equations.shape()
            }
        }
        self.visit(Shape)
    }

    /// The kernels that run this cell.
    pub(crate) fn kernels(self) -> Box<dyn Kernels> {
        struct Boxed;
        impl Visitor for Boxed {
            type Output = Box<dyn Kernels>;
            fn visit<E: Equations + PlainEquations>(self, equations: E) -> Box<dyn Kernels> {
                Box::new(equations)
            }
        }
        self.visit(Boxed)
    }
}

pub use gru::Reset;

cells! {
    /// The plain recurrent cell (Elman 1990).
    rnn::Rnn
    /// Long short-term memory (Hochreiter & Schmidhuber 1997).
    lstm::Lstm
    /// The gated recurrent unit (Cho et al. 2014).
    gru::Gru
    /// The minimal gated unit (Zhou et al. 2016).
    mgu::Mgu
}
