//! The operators beside the recurrent ones, and how a node's name and attributes lead to them.
//!
//! Each is taken as its specification has it in every operator set from [`OLDEST`] to [`NEWEST`].

mod binary;
pub(super) mod elementwise;
mod make;
pub(super) mod multiply;
mod rearrange;
mod reduce;
mod walk;

pub(super) use self::binary::Binary;
pub(super) use self::elementwise::Elementwise;
pub(super) use self::multiply::Gemm;
pub(super) use self::reduce::Reduction;

use self::walk::whole_numbers;
use super::attributes::Attributes;
use super::constant::{self, element_type};
use super::recurrent::{Kind, Recurrent};
use super::tensor::{ElementType, Tensor, Values};

/// The oldest operator set: those before it broadcast otherwise.
pub(super) const OLDEST: i64 = 7;
/// The newest one whose operators were compared with what is computed here.
pub(super) const NEWEST: i64 = 28;

/// What a node computes.
#[derive(Debug)]
pub(super) enum Operator {
    Recurrent(Box<Recurrent>),
    Elementwise(Elementwise),
    Binary(Binary),
    /// The smaller, or larger, of any number of tensors.
    Extreme(Binary),
    Not,
    Where,
    /// Bounds as attributes, or as inputs.
    Clip(Option<f32>, Option<f32>),
    MatMul,
    Gemm(Gemm),
    Softmax {
        axis: i64,
        logarithm: bool,
        flattened: bool,
    },
    /// Axes as an attribute; as an input where none are.
    Reduce {
        reduction: Reduction,
        axes: Option<Vec<i64>>,
        keep: bool,
        none_if_empty: bool,
    },
    BatchNormalisation(f32),
    Reshape {
        allow_zero: bool,
    },
    Flatten(i64),
    Squeeze(Option<Vec<i64>>),
    Unsqueeze(Option<Vec<i64>>),
    Transpose(Option<Vec<i64>>),
    /// Starts, ends and axes as attributes, or all as inputs.
    Slice(Option<[Option<Vec<i64>>; 3]>),
    Concat(i64),
    Split {
        axis: i64,
        sizes: Option<Vec<i64>>,
        parts: usize,
    },
    Gather(i64),
    Expand,
    Tile,
    Identity,
    Shape {
        start: i64,
        end: i64,
    },
    Size,
    Constant(Tensor),
    ConstantOfShape(Tensor),
    Range,
    Cast(ElementType),
    /// The type of the second input.
    CastLike,
}

/// Fewest and most inputs, and most outputs.
type Arity = (usize, usize, usize);

impl Operator {
    /// Whether it moves values and changes none.
    pub(super) fn rearranges(&self) -> bool {
        use Operator::{
            Concat, Expand, Flatten, Gather, Identity, Reshape, Slice, Split, Squeeze, Tile,
            Transpose, Unsqueeze,
        };
        matches!(
            self,
            Concat(_)
                | Expand
                | Flatten(_)
                | Gather(_)
                | Identity
                | Reshape { .. }
                | Slice(_)
                | Split { .. }
                | Squeeze(_)
                | Tile
                | Transpose(_)
                | Unsqueeze(_)
        )
    }

    /// The operator `name` of operator set `set`, on a node with so many inputs and outputs.
    ///
    /// # Errors
    /// What is not computed.
    pub(super) fn read(
        name: &str,
        set: i64,
        attributes: &mut Attributes,
        inputs: usize,
        outputs: usize,
    ) -> Result<Operator, String> {
        let (operator, (least, most, results)) = named(name, set, attributes, inputs, outputs)?
            .ok_or("this operator is not computed")?;
        if inputs < least || inputs > most {
            return Err(format!(
                "it has {inputs} inputs and takes {least} to {most} in operator set {set}"
            ));
        }
        if outputs == 0 || outputs > results {
            return Err(format!("it has {outputs} outputs and gives 1 to {results}"));
        }
        Ok(operator)
    }

    /// The outputs for these inputs, of which no result may take more than `room` bytes. Recurrent operators are none of this.
    ///
    /// # Errors
    /// Inputs of types or shapes that the operator does not take.
    pub(super) fn compute(
        &self,
        inputs: &[Option<&Tensor>],
        room: usize,
    ) -> Result<Vec<Tensor>, String> {
        let at = |index: usize| inputs.get(index).copied().flatten();
        let input = |index: usize| at(index).ok_or_else(|| format!("input {index} is left out"));
        let numbers = |name: &str, index: usize| {
            at(index)
                .map(|tensor| whole_numbers(name, tensor))
                .transpose()
        };
        let all = || (0..inputs.len()).map(input).collect::<Result<Vec<_>, _>>();
        let output = match self {
            Operator::Recurrent(_) => Err("it is computed with its weights".into()),
            Operator::Elementwise(function) => function.compute(input(0)?),
            Operator::Binary(function) => function.compute(input(0)?, input(1)?, room),
            Operator::Extreme(function) => {
                let mut extreme = input(0)?.clone();
                for other in &all()?[1..] {
                    extreme = function.compute(&extreme, other, room)?;
                }
                Ok(extreme)
            }
            Operator::Not => match input(0)?.values() {
                Values::Bool(values) => {
                    let values: Vec<bool> = values.iter().map(|value| !value).collect();
                    Ok(Tensor::of(input(0)?.shape(), values))
                }
                _ => Err("it takes bool".into()),
            },
            Operator::Where => binary::choose(input(0)?, input(1)?, input(2)?, room),
            Operator::Clip(low, high) => {
                let bound = |index: usize, bound: &Option<f32>| match (at(index), bound) {
                    (Some(tensor), _) => Ok(Some(tensor.clone())),
                    (None, bound) => {
                        Ok::<_, String>(bound.map(|bound| Tensor::of([], vec![bound])))
                    }
                };
                let mut clipped = input(0)?.clone();
                for (index, given, extreme) in [(1, low, Binary::Max), (2, high, Binary::Min)] {
                    if let Some(bound) = bound(index, given)? {
                        if bound.len() != 1 {
                            return Err(format!("a bound has shape {:?}", bound.shape()));
                        }
                        clipped = extreme.compute(&clipped, &bound, room)?;
                    }
                }
                Ok(clipped)
            }
            Operator::MatMul => multiply::matmul(input(0)?, input(1)?, room),
            Operator::Gemm(gemm) => gemm.compute(input(0)?, input(1)?, at(2), room),
            &Operator::Softmax {
                axis,
                logarithm,
                flattened,
            } => reduce::softmax(input(0)?, axis, logarithm, flattened),
            Operator::Reduce {
                reduction,
                axes,
                keep,
                none_if_empty,
            } => {
                let given = numbers("axes", 1)?.or_else(|| axes.clone());
                let given = given.filter(|axes| !axes.is_empty());
                if given.is_none() && *none_if_empty {
                    return Ok(vec![input(0)?.clone()]);
                }
                reduce::reduce(*reduction, input(0)?, given.as_deref(), *keep)
            }
            Operator::BatchNormalisation(epsilon) => make::batch_normalisation(&all()?, *epsilon),
            Operator::Reshape { allow_zero } => {
                rearrange::reshape(input(0)?, input(1)?, *allow_zero)
            }
            Operator::Flatten(axis) => rearrange::flatten(input(0)?, *axis),
            Operator::Squeeze(axes) => {
                let given = numbers("axes", 1)?.or_else(|| axes.clone());
                rearrange::squeeze(input(0)?, given.as_deref())
            }
            Operator::Unsqueeze(axes) => {
                let given = numbers("axes", 1)?.or_else(|| axes.clone());
                rearrange::unsqueeze(input(0)?, &given.ok_or("no axes are given")?)
            }
            Operator::Transpose(order) => rearrange::transpose(input(0)?, order.as_deref()),
            Operator::Slice(Some([starts, ends, axes])) => rearrange::slice(
                input(0)?,
                starts.as_deref().unwrap_or_default(),
                ends.as_deref().unwrap_or_default(),
                axes.as_deref(),
                None,
            ),
            Operator::Slice(None) => rearrange::slice(
                input(0)?,
                &whole_numbers("starts", input(1)?)?,
                &whole_numbers("ends", input(2)?)?,
                numbers("axes", 3)?.as_deref(),
                numbers("steps", 4)?.as_deref(),
            ),
            Operator::Concat(axis) => rearrange::concat(&all()?, *axis, room),
            Operator::Split { axis, sizes, parts } => {
                let given = numbers("split", 1)?.or_else(|| sizes.clone());
                return rearrange::split(input(0)?, *axis, given.as_deref(), *parts);
            }
            Operator::Gather(axis) => rearrange::gather(input(0)?, input(1)?, *axis, room),
            Operator::Expand => rearrange::expand(input(0)?, input(1)?, room),
            Operator::Tile => rearrange::tile(input(0)?, input(1)?, room),
            Operator::Identity => Ok(input(0)?.clone()),
            Operator::Shape { start, end } => Ok(shape_of(input(0)?.shape(), *start, *end)),
            Operator::Size => Ok(Tensor::of([], vec![input(0)?.len() as i64])),
            Operator::Constant(value) => Ok(value.clone()),
            Operator::ConstantOfShape(value) => make::filled(input(0)?, value, room),
            Operator::Range => make::range(input(0)?, input(1)?, input(2)?, room),
            Operator::Cast(to) => make::cast(input(0)?, *to, room),
            Operator::CastLike => make::cast(input(0)?, input(1)?.element_type(), room),
        };
        output.map(|output| vec![output])
    }
}

/// Shape: the sizes of the axes from `start` to before `end`.
pub(super) fn shape_of(shape: &[usize], start: i64, end: i64) -> Tensor {
    let rank = shape.len() as i64;
    let bound = |axis: i64| {
        let from_front = if axis < 0 {
            axis.saturating_add(rank)
        } else {
            axis
        };
        from_front.clamp(0, rank) as usize
    };
    let (start, end) = (bound(start), bound(end));
    let sizes: Vec<i64> = shape[start..end.max(start)]
        .iter()
        .map(|&size| size as i64)
        .collect();
    Tensor::of([sizes.len()], sizes)
}

/// The operator of a name with its arity, if there is one.
fn named(
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
