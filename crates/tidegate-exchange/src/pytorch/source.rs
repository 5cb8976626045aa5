//! The source of a `torch.nn.Module` that a network's parameters fit.

use std::fmt::Write as _;

use tidegate_cells::{Activation, Cell};

use super::write::names;
use crate::network::{Layer, Network};

/// Python source of a class `Network` whose `load_state_dict` takes what [`super::write()`] writes, and whose `forward` computes
/// what the network does, over `[steps, batch, features]` or `[steps, batch]` tokens.
#[must_use]
pub fn module_source(network: &Network) -> String {
    let (mut built, mut computed) = (String::new(), String::new());
    for (layer, name) in network.layers.iter().zip(names(network)) {
        // A `String` takes whatever is written.
        let _ = match layer {
            Layer::Embedding { size, weight } => {
                let _ = writeln!(computed, "        x = self.{name}(x)");
                writeln!(
                    built,
                    "        self.{name} = nn.Embedding({}, {size})",
                    weight.len() / size
                )
            }
            Layer::Recurrent { stack, .. } => {
                let (class, extra) = match stack.cell {
                    Cell::Lstm(_) => ("LSTM", ""),
                    Cell::Rnn(rnn) if rnn.activation == Activation::Relu => {
                        ("RNN", ", nonlinearity=\"relu\"")
                    }
                    Cell::Rnn(_) => ("RNN", ""),
                    Cell::Gru(_) | Cell::Mgu(_) => ("GRU", ""),
                };
                let layers = if stack.layers > 1 {
                    format!(", num_layers={}", stack.layers)
                } else {
                    String::new()
                };
                let directions = if stack.bidirectional {
                    ", bidirectional=True"
                } else {
                    ""
                };
                let _ = writeln!(computed, "        x, state = self.{name}(x)");
                writeln!(
                    built,
                    "        self.{name} = nn.{class}({}, {}{layers}{directions}{extra})",
                    stack.input_size, stack.hidden_size
                )
            }
            Layer::Dense { weight, bias } => {
                let _ = writeln!(computed, "        x = self.{name}(x)");
                writeln!(
                    built,
                    "        self.{name} = nn.Linear({}, {})",
                    weight.len() / bias.len().max(1),
                    bias.len()
                )
            }
            Layer::FinalState => {
                let _ = writeln!(
                    computed,
                    "        hidden = state[0] if isinstance(state, tuple) else state"
                );
                let directions = network.layers.iter().rev().find_map(|layer| match layer {
                    Layer::Recurrent { stack, .. } => Some(stack.directions()),
                    _ => None,
                });
                match directions {
                    Some(2) => writeln!(
                        computed,
                        "        x = torch.cat([hidden[-2], hidden[-1]], dim=-1)"
                    ),
                    _ => writeln!(computed, "        x = hidden[-1]"),
                }
            }
            Layer::Mean => writeln!(computed, "        x = x.mean(dim=0)"),
            Layer::Activation(activation) => {
                let name = activation.name();
                let dimension = if name == "softmax" { ", dim=-1" } else { "" };
                writeln!(computed, "        x = torch.{name}(x{dimension})")
            }
            Layer::Scale { .. } | Layer::Attention { .. } => Ok(()),
        };
    }
    if built.is_empty() {
        built.push_str("        pass\n");
    }
    format!(
        "import torch\nfrom torch import nn\n\n\nclass Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n\
         {built}\n    def forward(self, x):\n{computed}        return x\n"
    )
}
