//! The parts that the steps of a passage are run in, one after the other.

use std::ops::Range;

use crate::window_steps;

/// How a passage is cut.
#[derive(Clone, Debug)]
pub(crate) enum Parts {
    /// Not at all.
    Whole,
    /// Into parts of so many steps; the last may be shorter.
    OfSteps(usize),
    /// Into parts that end at these steps, in order; the last of them is the passage's end. A part may be empty.
    EndingAt(Vec<usize>),
}

impl Parts {
    /// Number of parts of a passage of these steps.
    pub(crate) fn count(&self, passage: &Range<usize>) -> usize {
        match self {
            Parts::Whole => 1,
            Parts::OfSteps(size) => window_steps::count(passage.len(), Some(*size)),
            Parts::EndingAt(ends) => ends.len(),
        }
    }

    /// The steps of part `index`.
    pub(crate) fn part(&self, index: usize, passage: &Range<usize>) -> Range<usize> {
        match self {
            Parts::Whole => passage.clone(),
            Parts::OfSteps(size) => {
                let part = window_steps::steps(index, passage.len(), Some(*size));
                passage.start + part.start..passage.start + part.end
            }
            Parts::EndingAt(ends) => {
                let start = match index.checked_sub(1) {
                    Some(before) => ends[before],
                    None => passage.start,
                };
                start..ends[index]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_from_the_beginning_to_the_end() {
        let all = |parts: &Parts| -> Vec<Range<usize>> {
            let part = |index| parts.part(index, &(3..10));
            (0..parts.count(&(3..10))).map(part).collect()
        };
        assert_eq!(Parts::Whole.count(&(3..10)), 1);
        assert_eq!(Parts::Whole.part(0, &(3..10)), 3..10);
        assert_eq!(all(&Parts::OfSteps(3)), [3..6, 6..9, 9..10]);
        let ends = Parts::EndingAt(vec![4, 10, 10]);
        assert_eq!(all(&ends), [3..4, 4..10, 10..10]);
        assert_eq!(Parts::OfSteps(3).count(&(3..3)), 0);
    }
}
