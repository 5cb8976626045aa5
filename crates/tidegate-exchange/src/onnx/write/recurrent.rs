//! Recurrent layers as GRU, LSTM and RNN operators.

use tidegate_cells::{Activation, Cell, Reset, Stack};

use super::builder::{Builder, int, ints, text, texts};
use crate::error::ExchangeError;
use crate::onnx::messages::AttributeProto;
use crate::onnx::recurrent::{Kind, PEEPHOLE_ORDER, reorder};
use crate::onnx::tensor::Tensor;

/// The operator of a cell, and its attributes beside sizes and direction.
fn operator(stack: &Stack, place: &str) -> Result<(Kind, Vec<AttributeProto>), ExchangeError> {
    let refused = |what: String, remedy: &str| {
        Err(ExchangeError::NoCounterpart {
            what: format!("{place}: {what}"),
            format: "ONNX's recurrent operators",
            remedy: remedy.into(),
        })
    };
    if stack.zoneout > 0.0 || stack.zoneout_cell > 0.0 {
        return refused(
            "the expectation of zoneout".into(),
            "only a network trained without zoneout is written",
        );
    }
    let directions = stack.directions();
    let repeated = |names: &[&str]| texts("activations", &names.repeat(directions));
    Ok(match stack.cell {
        Cell::Gru(gru) => {
            let after = usize::from(gru.reset == Reset::After);
            let mut attributes = vec![int("linear_before_reset", after)];
            if gru.candidate == Activation::Relu {
                attributes.push(repeated(&["Sigmoid", "Relu"]));
            }
            (Kind::Gru, attributes)
        }
        // A gated recurrent unit that resets before the product by r = f, and updates by z = σ(−a) = 1 − f.
        Cell::Mgu(_) => (Kind::Gru, vec![int("linear_before_reset", 0)]),
        Cell::Lstm(_) => (Kind::Lstm, Vec::new()),
        Cell::Rnn(rnn) => {
            let attributes = match rnn.activation {
                Activation::Tanh => Vec::new(),
                Activation::Relu => vec![repeated(&["Relu"])],
            };
            (Kind::Rnn, attributes)
        }
    })
}

/// What the operators of a stack give.
pub(super) struct RecurrentOutputs {
    /// `[T, B, directions · H]`, of the top layer.
    pub(super) rows: String,
    /// Final hidden state `[directions, B, H]` of each layer.
    pub(super) hidden: Vec<String>,
    /// Final cell state of each layer of an LSTM.
    pub(super) cell: Vec<String>,
}

/// The operator of a stack with the names of its weights: the same ones may be read by several nodes.
pub(super) struct RecurrentWeights {
    kind: Kind,
    attributes: Vec<AttributeProto>,
    layers: Vec<LayerNames>,
}

/// W, R and B of a layer, and P of one with peepholes.
struct LayerNames {
    weights: [String; 3],
    peepholes: Option<String>,
}

/// Adds the weights of `stack` as constants.
pub(super) fn weights(
    builder: &mut Builder,
    (stack, weights): (&Stack, &[f32]),
    place: &str,
    prefix: &str,
) -> Result<RecurrentWeights, ExchangeError> {
    let (kind, attributes) = operator(stack, place)?;
    let (directions, blocks) = (stack.directions(), kind.blocks() * stack.hidden_size);
    let layers = (0..stack.layers).map(|layer| {
        let tensors = LayerTensors::of(stack, weights, layer, kind);
        let mut constant = |suffix: &str, sizes: &[usize], values: Vec<f32>| {
            let shape = [&[directions], sizes].concat();
            let name = format!("{prefix}_l{layer}_{suffix}");
            builder.constant(&name, &Tensor::of(shape, values))
        };
        let inputs_below = stack.layer_input_size(layer);
        LayerNames {
            weights: [
                constant("W", &[blocks, inputs_below], tensors.input),
                constant("R", &[blocks, stack.hidden_size], tensors.recurrent),
                constant("B", &[2 * blocks], tensors.bias),
            ],
            peepholes: (stack.cell.peepholes() > 0)
                .then(|| constant("P", &[3 * stack.hidden_size], tensors.peepholes)),
        }
    });
    Ok(RecurrentWeights {
        layers: layers.collect(),
        kind,
        attributes,
    })
}

/// Adds the layers of `stack` over `rows [T, B, I]`, with the initial states of each layer, hidden ones first; without any they
/// are zero.
pub(super) fn write(
    builder: &mut Builder,
    (stack, weights): (&Stack, &RecurrentWeights),
    prefix: &str,
    mut rows: String,
    states: &[Vec<String>],
) -> RecurrentOutputs {
    let carries_cell = stack.cell.carries_cell();
    let (mut hidden, mut cell) = (Vec::new(), Vec::new());
    for (layer, names) in weights.layers.iter().enumerate() {
        let name = format!("{prefix}_l{layer}");
        let mut inputs: Vec<&str> = vec![&rows];
        inputs.extend(names.weights.iter().map(String::as_str));
        inputs.push("");
        for kind in 0..1 + usize::from(carries_cell) {
            inputs.push(states.get(kind).map_or("", |states| &states[layer]));
        }
        inputs.extend(names.peepholes.as_deref());
        // What is left out at the end is not listed.
        let given = inputs.iter().rposition(|input| !input.is_empty());
        inputs.truncate(given.map_or(0, |last| last + 1));
        let mut attributes = vec![int("hidden_size", stack.hidden_size)];
        if stack.bidirectional {
            attributes.push(text("direction", "bidirectional"));
        }
        attributes.extend(weights.attributes.clone());
        let outputs = builder.node(
            weights.kind.name(),
            &name,
            &inputs,
            2 + usize::from(carries_cell),
            attributes,
        );
        rows = side_by_side(builder, &name, &outputs[0], stack, 1);
        let mut outputs = outputs.into_iter().skip(1);
        hidden.extend(outputs.next());
        cell.extend(outputs.next());
    }
    RecurrentOutputs { rows, hidden, cell }
}

/// The weights of a layer in ONNX's order, both directions' one after the other.
#[derive(Default)]
struct LayerTensors {
    input: Vec<f32>,
    recurrent: Vec<f32>,
    /// Of each direction, those of the input's products and then those of the recurrent ones.
    bias: Vec<f32>,
    peepholes: Vec<f32>,
}

impl LayerTensors {
    fn of(stack: &Stack, weights: &[f32], layer: usize, kind: Kind) -> LayerTensors {
        let mut tensors = LayerTensors::default();
        // The same order as in the flat buffer: a direction's tensors follow each other.
        for tensor in stack.tensors() {
            let Some((name, suffix)) = tensor.name.split_once("_l") else {
                continue;
            };
            let own = suffix.strip_suffix("_reverse").unwrap_or(suffix);
            if own != layer.to_string() {
                continue;
            }
            let values = &weights[tensor.range()];
            let blocks = || match stack.cell {
                Cell::Mgu(_) => reorder(&gates_of_minimal_unit(values), kind.onnx_order()),
                _ => reorder(values, kind.onnx_order()),
            };
            match name {
                "weight_ih" => tensors.input.extend(blocks()),
                "weight_hh" => tensors.recurrent.extend(blocks()),
                "peephole" => tensors.peepholes.extend(reorder(values, PEEPHOLE_ORDER)),
                _ => tensors.bias.extend(blocks()),
            }
        }
        tensors
    }
}

/// From the blocks f, n of a minimal gated unit to r, z, n of a gated recurrent unit: r = f and z = σ(−a) where f = σ(a).
fn gates_of_minimal_unit(values: &[f32]) -> Vec<f32> {
    let (forget, candidate) = values.split_at(values.len() / 2);
    let negative = forget.iter().map(|value| -value);
    forget
        .iter()
        .copied()
        .chain(negative)
        .chain(candidate.iter().copied())
        .collect()
}

/// A value with the axis of directions before those of the batch and the units, at `axis`, with both directions' units side
/// by side in its place.
pub(super) fn side_by_side(
    builder: &mut Builder,
    name: &str,
    value: &str,
    stack: &Stack,
    axis: usize,
) -> String {
    if !stack.bidirectional {
        let axes = Tensor::of([1], vec![axis as i64]);
        let axes = builder.constant(&format!("{name}_direction_axis{axis}"), &axes);
        return builder.value(
            "Squeeze",
            &format!("{name}_direction{axis}"),
            &[value, &axes],
            vec![],
        );
    }
    // [T, D, B, H] or [D, B, H].
    let order: &[i64] = if axis == 1 { &[0, 2, 1, 3] } else { &[1, 0, 2] };
    let shape: &[i64] = if axis == 1 { &[0, 0, -1] } else { &[0, -1] };
    let value = builder.value(
        "Transpose",
        &format!("{name}_directions{axis}"),
        &[value],
        vec![ints("perm", order)],
    );
    let shape = Tensor::of([shape.len()], shape.to_vec());
    let shape = builder.constant(&format!("{name}_shape{axis}"), &shape);
    builder.value(
        "Reshape",
        &format!("{name}_joined{axis}"),
        &[&value, &shape],
        vec![],
    )
}
