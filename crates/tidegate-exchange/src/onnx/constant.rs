//! Tensors between the file's form and the values that are computed with.

use super::messages::TensorProto;
use super::tensor::{ElementType, MOST_AXES, Tensor, Values, product};
use crate::error::ExchangeError;

/// Numbers of the types, as `TensorProto.DataType` has them.
const FLOAT: i32 = 1;
const INT32: i32 = 6;
const INT64: i32 = 7;
const BOOL: i32 = 9;

/// The type that a number stands for.
///
/// # Errors
/// The name of a type that is not computed.
pub(super) fn element_type(number: i32) -> Result<ElementType, String> {
    let other = match number {
        FLOAT => return Ok(ElementType::F32),
        INT32 => return Ok(ElementType::I32),
        INT64 => return Ok(ElementType::I64),
        BOOL => return Ok(ElementType::Bool),
        0 => "undefined",
        2 => "uint8",
        3 => "int8",
        4 => "uint16",
        5 => "int16",
        8 => "string",
        10 => "float16",
        11 => "float64",
        12 => "uint32",
        13 => "uint64",
        14 => "complex64",
        15 => "complex128",
        16 => "bfloat16",
        17..=20 => "float8",
        _ => return Err(format!("data type {number}")),
    };
    Err(other.into())
}

/// The number of a type.
pub(super) fn type_number(element_type: ElementType) -> i32 {
    match element_type {
        ElementType::F32 => FLOAT,
        ElementType::I32 => INT32,
        ElementType::I64 => INT64,
        ElementType::Bool => BOOL,
    }
}

/// The tensor of a file; `place` names it in errors.
pub(super) fn read(message: TensorProto, place: &str) -> Result<Tensor, ExchangeError> {
    let malformed = |reason: String| ExchangeError::Malformed {
        place: place.into(),
        reason,
    };
    if message.data_location == Some(1) || !message.external_data.is_empty() {
        return Err(ExchangeError::NoCounterpart {
            what: format!("{place} with its values in another file"),
            format: "Tidegate",
            remedy: "export the model into one file, without external data (of torch.onnx.export: external_data=False)".into(),
        });
    }
    if message.segment.is_some() {
        return Err(ExchangeError::NoCounterpart {
            what: format!("{place} in segments"),
            format: "Tidegate",
            remedy: String::new(),
        });
    }
    let number = message.data_type.unwrap_or(0);
    let element_type = element_type(number).map_err(|name| ExchangeError::NoCounterpart {
        what: format!("{place} of type {name}"),
        format: "Tidegate",
        remedy: "float32, int64, int32 and bool are computed: export the model in single precision"
            .into(),
    })?;
    if message.dims.len() > MOST_AXES {
        return Err(malformed(format!(
            "it has {} axes, and at most {MOST_AXES} are computed",
            message.dims.len()
        )));
    }
    let shape: Vec<usize> = message
        .dims
        .iter()
        .map(|&size| usize::try_from(size))
        .collect::<Result<_, _>>()
        .map_err(|_| malformed(format!("shape {:?} has a negative size", message.dims)))?;
    let raw = message.raw_data.filter(|raw| !raw.is_empty());
    let raw_bytes = raw.as_ref().map(|raw| raw.len());
    let values: Values = match (element_type, raw) {
        (ElementType::F32, None) => message.float_data.into(),
        (ElementType::F32, Some(raw)) => words(&raw, f32::from_le_bytes).into(),
        (ElementType::I64, None) => message.int64_data.into(),
        (ElementType::I64, Some(raw)) => words(&raw, i64::from_le_bytes).into(),
        (ElementType::I32, None) => message.int32_data.into(),
        (ElementType::I32, Some(raw)) => words(&raw, i32::from_le_bytes).into(),
        (ElementType::Bool, None) => {
            let values: Vec<bool> = message.int32_data.iter().map(|&value| value != 0).collect();
            values.into()
        }
        (ElementType::Bool, Some(raw)) => words(&raw, |[byte]: [u8; 1]| byte != 0).into(),
    };
    if let Some(bytes) = raw_bytes.filter(|&bytes| bytes != values.bytes()) {
        return Err(malformed(format!(
            "its {bytes} bytes are no whole number of {element_type} values"
        )));
    }
    if product(&shape) != Some(values.len()) {
        return Err(malformed(format!(
            "shape {shape:?} does not have {} values",
            values.len()
        )));
    }
    Ok(Tensor::of(shape, values))
}

/// Values of `N` bytes each; a rest is left.
fn words<T, const N: usize>(raw: &[u8], value: impl Fn([u8; N]) -> T) -> Vec<T> {
    raw.as_chunks::<N>()
        .0
        .iter()
        .map(|&word| value(word))
        .collect()
}

/// The file's form of a tensor.
pub(super) fn write(name: &str, tensor: &Tensor) -> TensorProto {
    let raw = match tensor.values() {
        Values::F32(values) => values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        Values::I64(values) => values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        Values::I32(values) => values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        Values::Bool(values) => values.iter().map(|&value| u8::from(value)).collect(),
    };
    TensorProto {
        dims: tensor.shape().iter().map(|&size| size as i64).collect(),
        data_type: Some(type_number(tensor.element_type())),
        name: name.into(),
        raw_data: Some(raw),
        ..TensorProto::default()
    }
}
