//! Sums, means and extremes along axes, and softmax.

use super::walk::{Walk, axes, axis, check_room, strides};
use crate::onnx::tensor::{ElementType, Tensor, Values};

/// What is left of several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::onnx) enum Reduction {
    Mean,
    Sum,
    Max,
    Min,
}

/// Reduces the given axes (all where none are given), which stay with size 1 where `keep`.
pub(super) fn reduce(
    reduction: Reduction,
    tensor: &Tensor,
    given: Option<&[i64]>,
    keep: bool,
    room: usize,
) -> Result<Tensor, String> {
    let Values::F32(values) = tensor.values() else {
        return Err(format!(
            "values of type {} are not reduced",
            tensor.element_type()
        ));
    };
    let rank = tensor.shape().len();
    let reduced = match given {
        Some(given) => axes(given, rank)?,
        None => (0..rank).collect(),
    };
    let own = strides(tensor.shape());
    let kept: Vec<usize> = (0..rank).filter(|axis| !reduced.contains(axis)).collect();
    let part = |axes: &[usize]| -> (Vec<usize>, Vec<isize>) {
        axes.iter()
            .map(|&axis| (tensor.shape()[axis], own[axis]))
            .unzip()
    };
    let (outer, outer_strides) = part(&kept);
    let (inner, inner_strides) = part(&reduced);
    let count: usize = inner.iter().product();
    if count == 0 && matches!(reduction, Reduction::Max | Reduction::Min) {
        return Err("there is no extreme of no values".into());
    }
    check_room(&outer, ElementType::F32, room)?;
    let results: Vec<f32> = Walk::new(&outer, outer_strides, 0)
        .map(|start| {
            let values = Walk::new(&inner, inner_strides.clone(), start).map(|place| values[place]);
            match reduction {
                Reduction::Sum => values.sum(),
                Reduction::Mean => values.sum::<f32>() / count as f32,
                Reduction::Max => values.fold(f32::NEG_INFINITY, larger),
                Reduction::Min => {
                    -values.fold(f32::NEG_INFINITY, |best, value| larger(best, -value))
                }
            }
        })
        .collect();
    let shape: Vec<usize> = if keep {
        (0..rank)
            .map(|axis| {
                if reduced.contains(&axis) {
                    1
                } else {
                    tensor.shape()[axis]
                }
            })
            .collect()
    } else {
        outer
    };
    Ok(Tensor::of(shape, results))
}

/// The larger one, or what is not a number.
fn larger(left: f32, right: f32) -> f32 {
    if left > right || left.is_nan() {
        left
    } else {
        right
    }
}

/// Softmax, or its logarithm, along `at`; `flattened`, as operator sets before 13 have it, along all axes from it on.
pub(super) fn softmax(
    tensor: &Tensor,
    at: i64,
    logarithm: bool,
    flattened: bool,
) -> Result<Tensor, String> {
    let Values::F32(values) = tensor.values() else {
        return Err(format!(
            "values of type {} are not taken",
            tensor.element_type()
        ));
    };
    let shape = tensor.shape();
    let at = axis(at, shape.len())?;
    let (size, inner) = if flattened {
        (shape[at..].iter().product(), 1)
    } else {
        (shape[at], shape[at + 1..].iter().product::<usize>())
    };
    let mut values = values.clone();
    let outer = values.len().checked_div(size * inner).unwrap_or(0);
    for row in 0..outer {
        for column in 0..inner {
            let places = (0..size).map(|index| (row * size + index) * inner + column);
            let largest = places
                .clone()
                .fold(f32::NEG_INFINITY, |best, place| larger(best, values[place]));
            let sum: f32 = places
                .clone()
                .map(|place| (values[place] - largest).exp())
                .sum();
            for place in places {
                let shifted = values[place] - largest;
                values[place] = if logarithm {
                    shifted - sum.ln()
                } else {
                    shifted.exp() / sum
                };
            }
        }
    }
    Ok(Tensor::of(shape, values))
}
