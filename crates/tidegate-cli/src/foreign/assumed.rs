//! What was taken for granted where a file holds names and numbers alone.

use tidegate_exchange::{Layer, Network};

use super::ReadingArguments;

/// What was assumed of the parameters of a module, with the options that say otherwise; nothing where all of it was said.
pub(super) fn sentence(network: &Network, reading: &ReadingArguments) -> Option<String> {
    let has = |cell: &str| {
        let mut layers = network.layers.iter();
        layers.any(
            |layer| matches!(layer, Layer::Recurrent { stack, .. } if stack.cell.name() == cell),
        )
    };
    let assumptions = [
        (
            has("rnn") && reading.nonlinearity.is_none(),
            "the activation is tanh (--nonlinearity)",
        ),
        (
            has("gru") && reading.reset.is_none(),
            "the reset gate acts after the recurrent product, as in torch.nn.GRU (--reset)",
        ),
        (
            reading.layers.is_empty() && reading.read.is_none(),
            "every step is read (--read, --layers)",
        ),
    ];
    let assumed: Vec<&str> = assumptions
        .into_iter()
        .filter_map(|(assumed, text)| assumed.then_some(text))
        .collect();
    match assumed.is_empty() {
        true => None,
        false => Some(format!(
            "The file holds names and numbers alone; it was assumed that {}: the options say otherwise.",
            assumed.join(", that ")
        )),
    }
}
