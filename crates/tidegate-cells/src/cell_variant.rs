//! The cells that can be chosen by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::cells::{Cell, Gru, Lstm, Mgu, Reset, Rnn};
use crate::equations::Activation;

/// A cell with its options, under the name that configurations and comparisons give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellVariant {
    /// `rnn`: the plain recurrent cell with tanh.
    Rnn,
    /// `rnn-relu`: the plain recurrent cell with the rectifier.
    RnnRelu,
    /// `lstm`: long short-term memory.
    Lstm,
    /// `lstm-peephole`: the same, whose gates see the cell state.
    LstmPeephole,
    /// `gru`: the gated recurrent unit, reset gate after the product (cuDNN, PyTorch, Keras).
    Gru,
    /// `gru-before`: the gated recurrent unit, reset gate before the product (Cho et al. 2014).
    GruBefore,
    /// `mgu`: the minimal gated unit.
    Mgu,
}

impl CellVariant {
    /// All of them.
    pub const ALL: [CellVariant; 7] = [
        CellVariant::Rnn,
        CellVariant::RnnRelu,
        CellVariant::Lstm,
        CellVariant::LstmPeephole,
        CellVariant::Gru,
        CellVariant::GruBefore,
        CellVariant::Mgu,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CellVariant::Rnn => "rnn",
            CellVariant::RnnRelu => "rnn-relu",
            CellVariant::Lstm => "lstm",
            CellVariant::LstmPeephole => "lstm-peephole",
            CellVariant::Gru => "gru",
            CellVariant::GruBefore => "gru-before",
            CellVariant::Mgu => "mgu",
        }
    }

    /// The cell.
    #[must_use]
    pub fn cell(self) -> Cell {
        let rnn = |activation| Cell::Rnn(Rnn { activation });
        let gru = |reset| {
            Cell::Gru(Gru {
                reset,
                candidate: Activation::Tanh,
            })
        };
        match self {
            CellVariant::Rnn => rnn(Activation::Tanh),
            CellVariant::RnnRelu => rnn(Activation::Relu),
            CellVariant::Lstm => Cell::Lstm(Lstm { peepholes: false }),
            CellVariant::LstmPeephole => Cell::Lstm(Lstm { peepholes: true }),
            CellVariant::Gru => gru(Reset::After),
            CellVariant::GruBefore => gru(Reset::Before),
            CellVariant::Mgu => Cell::Mgu(Mgu::default()),
        }
    }

    /// Where the reset gate stands; none for a cell without one.
    #[must_use]
    pub fn reset(self) -> Option<Reset> {
        match self.cell() {
            Cell::Gru(gru) => Some(gru.reset),
            _ => None,
        }
    }
}

/// No cell has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no cell {0:?}: the cells are {names}",
    names = CellVariant::ALL.map(CellVariant::name).join(", ")
)]
pub struct UnknownCell(pub String);

impl fmt::Display for CellVariant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for CellVariant {
    type Err = UnknownCell;

    fn from_str(name: &str) -> Result<Self, UnknownCell> {
        CellVariant::ALL
            .into_iter()
            .find(|variant| variant.name() == name)
            .ok_or_else(|| UnknownCell(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_are_those_of_the_json_form() {
        for variant in CellVariant::ALL {
            assert_eq!(variant.name().parse::<CellVariant>().unwrap(), variant);
            let json = serde_json::to_value(variant).unwrap();
            assert_eq!(json, variant.name());
        }
        let error = "grü".parse::<CellVariant>().unwrap_err().to_string();
        assert!(error.contains("lstm-peephole"), "{error}");
    }

    #[test]
    fn only_gated_recurrent_units_have_a_reset_gate() {
        assert_eq!(CellVariant::Gru.reset(), Some(Reset::After));
        assert_eq!(CellVariant::GruBefore.reset(), Some(Reset::Before));
        assert_eq!(CellVariant::Mgu.reset(), None);
    }
}
