//! Operators that move values and change none.

use super::walk::{
    Walk, axes, axis, broadcast_shape, check_room, sizes, strides, take, whole_numbers,
};
use crate::onnx::tensor::{Tensor, Values, product};

/// The same values with another shape.
fn with_shape(tensor: &Tensor, shape: Vec<usize>) -> Tensor {
    Tensor::of(shape, tensor.values().clone())
}

/// Reshape: −1 stands for what is left, 0, unless `allow_zero`, for the size that the axis has.
pub(super) fn reshape(tensor: &Tensor, shape: &Tensor, allow_zero: bool) -> Result<Tensor, String> {
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
    // More axes than any tensor has.
    if given.len() > 64 {
        return Err(format!("{} axes are to be added", given.len()));
    }
    let rank = tensor.shape().len() + given.len();
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

/// Slice along each of `axes` (the first ones where none are given) from `starts` to before `ends` in `steps` (1 each where
/// none are given).
pub(super) fn slice(
    tensor: &Tensor,
    starts: &[i64],
    ends: &[i64],
    given: Option<&[i64]>,
    steps: Option<&[i64]>,
) -> Result<Tensor, String> {
    let rank = tensor.shape().len();
    let sliced = match given {
        Some(given) => axes(given, rank)?,
        None => (0..starts.len().min(rank)).collect(),
    };
    let lengths = [
        starts.len(),
        ends.len(),
        steps.map_or(starts.len(), <[i64]>::len),
    ];
    if lengths != [sliced.len(); 3] {
        return Err("starts, ends, axes and steps are not of one length".into());
    }
    let mut shape = tensor.shape().to_vec();
    let mut own = strides(&shape);
    let mut start_place = 0;
    for (index, &axis) in sliced.iter().enumerate() {
        let size = i64::try_from(shape[axis]).unwrap_or(i64::MAX);
        let step = steps.map_or(1, |steps| steps[index]);
        if step == 0 {
            return Err("a step of 0 is none".into());
        }
        let from_front = |place: i64| {
            if place < 0 {
                place.saturating_add(size)
            } else {
                place
            }
        };
        let (start, end) = (from_front(starts[index]), from_front(ends[index]));
        // As the standard bounds them: backwards, an end before the front is −1.
        let last = (size - 1).max(0);
        let (start, span) = if step > 0 {
            let (start, end) = (start.clamp(0, size), end.clamp(0, size));
            (start, end - start)
        } else {
            let (start, end) = (start.clamp(0, last), end.clamp(-1, last));
            (start, start - end)
        };
        let count = if size == 0 { 0 } else { span.max(0) as u64 };
        let count = count.div_ceil(step.unsigned_abs());
        shape[axis] = usize::try_from(count).unwrap_or(usize::MAX);
        start_place += usize::try_from(start).unwrap_or(0) * own[axis].unsigned_abs();
        // One value or none makes no step, however long.
        own[axis] = if count > 1 {
            own[axis] * step as isize
        } else {
            0
        };
    }
    let walk = Walk::new(&shape, own, start_place);
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
    check_room(&shape, first.element_type(), room)?;
    let outer: usize = shape[..at].iter().product();
    macro_rules! joined {
        ($variant:ident) => {{
            let mut joined = Vec::with_capacity(product(&shape).unwrap_or(0));
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

/// Split: parts of the given sizes along `axis`, or `parts` of equal size but for a smaller last one.
pub(super) fn split(
    tensor: &Tensor,
    at: i64,
    given: Option<&[i64]>,
    parts: usize,
) -> Result<Vec<Tensor>, String> {
    let at = axis(at, tensor.shape().len())?;
    let size = tensor.shape()[at];
    let refused = || format!("{size} does not split into {given:?} or {parts} parts");
    let part_sizes: Vec<usize> = match given {
        Some(given) => given
            .iter()
            .map(|&part| usize::try_from(part).map_err(|_| refused()))
            .collect::<Result<_, _>>()?,
        None => {
            let each = size.div_ceil(parts.max(1));
            (0..parts)
                .map(|part| each.min(size.saturating_sub(part * each)))
                .collect()
        }
    };
    let total = part_sizes
        .iter()
        .try_fold(0usize, |total, &part| total.checked_add(part));
    if part_sizes.len() != parts || total != Some(size) {
        return Err(refused());
    }
    let own = strides(tensor.shape());
    let mut start = 0;
    Ok(part_sizes
        .into_iter()
        .map(|part| {
            let mut shape = tensor.shape().to_vec();
            shape[at] = part;
            let walk = Walk::new(&shape, own.clone(), start * own[at].unsigned_abs());
            start += part;
            take(tensor, shape, walk)
        })
        .collect())
}

/// Gather: the parts along `axis` that the indices name, which take the place of the axis.
pub(super) fn gather(
    tensor: &Tensor,
    indices: &Tensor,
    at: i64,
    room: usize,
) -> Result<Tensor, String> {
    let at = axis(at, tensor.shape().len())?;
    let size = tensor.shape()[at];
    let place = |index: i64| {
        let from_front = if index < 0 {
            index + size as i64
        } else {
            index
        };
        usize::try_from(from_front)
            .ok()
            .filter(|&place| place < size)
            .ok_or_else(|| format!("index {index} is beyond the {size} there are"))
    };
    let places: Vec<usize> = match indices.values() {
        Values::I64(indices) => indices
            .iter()
            .map(|&index| place(index))
            .collect::<Result<_, _>>()?,
        Values::I32(indices) => indices
            .iter()
            .map(|&index| place(index.into()))
            .collect::<Result<_, _>>()?,
        _ => {
            return Err(format!(
                "indices are {}, no whole numbers",
                indices.element_type()
            ));
        }
    };
    let (front, back) = (&tensor.shape()[..at], &tensor.shape()[at + 1..]);
    let shape = [front, indices.shape(), back].concat();
    check_room(&shape, tensor.element_type(), room)?;
    let (outer, inner): (usize, usize) = (front.iter().product(), back.iter().product());
    let walk = (0..outer).flat_map(|outer| {
        places.iter().flat_map(move |place| {
            let start = (outer * size + place) * inner;
            start..start + inner
        })
    });
    Ok(take(tensor, shape, walk))
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
