//! The operators beside the recurrent ones: `named` is how a node's name and attributes lead to them, the other files what they
//! compute.
//!
//! Each is taken as its specification has it in every operator set from [`OLDEST`] to [`NEWEST`].

mod binary;
pub(super) mod elementwise;
mod make;
pub(super) mod multiply;
mod named;
mod rearrange;
mod reduce;
mod select;
mod walk;

pub(super) use self::binary::Binary;
pub(super) use self::elementwise::Elementwise;
pub(super) use self::multiply::Gemm;
pub(super) use self::reduce::Reduction;

use self::walk::whole_numbers;
use super::attributes::Attributes;
use super::recurrent::Recurrent;
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
        let (operator, (least, most, results)) =
            named::operator(name, set, attributes, inputs, outputs)?
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
                        // Whatever the axes of a bound, the result has those of the input.
                        let bound = Tensor::of([], bound.into_parts().1);
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
                reduce::reduce(*reduction, input(0)?, given.as_deref(), *keep, room)
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
            Operator::Slice(Some([starts, ends, axes])) => select::slice(
                input(0)?,
                starts.as_deref().unwrap_or_default(),
                ends.as_deref().unwrap_or_default(),
                axes.as_deref(),
                None,
            ),
            Operator::Slice(None) => select::slice(
                input(0)?,
                &whole_numbers("starts", input(1)?)?,
                &whole_numbers("ends", input(2)?)?,
                numbers("axes", 3)?.as_deref(),
                numbers("steps", 4)?.as_deref(),
            ),
            Operator::Concat(axis) => rearrange::concat(&all()?, *axis, room),
            Operator::Split { axis, sizes, parts } => {
                let given = numbers("split", 1)?.or_else(|| sizes.clone());
                return select::split(input(0)?, *axis, given.as_deref(), *parts);
            }
            Operator::Gather(axis) => select::gather(input(0)?, input(1)?, *axis, room),
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
