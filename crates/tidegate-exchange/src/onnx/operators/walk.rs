//! Places of a tensor's values in the order of another shape: what transposing, slicing, repeating and broadcasting share.

use crate::onnx::tensor::{ElementType, MOST_AXES, Tensor, Values, product};

/// Row-major steps between neighbours along each axis.
pub(super) fn strides(shape: &[usize]) -> Vec<isize> {
    let mut strides = vec![1isize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis] as isize);
    }
    strides
}

/// The places that a walk over `shape` with these strides passes, row-major.
pub(super) struct Walk {
    shape: Vec<usize>,
    strides: Vec<isize>,
    counters: Vec<usize>,
    at: isize,
    left: usize,
}

impl Walk {
    pub(super) fn new(shape: &[usize], strides: Vec<isize>, start: usize) -> Walk {
        Walk {
            left: shape.iter().product(),
            counters: vec![0; shape.len()],
            shape: shape.to_vec(),
            strides,
            at: start as isize,
        }
    }

    /// The places of a tensor of shape `from` for each value of `to`, to which it is broadcast.
    pub(super) fn broadcast(from: &[usize], to: &[usize]) -> Walk {
        let mut broadcast = vec![0; to.len() - from.len()];
        let own = strides(from);
        broadcast.extend(
            from.iter()
                .zip(own)
                .map(|(&size, stride)| if size == 1 { 0 } else { stride }),
        );
        Walk::new(to, broadcast, 0)
    }
}

impl Iterator for Walk {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.at as usize;
        for axis in (0..self.shape.len()).rev() {
            self.counters[axis] += 1;
            self.at += self.strides[axis];
            if self.counters[axis] < self.shape[axis] {
                break;
            }
            self.at -= self.strides[axis] * self.shape[axis] as isize;
            self.counters[axis] = 0;
        }
        Some(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// The shape that shapes are broadcast to, as NumPy does.
pub(super) fn broadcast_shape(shapes: &[&[usize]]) -> Result<Vec<usize>, String> {
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut result = vec![1; rank];
    for shape in shapes {
        for (result, &size) in result[rank - shape.len()..].iter_mut().zip(*shape) {
            if *result == 1 {
                *result = size;
            } else if size != 1 && size != *result {
                return Err(format!("shapes {shapes:?} do not fit each other"));
            }
        }
    }
    Ok(result)
}

/// What is wrong with a result of so many axes.
pub(super) fn too_many_axes(rank: usize) -> String {
    format!("a result of {rank} axes is asked for, and at most {MOST_AXES} are computed")
}

/// Checks that a result of this shape takes no more than `room` bytes, and gives its number of values.
pub(super) fn check_room(
    shape: &[usize],
    element_type: ElementType,
    room: usize,
) -> Result<usize, String> {
    let size = match element_type {
        ElementType::F32 | ElementType::I32 => 4,
        ElementType::I64 => 8,
        ElementType::Bool => 1,
    };
    product(shape)
        .filter(|&values| values <= room / size)
        .ok_or_else(|| {
            if shape.len() > MOST_AXES {
                return too_many_axes(shape.len());
            }
            format!("a result of shape {shape:?} takes more than the {room} bytes allowed")
        })
}

/// The values of `tensor` at `places`, as a tensor of `shape`.
pub(super) fn take(
    tensor: &Tensor,
    shape: Vec<usize>,
    places: impl Iterator<Item = usize>,
) -> Tensor {
    let values: Values = match tensor.values() {
        Values::F32(values) => places.map(|place| values[place]).collect::<Vec<_>>().into(),
        Values::I64(values) => places.map(|place| values[place]).collect::<Vec<_>>().into(),
        Values::I32(values) => places.map(|place| values[place]).collect::<Vec<_>>().into(),
        Values::Bool(values) => places.map(|place| values[place]).collect::<Vec<_>>().into(),
    };
    Tensor::of(shape, values)
}

/// An axis given from the front, or with a negative number from the back.
pub(super) fn axis(axis: i64, rank: usize) -> Result<usize, String> {
    let from_front = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(from_front)
        .ok()
        .filter(|&axis| axis < rank)
        .ok_or_else(|| format!("there is no axis {axis} among {rank}"))
}

/// Different axes, in the order given.
pub(super) fn axes(given: &[i64], rank: usize) -> Result<Vec<usize>, String> {
    let mut read = Vec::new();
    for &one in given.iter().take(rank + 1) {
        let one = axis(one, rank)?;
        if read.contains(&one) {
            return Err(format!("axis {one} stands twice"));
        }
        read.push(one);
    }
    Ok(read)
}

/// Whole numbers of a tensor of at most one axis.
pub(super) fn whole_numbers(name: &str, tensor: &Tensor) -> Result<Vec<i64>, String> {
    if tensor.shape().len() > 1 {
        return Err(format!(
            "{name} has shape {:?}, not one axis",
            tensor.shape()
        ));
    }
    match tensor.values() {
        Values::I64(values) => Ok(values.clone()),
        Values::I32(values) => Ok(values.iter().map(|&value| value.into()).collect()),
        _ => Err(format!(
            "{name} is {}, no whole numbers",
            tensor.element_type()
        )),
    }
}

/// Sizes of a shape that a tensor holds.
pub(super) fn sizes(name: &str, tensor: &Tensor) -> Result<Vec<usize>, String> {
    if tensor.len() > MOST_AXES {
        return Err(too_many_axes(tensor.len()));
    }
    whole_numbers(name, tensor)?
        .into_iter()
        .map(|size| usize::try_from(size).map_err(|_| format!("{name} asks for a size of {size}")))
        .collect()
}
