//! Operators that make values: constants, ranges, other types; and batch normalisation with constant statistics.

use super::walk::{check_room, sizes};
use crate::onnx::attributes::Attributes;
use crate::onnx::constant;
use crate::onnx::tensor::{ElementType, Tensor, Values};

/// The value of a Constant node.
pub(super) fn constant(attributes: &mut Attributes) -> Result<Tensor, String> {
    if let Some(tensor) = attributes.tensor("value")? {
        return constant::read(tensor, "the value").map_err(|error| error.to_string());
    }
    if let Some(value) = attributes.float("value_float")? {
        return Ok(Tensor::of([], vec![value]));
    }
    if let Some(value) = attributes.int("value_int")? {
        return Ok(Tensor::of([], vec![value]));
    }
    if let Some(values) = attributes.ints("value_ints") {
        return Ok(Tensor::of([values.len()], values));
    }
    if let Some(values) = attributes.floats("value_floats") {
        return Ok(Tensor::of([values.len()], values));
    }
    Err("it has no value that is computed with".into())
}

/// `shape` filled with the one value of `value`.
pub(super) fn filled(shape: &Tensor, value: &Tensor, room: usize) -> Result<Tensor, String> {
    let shape = sizes("the shape", shape)?;
    let count = check_room(&shape, value.element_type(), room)?;
    let values: Values = match value.values() {
        Values::F32(value) => vec![value[0]; count].into(),
        Values::I64(value) => vec![value[0]; count].into(),
        Values::I32(value) => vec![value[0]; count].into(),
        Values::Bool(value) => vec![value[0]; count].into(),
    };
    Ok(Tensor::of(shape, values))
}

/// From `start` to before `limit` in steps of `delta`.
pub(super) fn range(
    start: &Tensor,
    limit: &Tensor,
    delta: &Tensor,
    room: usize,
) -> Result<Tensor, String> {
    let one = |tensor: &Tensor| match tensor.values() {
        Values::I64(value) if value.len() == 1 => Ok(i128::from(value[0])),
        Values::I32(value) if value.len() == 1 => Ok(i128::from(value[0])),
        _ => Err(format!(
            "{} of shape {:?} is no whole number",
            tensor.element_type(),
            tensor.shape()
        )),
    };
    let (from, to, step) = (one(start)?, one(limit)?, one(delta)?);
    if step == 0 {
        return Err("a step of 0 is none".into());
    }
    let span = if step > 0 { to - from } else { from - to };
    let count = (span.max(0) as u128).div_ceil(step.unsigned_abs());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    check_room(&[count], start.element_type(), room)?;
    let numbers = (0..count as i128).map(|index| from + index * step);
    let values: Values = match start.element_type() {
        ElementType::I32 => numbers
            .map(|number| number as i32)
            .collect::<Vec<_>>()
            .into(),
        _ => numbers
            .map(|number| number as i64)
            .collect::<Vec<_>>()
            .into(),
    };
    Ok(Tensor::of([count], values))
}

/// Values of another type: towards zero to whole numbers, and any but 0 is true.
pub(super) fn cast(tensor: &Tensor, to: ElementType, room: usize) -> Result<Tensor, String> {
    check_room(tensor.shape(), to, room)?;
    macro_rules! from {
        ($values:ident, $zero:expr) => {
            match to {
                ElementType::F32 => $values.iter().map(|&v| v as f32).collect::<Vec<_>>().into(),
                ElementType::I64 => $values.iter().map(|&v| v as i64).collect::<Vec<_>>().into(),
                ElementType::I32 => $values.iter().map(|&v| v as i32).collect::<Vec<_>>().into(),
                ElementType::Bool => $values
                    .iter()
                    .map(|&v| v != $zero)
                    .collect::<Vec<_>>()
                    .into(),
            }
        };
    }
    let values: Values = match tensor.values() {
        Values::F32(values) => from!(values, 0.0),
        Values::I64(values) => from!(values, 0),
        Values::I32(values) => from!(values, 0),
        Values::Bool(values) => {
            let numbers: Vec<u8> = values.iter().map(|&value| value.into()).collect();
            from!(numbers, 0)
        }
    };
    Ok(Tensor::of(tensor.shape(), values))
}

/// (x − mean) / √(variance + ε) · scale + bias of each channel, which axis 1 counts.
pub(super) fn batch_normalisation(inputs: &[&Tensor], epsilon: f32) -> Result<Tensor, String> {
    let [x, rest @ ..] = inputs else {
        return Err("inputs are missing".into());
    };
    let Some((&channels, inner)) = x.shape().get(1..).and_then(<[usize]>::split_first) else {
        return Err(format!("shape {:?} has no channels", x.shape()));
    };
    let single = |tensor: &'_ Tensor| -> Result<Vec<f32>, String> {
        let values = tensor.as_f32().filter(|_| tensor.shape() == [channels]);
        values.map(<[f32]>::to_vec).ok_or_else(|| {
            format!(
                "{} of shape {:?} is given for {channels} channels",
                tensor.element_type(),
                tensor.shape()
            )
        })
    };
    let parameters = rest
        .iter()
        .map(|tensor| single(tensor))
        .collect::<Result<Vec<_>, _>>()?;
    let [scale, bias, mean, variance] = &parameters[..] else {
        return Err("four parameters are needed".into());
    };
    let values = x.as_f32().ok_or("X is not float32")?;
    let inner: usize = inner.iter().product();
    let normalised: Vec<f32> = values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            let c = place / inner % channels;
            (value - mean[c]) / (variance[c] + epsilon).sqrt() * scale[c] + bias[c]
        })
        .collect();
    Ok(Tensor::of(x.shape(), normalised))
}
