//! What the tests of ONNX share: tensors of reference files, and the comparison of tensors.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use tidegate_exchange::onnx::{Tensor, Values};

/// The tensor of `{"type", "shape", "values"}`.
pub(crate) fn tensor_of(value: &Value) -> Tensor {
    let list = value["values"].as_array().unwrap();
    let whole = || list.iter().map(|value| value.as_i64().unwrap());
    let values: Values = match value["type"].as_str().unwrap() {
        "float32" => list
            .iter()
            .map(|value| value.as_f64().unwrap() as f32)
            .collect::<Vec<_>>()
            .into(),
        "int64" => whole().collect::<Vec<_>>().into(),
        "int32" => whole().map(|value| value as i32).collect::<Vec<_>>().into(),
        "bool" => list
            .iter()
            .map(|value| value.as_bool().unwrap())
            .collect::<Vec<_>>()
            .into(),
        other => panic!("{other}"),
    };
    let shape = value["shape"].as_array().unwrap();
    let shape: Vec<usize> = shape
        .iter()
        .map(|size| size.as_u64().unwrap() as usize)
        .collect();
    Tensor::new(shape, values).unwrap()
}

/// Bytes written as hexadecimal digits.
pub(crate) fn bytes_of_hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap().as_bytes();
    let digit = |digit: u8| (digit as char).to_digit(16).unwrap() as u8;
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// Fails where shapes or types differ, or values by more than `bound` times the largest expected magnitude or 1.
#[track_caller]
pub(crate) fn assert_close(what: &str, found: &Tensor, expected: &Tensor, bound: f32) {
    assert_eq!(found.shape(), expected.shape(), "{what}");
    let (Some(values), Some(expected)) = (found.as_f32(), expected.as_f32()) else {
        assert_eq!(found, expected, "{what}");
        return;
    };
    let scale = expected
        .iter()
        .fold(1.0f32, |scale, value| scale.max(value.abs()));
    for (place, (value, expected)) in values.iter().zip(expected).enumerate() {
        let difference = (value - expected).abs();
        assert!(
            difference <= bound * scale,
            "{what}, value {place}: {value} instead of {expected}"
        );
    }
}

/// A number as a message holds it.
pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A field of bytes.
pub(crate) fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    bytes.extend(varint(content.len() as u64));
    bytes.extend_from_slice(content);
    bytes
}

/// A field of a number.
pub(crate) fn number(field: u8, value: u64) -> Vec<u8> {
    [vec![field << 3], varint(value)].concat()
}

/// A model of operator set 18 with this graph.
pub(crate) fn model(graph: &[Vec<u8>]) -> Vec<u8> {
    [field(8, &[0x10, 18]), field(7, &graph.concat())].concat()
}

/// A constant of a graph.
pub(crate) fn constant(name: &str, data_type: u64, shape: &[u64], raw: &[u8]) -> Vec<u8> {
    let mut tensor: Vec<u8> = shape.iter().flat_map(|&size| number(1, size)).collect();
    tensor.extend(number(2, data_type));
    tensor.extend(field(8, name.as_bytes()));
    tensor.extend(field(9, raw));
    field(5, &tensor)
}

/// A float32 constant.
pub(crate) fn floats(name: &str, shape: &[u64], values: &[f32]) -> Vec<u8> {
    let raw: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    constant(name, 1, shape, &raw)
}

/// An int64 constant of one axis.
pub(crate) fn integers(name: &str, values: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    constant(name, 7, &[values.len() as u64], &raw)
}

/// A node with these whole numbers as attributes.
pub(crate) fn node(
    operator: &str,
    inputs: &[&str],
    outputs: &[&str],
    attributes: &[(&str, u64)],
) -> Vec<u8> {
    let mut node: Vec<u8> = Vec::new();
    for input in inputs {
        node.extend(field(1, input.as_bytes()));
    }
    for output in outputs {
        node.extend(field(2, output.as_bytes()));
    }
    node.extend(field(4, operator.as_bytes()));
    for (name, value) in attributes {
        let attribute = [
            field(1, name.as_bytes()),
            number(3, *value),
            // Its type: a whole number.
            vec![0xa0, 1, 2],
        ];
        node.extend(field(5, &attribute.concat()));
    }
    field(1, &node)
}

fn port(place: u8, name: &str, data_type: u64, shape: Option<&[&str]>) -> Vec<u8> {
    let mut kind = number(1, data_type);
    if let Some(shape) = shape {
        let axes: Vec<u8> = shape
            .iter()
            .flat_map(|axis| match axis.parse() {
                Ok(size) => field(1, &number(1, size)),
                Err(_) => field(1, &field(2, axis.as_bytes())),
            })
            .collect();
        kind.extend(field(2, &axes));
    }
    let value = [field(1, name.as_bytes()), field(2, &field(1, &kind))];
    field(place, &value.concat())
}

/// An input of a graph, whose axes are sizes or names.
pub(crate) fn input(name: &str, data_type: u64, shape: &[&str]) -> Vec<u8> {
    port(11, name, data_type, Some(shape))
}

/// A float32 output of a graph.
pub(crate) fn output(name: &str) -> Vec<u8> {
    port(12, name, 1, None)
}
