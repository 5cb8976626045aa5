//! ONNX's GRU, LSTM and RNN on Tidegate's engine (operator specification: opset 22).
//!
//! ONNX stacks gates in another order (GRU: z, r, h; LSTM: i, o, f, c; peepholes: i, o, f), keeps both biases in one
//! tensor `[directions, 2·G·H]`, and with `layout` 1 puts the batch first.

use tidegate_cells::{Activation, Batch, Cell, Engine, Gru, Lstm, Reset, Rnn, Stack, State};

use super::node_test::NodeTest;
use super::tensor::Tensor;
use crate::support::weights::{flat, reorder};

/// The outputs Y, Y_h and, for an LSTM, Y_c.
pub(crate) fn run(test: &NodeTest) -> Vec<Tensor> {
    let batch_first = test.number("layout") == 1;
    let time_major = |tensor: &Tensor| {
        if batch_first {
            tensor.permute(&[1, 0, 2])
        } else {
            tensor.clone()
        }
    };
    let input = time_major(test.input(0).unwrap());
    let [steps, rows, _] = input.shape[..] else {
        panic!("X has shape {:?}", input.shape)
    };
    let stack = stack(test, input.shape[2]);
    let hidden_size = stack.hidden_size;
    let engine = Engine::new(stack.clone(), &weights(test, &stack)).unwrap();

    let state_shape = [stack.directions(), rows, hidden_size];
    let initial = |index| {
        test.input(index)
            .map_or_else(|| Tensor::zeros(&state_shape), time_major)
    };
    let carries_cell = stack.cell.carries_cell();
    let mut state = State {
        batch: rows,
        hidden: initial(5).values,
        cell: if carries_cell {
            initial(6).values
        } else {
            Vec::new()
        },
    };
    let lengths: Option<Vec<usize>> = test.input(4).map(|lengths| {
        lengths
            .values
            .iter()
            .map(|&length| length as usize)
            .collect()
    });
    let batch = Batch::padded(steps, rows, lengths.as_deref());
    let mut output = vec![f32::NAN; steps * rows * stack.output_size()];
    engine
        .forward(&batch, &input.values, &mut state, &mut output)
        .unwrap();

    // Tidegate: [T, B, D, H]. ONNX: [T, D, B, H], with the batch first [B, T, D, H].
    let output = Tensor {
        shape: vec![steps, rows, stack.directions(), hidden_size],
        values: output,
    };
    let output = output.permute(if batch_first {
        &[1, 0, 2, 3]
    } else {
        &[0, 2, 1, 3]
    });
    let final_state = |values| {
        time_major(&Tensor {
            shape: state_shape.to_vec(),
            values,
        })
    };
    let mut outputs = vec![output, final_state(state.hidden)];
    if carries_cell {
        outputs.push(final_state(state.cell));
    }
    outputs
}

fn stack(test: &NodeTest, input_size: usize) -> Stack {
    for attribute in &test.node.attribute {
        match (attribute.name.as_str(), attribute.s.as_slice()) {
            ("hidden_size" | "layout" | "linear_before_reset", _)
            | ("direction", b"forward" | b"bidirectional") => {}
            (name, _) => panic!("attribute {name} of {} is not mapped", test.node.op_type),
        }
    }
    let cell = match test.node.op_type.as_str() {
        "GRU" => {
            let after = test.number("linear_before_reset") != 0;
            let reset = if after { Reset::After } else { Reset::Before };
            Cell::Gru(Gru {
                reset,
                candidate: Activation::Tanh,
            })
        }
        "LSTM" => Cell::Lstm(Lstm {
            peepholes: test.input(7).is_some(),
        }),
        "RNN" => Cell::Rnn(Rnn {
            activation: Activation::Tanh,
        }),
        other => panic!("{other} is no recurrent operator"),
    };
    // W is [directions, G·H, I].
    let bidirectional = test.input(1).unwrap().shape[0] == 2;
    Stack {
        bidirectional,
        ..Stack::new(cell, input_size, test.number("hidden_size"))
    }
}

fn weights(test: &NodeTest, stack: &Stack) -> Vec<f32> {
    let hidden_size = stack.hidden_size;
    let order: &[usize] = match stack.cell {
        Cell::Gru(_) => &[1, 0, 2],
        Cell::Lstm(_) => &[0, 2, 3, 1],
        _ => &[0],
    };
    let rows = order.len() * hidden_size;
    let biases = test
        .input(3)
        .cloned()
        .unwrap_or_else(|| Tensor::zeros(&[stack.directions(), 2 * rows]));
    flat(stack, |name| {
        let direction = usize::from(name.ends_with("_reverse"));
        let blocks = |values: &[f32], columns| reorder(values, hidden_size, columns, order);
        let (kind, _) = name.split_once("_l0").unwrap();
        match kind {
            "weight_ih" => blocks(test.input(1).unwrap().part(direction), stack.input_size),
            "weight_hh" => blocks(test.input(2).unwrap().part(direction), hidden_size),
            "bias_ih" => blocks(&biases.part(direction)[..rows], 1),
            "bias_hh" => blocks(&biases.part(direction)[rows..], 1),
            "peephole" => reorder(
                test.input(7).unwrap().part(direction),
                hidden_size,
                1,
                &[0, 2, 1],
            ),
            other => panic!("{other} has no counterpart in ONNX"),
        }
    })
}
