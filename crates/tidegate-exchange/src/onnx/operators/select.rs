//! Operators that take parts of tensors: Slice, Split, Gather.

use super::walk::{Walk, axes, axis, check_room, strides, take};
use crate::onnx::tensor::{Tensor, Values, product};

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
    product(&shape).ok_or_else(|| too_large(&shape))?;
    let walk = Walk::new(&shape, own, start_place);
    Ok(take(tensor, shape, walk))
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
    part_sizes
        .into_iter()
        .map(|part| {
            let mut shape = tensor.shape().to_vec();
            shape[at] = part;
            product(&shape).ok_or_else(|| too_large(&shape))?;
            let walk = Walk::new(&shape, own.clone(), start * own[at].unsigned_abs());
            start += part;
            Ok(take(tensor, shape, walk))
        })
        .collect()
}

fn too_large(shape: &[usize]) -> String {
    format!(
        "a part of shape {shape:?} is not computed: its axes are too large beside one of size 0"
    )
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
    let count = check_room(&shape, tensor.element_type(), room)?;
    let inner: usize = back.iter().product();
    let outer: usize = match count {
        0 => 0,
        _ => front.iter().product(),
    };
    let walk = (0..outer).flat_map(|outer| {
        places.iter().flat_map(move |place| {
            let start = (outer * size + place) * inner;
            start..start + inner
        })
    });
    Ok(take(tensor, shape, walk))
}
