//! How a batch of sequences is cut into windows of steps.

use std::ops::Range;

use tidegate_data::{SequenceSet, Supervision};

/// How long the longest of these sequences is.
pub(crate) fn longest(set: &SequenceSet, rows: &[usize]) -> usize {
    rows.iter()
        .map(|&row| set.sequence_length(row))
        .max()
        .unwrap_or(0)
}

/// Number of windows that cover the longest sequence; without a limit on their size, one.
pub(crate) fn count(longest: usize, size: Option<usize>) -> usize {
    size.map_or(1, |size| longest.div_ceil(size))
}

/// The steps of window `index`.
pub(crate) fn steps(index: usize, longest: usize, size: Option<usize>) -> Range<usize> {
    size.map_or(0..longest, |size| {
        index * size..longest.min((index + 1) * size)
    })
}

/// Number of supervised steps of these sequences in a window, where every step is supervised.
pub(crate) fn supervised_steps(set: &SequenceSet, rows: &[usize], window: &Range<usize>) -> usize {
    let inside = |&row: &usize| {
        let length = set.sequence_length(row);
        length.min(window.end).saturating_sub(window.start)
    };
    rows.iter().map(inside).sum()
}

/// Whether a window of these steps has a supervised step of one of these sequences.
pub(crate) fn is_supervised(set: &SequenceSet, rows: &[usize], steps: &Range<usize>) -> bool {
    rows.iter().any(|&row| {
        let length = set.sequence_length(row);
        match set.supervision {
            Supervision::EveryStep => length > steps.start,
            Supervision::LastStep => ends_inside(length, steps),
        }
    })
}

/// How many of these windows have a supervised step of one of these sequences: each makes an update.
pub(crate) fn count_supervised(
    set: &SequenceSet,
    rows: &[usize],
    size: Option<usize>,
    windows: Range<usize>,
) -> usize {
    let longest = longest(set, rows);
    windows
        .filter(|&index| is_supervised(set, rows, &steps(index, longest, size)))
        .count()
}

/// Whether the last step of a sequence lies in this window.
pub(crate) fn ends_inside(length: usize, steps: &Range<usize>) -> bool {
    length > steps.start && length <= steps.end
}
