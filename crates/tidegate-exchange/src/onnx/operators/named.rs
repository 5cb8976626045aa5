//! Which operator a node's name, operator set and attributes stand for.

use super::binary::Binary;
use super::elementwise::Elementwise;
use super::make;
use super::multiply::Gemm;
use super::reduce::Reduction;
use super::{Arity, Operator};
use crate::onnx::attributes::Attributes;
use crate::onnx::constant::{self, element_type};
use crate::onnx::recurrent::{Kind, Recurrent};
use crate::onnx::tensor::Tensor;

/// The operator of a name with its arity, if there is one.
pub(super) fn operator(
    name: &str,
    set: i64,
    attributes: &mut Attributes,
    inputs: usize,
    outputs: usize,
) -> Result<Option<(Operator, Arity)>, String> {
    let one = (1, 1, 1);
    let two = (2, 2, 1);
    Ok(Some(match name {
        "GRU" => (recurrent(Kind::Gru, attributes)?, (3, 6, 2)),
        "LSTM" => (recurrent(Kind::Lstm, attributes)?, (3, 8, 3)),
        "RNN" => (recurrent(Kind::Rnn, attributes)?, (3, 6, 2)),
        "MatMul" => (Operator::MatMul, two),
        "Gemm" => {
            let gemm = Gemm {
                alpha: attributes.float("alpha")?.unwrap_or(1.0),
                beta: attributes.float("beta")?.unwrap_or(1.0),
                transpose_a: attributes.int("transA")?.unwrap_or(0) != 0,
                transpose_b: attributes.int("transB")?.unwrap_or(0) != 0,
            };
            (Operator::Gemm(gemm), (if set < 11 { 3 } else { 2 }, 3, 1))
        }
        "Max" => (Operator::Extreme(Binary::Max), (1, usize::MAX, 1)),
        "Min" => (Operator::Extreme(Binary::Min), (1, usize::MAX, 1)),
        "Not" => (Operator::Not, one),
        "Where" => (Operator::Where, (3, 3, 1)),
        "Clip" if set < 11 => {
            let bounds = (attributes.float("min")?, attributes.float("max")?);
            (Operator::Clip(bounds.0, bounds.1), one)
        }
        "Clip" => (Operator::Clip(None, None), (1, 3, 1)),
        "Softmax" | "LogSoftmax" => {
            let flattened = set < 13;
            let softmax = Operator::Softmax {
                axis: attributes
                    .int("axis")?
                    .unwrap_or(if flattened { 1 } else { -1 }),
                logarithm: name == "LogSoftmax",
                flattened,
            };
            (softmax, one)
        }
        "ReduceMean" => reduce(Reduction::Mean, set < 18, attributes)?,
        "ReduceSum" => reduce(Reduction::Sum, set < 13, attributes)?,
        "ReduceMax" => reduce(Reduction::Max, set < 18, attributes)?,
        "ReduceMin" => reduce(Reduction::Min, set < 18, attributes)?,
        "BatchNormalization" => {
            attributes.ignore("momentum");
            if attributes.flag("training_mode")? {
                return Err("training_mode is set".into());
            }
            if set < 9 && attributes.int("spatial")?.unwrap_or(1) != 1 {
                return Err("spatial is not set".into());
            }
            let epsilon = attributes.float("epsilon")?.unwrap_or(1e-5);
            (Operator::BatchNormalisation(epsilon), (5, 5, 1))
        }
        "Reshape" => {
            let allow_zero = attributes.flag("allowzero")?;
            (Operator::Reshape { allow_zero }, two)
        }
        "Flatten" => (Operator::Flatten(attributes.int("axis")?.unwrap_or(1)), one),
        "Squeeze" if set < 13 => (Operator::Squeeze(attributes.ints("axes")), one),
        "Squeeze" => (Operator::Squeeze(None), (1, 2, 1)),
        "Unsqueeze" if set < 13 => (Operator::Unsqueeze(attributes.ints("axes")), one),
        "Unsqueeze" => (Operator::Unsqueeze(None), two),
        "Transpose" => (Operator::Transpose(attributes.ints("perm")), one),
        "Slice" if set < 10 => {
            let given = ["starts", "ends", "axes"].map(|name| attributes.ints(name));
            (Operator::Slice(Some(given)), one)
        }
        "Slice" => (Operator::Slice(None), (3, 5, 1)),
        "Concat" => {
            let axis = attributes.int("axis")?.ok_or("axis is not given")?;
            (Operator::Concat(axis), (1, usize::MAX, 1))
        }
        "Split" => {
            if let Some(parts) = attributes.int("num_outputs")?
                && usize::try_from(parts) != Ok(outputs)
            {
                return Err(format!(
                    "num_outputs is {parts}, and it has {outputs} outputs"
                ));
            }
            let split = Operator::Split {
                axis: attributes.int("axis")?.unwrap_or(0),
                sizes: attributes.ints("split"),
                parts: outputs,
            };
            (split, (1, if set < 13 { 1 } else { 2 }, usize::MAX))
        }
        "Gather" => (Operator::Gather(attributes.int("axis")?.unwrap_or(0)), two),
        "Expand" => (Operator::Expand, two),
        "Tile" => (Operator::Tile, two),
        "Identity" => (Operator::Identity, one),
        "Dropout" => {
            if inputs > 2 {
                return Err("training_mode is an input, and only inference is computed".into());
            }
            attributes.ignore("ratio");
            attributes.ignore("seed");
            (Operator::Identity, (1, 2, 1))
        }
        "Shape" => {
            let shape = Operator::Shape {
                start: attributes.int("start")?.unwrap_or(0),
                end: attributes.int("end")?.unwrap_or(i64::MAX),
            };
            (shape, one)
        }
        "Size" => (Operator::Size, one),
        "Constant" => (Operator::Constant(make::constant(attributes)?), (0, 0, 1)),
        "ConstantOfShape" => {
            let value = match attributes.tensor("value")? {
                Some(tensor) => {
                    constant::read(tensor, "the value").map_err(|error| error.to_string())?
                }
                None => Tensor::of([1], vec![0.0f32]),
            };
            if value.len() != 1 {
                return Err("its value is not one number".into());
            }
            (Operator::ConstantOfShape(value), one)
        }
        "Range" => (Operator::Range, (3, 3, 1)),
        "Cast" => {
            attributes.ignore("saturate");
            attributes.ignore("round_mode");
            let number = attributes.int("to")?.ok_or("the type is not given")?;
            let to = i32::try_from(number)
                .map_err(|_| format!("data type {number}"))
                .and_then(element_type)
                .map_err(|name| format!("values of type {name} are not computed"))?;
            (Operator::Cast(to), one)
        }
        "CastLike" => {
            attributes.ignore("saturate");
            attributes.ignore("round_mode");
            (Operator::CastLike, two)
        }
        _ => match binary_of(name) {
            Some(function) => (Operator::Binary(function), two),
            None => match elementwise_of(name, attributes)? {
                Some(function) => (Operator::Elementwise(function), one),
                None => return Ok(None),
            },
        },
    }))
}

fn recurrent(kind: Kind, attributes: &mut Attributes) -> Result<Operator, String> {
    Recurrent::read(kind, attributes).map(|recurrent| Operator::Recurrent(Box::new(recurrent)))
}

fn reduce(
    reduction: Reduction,
    axes_are_attributes: bool,
    attributes: &mut Attributes,
) -> Result<(Operator, Arity), String> {
    let operator = Operator::Reduce {
        reduction,
        axes: if axes_are_attributes {
            attributes.ints("axes")
        } else {
            None
        },
        keep: attributes.int("keepdims")?.unwrap_or(1) != 0,
        none_if_empty: attributes.flag("noop_with_empty_axes")?,
    };
    Ok((operator, (1, if axes_are_attributes { 1 } else { 2 }, 1)))
}

fn binary_of(name: &str) -> Option<Binary> {
    Some(match name {
        "Add" => Binary::Add,
        "Sub" => Binary::Sub,
        "Mul" => Binary::Mul,
        "Div" => Binary::Div,
        "Pow" => Binary::Pow,
        "PRelu" => Binary::PRelu,
        "Equal" => Binary::Equal,
        "Less" => Binary::Less,
        "LessOrEqual" => Binary::LessOrEqual,
        "Greater" => Binary::Greater,
        "GreaterOrEqual" => Binary::GreaterOrEqual,
        "And" => Binary::And,
        "Or" => Binary::Or,
        _ => return None,
    })
}

fn elementwise_of(name: &str, attributes: &mut Attributes) -> Result<Option<Elementwise>, String> {
    let mut number = |name, default| attributes.float(name).map(|value| value.unwrap_or(default));
    Ok(Some(match name {
        "Abs" => Elementwise::Abs,
        "Neg" => Elementwise::Neg,
        "Sqrt" => Elementwise::Sqrt,
        "Exp" => Elementwise::Exp,
        "Log" => Elementwise::Log,
        "Reciprocal" => Elementwise::Reciprocal,
        "Relu" => Elementwise::Relu,
        "Tanh" => Elementwise::Tanh,
        "Sigmoid" => Elementwise::Sigmoid,
        "LeakyRelu" => Elementwise::LeakyRelu(number("alpha", 0.01)?),
        "ThresholdedRelu" => Elementwise::ThresholdedRelu(number("alpha", 1.0)?),
        "Elu" => Elementwise::Elu(number("alpha", 1.0)?),
        // The standard's defaults, to all digits that it gives.
        "Selu" => Elementwise::Selu(number("alpha", 1.673_263_2)?, number("gamma", 1.050_701)?),
        "Softplus" => Elementwise::Softplus,
        "Softsign" => Elementwise::Softsign,
        "HardSigmoid" => Elementwise::HardSigmoid(number("alpha", 0.2)?, number("beta", 0.5)?),
        "HardSwish" => Elementwise::HardSwish,
        _ => return Ok(None),
    }))
}
