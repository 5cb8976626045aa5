//! A recurrent module from its tensors: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `_l1 …`, `_reverse`; those of a
//! single cell have no layer in their names.

use std::collections::BTreeMap;

use tidegate_cells::{Cell, Gru, Lstm, Rnn, Stack};

use super::Options;
use crate::array::NamedArray;
use crate::error::ExchangeError;
use crate::network::Layer;

/// What the last part of a recurrent tensor's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    /// Layer, and whether it runs backwards.
    place: (usize, bool),
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    WeightInput,
    WeightHidden,
    BiasInput,
    BiasHidden,
    Projection,
}

impl Part {
    /// Of a name without its module's prefix.
    pub(super) fn parse(name: &str) -> Option<Part> {
        let (name, reverse) = match name.strip_suffix("_reverse") {
            Some(rest) => (rest, true),
            None => (name, false),
        };
        let (kind, rest) = [
            ("weight_ih", Kind::WeightInput),
            ("weight_hh", Kind::WeightHidden),
            ("bias_ih", Kind::BiasInput),
            ("bias_hh", Kind::BiasHidden),
            ("weight_hr", Kind::Projection),
        ]
        .iter()
        .find_map(|(start, kind)| Some((*kind, name.strip_prefix(start)?)))?;
        let layer = match rest.strip_prefix("_l") {
            Some(digits) => {
                // Written as a number is: `_l01` is no layer of PyTorch.
                let layer: usize = digits.parse().ok()?;
                (layer.to_string() == digits).then_some(layer)?
            }
            None if rest.is_empty() && !reverse => 0,
            None => return None,
        };
        Some(Part {
            place: (layer, reverse),
            kind,
        })
    }
}

/// The layer that a module's tensors are, with `prefix` such as `encoder.gru.` for messages.
pub(super) fn layer(
    prefix: &str,
    parts: &BTreeMap<Part, NamedArray>,
    options: &Options,
) -> Result<Layer, ExchangeError> {
    let module = if prefix.is_empty() {
        "the recurrent module"
    } else {
        prefix.trim_end_matches('.')
    };
    let malformed = |reason: String| ExchangeError::Malformed {
        place: module.to_owned(),
        reason,
    };
    if let Some((_, array)) = parts.iter().find(|(part, _)| part.kind == Kind::Projection) {
        return Err(ExchangeError::NoCounterpart {
            what: format!("{}, the projection of an LSTM with proj_size,", array.name),
            format: "a network of Tidegate",
            remedy: "train the module without proj_size".into(),
        });
    }
    let get = |layer: usize, reverse: bool, kind: Kind| {
        let place = (layer, reverse);
        parts.get(&Part { place, kind })
    };
    let first = get(0, false, Kind::WeightHidden)
        .ok_or_else(|| malformed("has no weight_hh of its first layer".into()))?;
    let [rows, hidden_size] = first.shape[..] else {
        return Err(first.malformed(format!("has shape {:?}, expected a matrix", first.shape)));
    };
    let input = get(0, false, Kind::WeightInput)
        .ok_or_else(|| malformed("has no weight_ih of its first layer".into()))?;
    let [_, input_size] = input.shape[..] else {
        return Err(input.malformed(format!("has shape {:?}, expected a matrix", input.shape)));
    };
    let cell = match rows.checked_div(hidden_size) {
        Some(blocks) if blocks.checked_mul(hidden_size) == Some(rows) => match blocks {
            1 => Some(Cell::Rnn(Rnn {
                activation: options.nonlinearity.unwrap_or_default(),
            })),
            3 => Some(Cell::Gru(Gru {
                reset: options.reset,
                ..Gru::default()
            })),
            4 => Some(Cell::Lstm(Lstm::default())),
            _ => None,
        },
        _ => None,
    };
    let cell = cell.ok_or_else(|| {
        first.malformed(format!(
            "has shape {:?}: a plain recurrent module has as many rows as columns, a GRU 3 times as many, an LSTM 4 times",
            first.shape
        ))
    })?;
    let mut stack = Stack::new(cell, input_size, hidden_size);
    let of_layer = |layer: usize, reverse: bool| get(layer, reverse, Kind::WeightHidden).is_some();
    // No more layers than tensors.
    stack.layers = (0..parts.len())
        .take_while(|&layer| of_layer(layer, false))
        .count();
    stack.bidirectional = of_layer(0, true);
    stack.validate()?;
    let biased = get(0, false, Kind::BiasInput).is_some();
    let mut weights = Vec::new();
    let mut used = 0;
    for layer in 0..stack.layers {
        for reverse in [false, true].into_iter().take(stack.directions()) {
            let rows = stack.cell.blocks() * hidden_size;
            let tensors = [
                (Kind::WeightInput, vec![rows, stack.layer_input_size(layer)]),
                (Kind::WeightHidden, vec![rows, hidden_size]),
                (Kind::BiasInput, vec![rows]),
                (Kind::BiasHidden, vec![rows]),
            ];
            for (kind, shape) in tensors {
                match get(layer, reverse, kind) {
                    Some(array) => {
                        array.check_shape(&shape)?;
                        weights.extend_from_slice(&array.values);
                        used += 1;
                    }
                    None if shape.len() == 1 && !biased => {
                        weights.resize(weights.len() + rows, 0.0)
                    }
                    None => {
                        let direction = if reverse { ", backwards" } else { "" };
                        return Err(malformed(format!(
                            "has no {} of layer {layer}{direction}",
                            match kind {
                                Kind::WeightInput => "weight_ih",
                                Kind::WeightHidden => "weight_hh",
                                Kind::BiasInput => "bias_ih",
                                Kind::BiasHidden | Kind::Projection => "bias_hh",
                            }
                        )));
                    }
                }
            }
        }
    }
    if used != parts.len() {
        let extra = parts.iter().find(|(part, _)| {
            part.place.0 >= stack.layers
                || (part.place.1 && !stack.bidirectional)
                || !biased && part.kind >= Kind::BiasInput
        });
        let name = extra.map_or("", |(_, array)| array.name.as_str());
        return Err(malformed(format!(
            "holds {name}, which belongs to none of its {} layers in {} directions",
            stack.layers,
            stack.directions()
        )));
    }
    Ok(Layer::Recurrent { stack, weights })
}
