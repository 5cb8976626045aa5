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
