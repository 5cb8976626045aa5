//! Tags: whole numbers that say which value of which source a value is.

use crate::onnx::tensor::{Tensor, Values};

/// Values of one source lie below this; its number stands above.
const SPAN: u32 = 40;

/// What tags lead back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The rows after so many layers, `[steps, batch, width]` or `[batch, width]`.
    Rows {
        after: usize,
        steps: Option<usize>,
        batch: usize,
        width: usize,
    },
    /// The final hidden state of layer `after − 1`, `[batch, width]`.
    Hidden {
        after: usize,
        batch: usize,
        width: usize,
    },
    /// Its final cell state.
    Cell,
    /// An input that is no sequence: initial states, lengths.
    Other,
}

/// Tags of source `number` at these places.
pub(super) fn tagged(
    number: usize,
    shape: &[usize],
    places: impl Iterator<Item = usize>,
) -> Tensor {
    let first = (number as i64) << SPAN;
    let tags: Vec<i64> = places.map(|place| first + place as i64).collect();
    Tensor::of(shape, tags)
}

/// The tags of a tensor of them.
pub(super) fn tags(tensor: &Tensor) -> &[i64] {
    match tensor.values() {
        Values::I64(tags) => tags,
        _ => &[],
    }
}

/// The one source that all of these tags have.
pub(super) fn source(tags: &[i64]) -> Option<usize> {
    let source = tags.first()? >> SPAN;
    tags.iter()
        .all(|tag| tag >> SPAN == source)
        .then(|| usize::try_from(source).ok())?
}

/// The numbers of all sources among these tags.
pub(super) fn sources(tags: &[i64]) -> impl Iterator<Item = usize> + '_ {
    tags.iter()
        .map(|tag| usize::try_from(tag >> SPAN).unwrap_or(usize::MAX))
}

/// Places within the source.
pub(super) fn places(tags: &[i64]) -> impl Iterator<Item = usize> + '_ {
    tags.iter().map(|tag| (tag & ((1 << SPAN) - 1)) as usize)
}

/// The rows that a tensor's values are, in its order, where they are all `rows` rows of `width` values once.
pub(super) fn rows(tags: &[i64], rows: usize, width: usize) -> Option<Vec<usize>> {
    if tags.len() != rows * width || width == 0 {
        return None;
    }
    let mut seen = vec![false; rows];
    let places: Vec<usize> = places(tags).collect();
    places
        .chunks_exact(width)
        .map(|values| {
            let row = values[0] / width;
            let whole = values
                .iter()
                .enumerate()
                .all(|(feature, &place)| place == row * width + feature);
            (whole && row < rows && !std::mem::replace(&mut seen[row], true)).then_some(row)
        })
        .collect()
}

/// Whether a tensor's values are all `count` values of a source once, in any order.
pub(super) fn complete(tags: &[i64], count: usize) -> bool {
    let mut seen = vec![false; count];
    tags.len() == count
        && places(tags).all(|place| place < count && !std::mem::replace(&mut seen[place], true))
}
