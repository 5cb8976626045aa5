//! Operators that move values and change none: other shapes, orders and repetitions. Parts of tensors are `select`'s.

use super::walk::{
    Walk, axes, axis, broadcast_shape, check_room, sizes, strides, take, too_many_axes,
    whole_numbers,
};
use crate::onnx::tensor::{MOST_AXES, Tensor, Values, product};

/// The same values with another shape.
fn with_shape(tensor: &Tensor, shape: Vec<usize>) -> Tensor {
    Tensor::of(shape, tensor.values().clone())
}

/// Reshape: −1 stands for what is left, 0, unless `allow_zero`, for the size that the axis has.
pub(super) fn reshape(tensor: &Tensor, shape: &Tensor, allow_zero: bool) -> Result<Tensor, String> {
    if shape.len() > MOST_AXES {
        return Err(too_many_axes(shape.len()));
    }
    let given = whole_numbers("the shape", shape)?;
    let refused = || {
        format!(
            "{} values of shape {:?} do not take the shape {given:?}",
            tensor.len(),
            tensor.shape()
        )
    };
    let mut inferred = None;
    let mut result = Vec::with_capacity(given.len());
    for (place, &size) in given.iter().enumerate() {
        result.push(match size {
            -1 if inferred.is_none() => {
                inferred = Some(place);
                1
            }
            0 if !allow_zero => *tensor.shape().get(place).ok_or_else(refused)?,
            _ => usize::try_from(size).map_err(|_| refused())?,
        });
    }
    if let Some(place) = inferred {
        let others = product(&result)
            .filter(|&others| others > 0)
            .ok_or_else(refused)?;
        result[place] = tensor.len() / others;
    }
    if product(&result) != Some(tensor.len()) {
        return Err(refused());
    }
    Ok(with_shape(tensor, result))
}

/// Flatten: the axes before `axis`, and those from it on, become one each.
pub(super) fn flatten(tensor: &Tensor, axis: i64) -> Result<Tensor, String> {
    let rank = tensor.shape().len();
    let at = if axis < 0 { axis + rank as i64 } else { axis };
    let at = usize::try_from(at)
        .ok()
        .filter(|&at| at <= rank)
        .ok_or_else(|| format!("there is no axis {axis} among {rank}"))?;
    let (front, back) = tensor.shape().split_at(at);
    Ok(with_shape(
        tensor,
        vec![front.iter().product(), back.iter().product()],
    ))
}

/// Squeeze: without the given axes, or, without any given, all those of size 1.
pub(super) fn squeeze(tensor: &Tensor, given: Option<&[i64]>) -> Result<Tensor, String> {
    let shape = tensor.shape();
    let removed = match given {
        Some(given) => axes(given, shape.len())?,
        None => (0..shape.len()).filter(|&axis| shape[axis] == 1).collect(),
    };
    if let Some(&axis) = removed.iter().find(|&&axis| shape[axis] != 1) {
        return Err(format!("axis {axis} of shape {shape:?} is not of size 1"));
    }
    let kept = (0..shape.len()).filter(|axis| !removed.contains(axis));
    Ok(with_shape(tensor, kept.map(|axis| shape[axis]).collect()))
}

/// Unsqueeze: with axes of size 1 at the given places of the result.
pub(super) fn unsqueeze(tensor: &Tensor, given: &[i64]) -> Result<Tensor, String> {
    let rank = tensor.shape().len() + given.len();
    if rank > MOST_AXES {
        return Err(too_many_axes(rank));
    }
    let added = axes(given, rank)?;
    let mut sizes = tensor.shape().iter();
    let shape = (0..rank)
        .map(|axis| {
            if added.contains(&axis) {
                1
            } else {
                sizes.next().copied().unwrap_or(1)
            }
        })
        .collect();
    Ok(with_shape(tensor, shape))
}

/// Transpose: axis `i` of the result is axis `order[i]`; without an order, the axes reversed.
pub(super) fn transpose(tensor: &Tensor, order: Option<&[i64]>) -> Result<Tensor, String> {
    let rank = tensor.shape().len();
    let order: Vec<usize> = match order {
        None => (0..rank).rev().collect(),
        Some(order) => axes(order, rank)?,
    };
    if order.len() != rank {
        return Err(format!(
            "an order of {} axes is given for shape {:?}",
            order.len(),
            tensor.shape()
        ));
    }
    let own = strides(tensor.shape());
    let shape: Vec<usize> = order.iter().map(|&axis| tensor.shape()[axis]).collect();
    let walk = Walk::new(&shape, order.iter().map(|&axis| own[axis]).collect(), 0);
    Ok(take(tensor, shape, walk))
}

/// Concat: one after the other along `axis`.
pub(super) fn concat(tensors: &[&Tensor], at: i64, room: usize) -> Result<Tensor, String> {
    let first = tensors.first().ok_or("there is nothing to join")?;
    let at = axis(at, first.shape().len())?;
    let mut shape = first.shape().to_vec();
    shape[at] = 0;
    for tensor in tensors {
        let fits = tensor.shape().len() == shape.len()
            && (0..shape.len()).all(|axis| axis == at || tensor.shape()[axis] == shape[axis])
            && tensor.element_type() == first.element_type();
        if !fits {
            return Err(format!(
                "{} of shape {:?} does not join {} of shape {:?} along axis {at}",
                tensor.element_type(),
                tensor.shape(),
                first.element_type(),
                first.shape()
            ));
        }
        shape[at] = shape[at].saturating_add(tensor.shape()[at]);
    }
    let count = check_room(&shape, first.element_type(), room)?;
    // No row has values where there are none in all.
    let outer: usize = match count {
        0 => 0,
        _ => shape[..at].iter().product(),
    };
    macro_rules! joined {
        ($variant:ident) => {{
            let mut joined = Vec::with_capacity(count);
            for row in 0..outer {
                for tensor in tensors {
                    let Values::$variant(values) = tensor.values() else {
                        return Err("the tensors are of different types".into());
                    };
                    let width = values.len() / outer;
                    joined.extend_from_slice(&values[row * width..][..width]);
                }
            }
            Values::$variant(joined)
        }};
    }
    let values = match first.values() {
        Values::F32(_) => joined!(F32),
        Values::I64(_) => joined!(I64),
        Values::I32(_) => joined!(I32),
        Values::Bool(_) => joined!(Bool),
    };
    Ok(Tensor::of(shape, values))
}

/// Expand: broadcast to a shape.
pub(super) fn expand(tensor: &Tensor, shape: &Tensor, room: usize) -> Result<Tensor, String> {
    let shape = broadcast_shape(&[tensor.shape(), &sizes("the shape", shape)?])?;
    check_room(&shape, tensor.element_type(), room)?;
    let walk = Walk::broadcast(tensor.shape(), &shape);
    Ok(take(tensor, shape, walk))
}

/// Tile: repeated along each axis.
pub(super) fn tile(tensor: &Tensor, repeats: &Tensor, room: usize) -> Result<Tensor, String> {
    let repeats = sizes("repeats", repeats)?;
    if repeats.len() != tensor.shape().len() {
        return Err(format!(
            "{} repeats are given for shape {:?}",
            repeats.len(),
            tensor.shape()
        ));
    }
    let shape: Vec<usize> = tensor
        .shape()
        .iter()
        .zip(&repeats)
        .map(|(&size, &repeat)| size.saturating_mul(repeat))
        .collect();
    check_room(&shape, tensor.element_type(), room)?;
    // Each axis as two, of which the outer one, the repeats, stays in place.
    let own = strides(tensor.shape());
    let (mut sizes, mut steps) = (Vec::new(), Vec::new());
    for ((&size, repeat), stride) in tensor.shape().iter().zip(repeats).zip(own) {
        sizes.extend([repeat, size]);
        steps.extend([0, stride]);
    }
    let walk = Walk::new(&sizes, steps, 0);
    Ok(take(tensor, shape, walk))
}
