//! The order of rows that all internal buffers use: time-major over the real steps alone. Sequences are ranked by length,
//! the longest first; step t holds the ranks that are longer than t, which are the first `count(t)`. A full batch keeps
//! its own order, so that its packed form is the caller's `[T, B, ·]` itself; so is that of a caller whose rows are packed.

use std::ops::Range;

use crate::batch::Batch;

/// What a step costs beside its rows, in rows.
const STEP_COST: usize = 2;

/// Ranks, counts and offsets of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PackedSteps {
    batch_steps: usize,
    packed: bool,
    order: Vec<usize>,
    lengths: Vec<usize>,
    counts: Vec<usize>,
    starts: Vec<usize>,
}

impl PackedSteps {
    /// The packed order of a valid batch.
    pub(crate) fn new(batch: &Batch<'_>) -> Self {
        let mut order: Vec<usize> = (0..batch.batch).collect();
        // A stable sort: equal lengths keep their order, and a full batch the caller's.
        order.sort_by_key(|&row| std::cmp::Reverse(batch.length(row)));
        let lengths: Vec<usize> = order.iter().map(|&row| batch.length(row)).collect();
        let longest = lengths.first().copied().unwrap_or(0);
        let mut counts = vec![0; longest];
        let mut rank = lengths.len();
        for (step, count) in counts.iter_mut().enumerate() {
            while rank > 0 && lengths[rank - 1] <= step {
                rank -= 1;
            }
            *count = rank;
        }
        let mut starts = Vec::with_capacity(longest + 1);
        let mut start = 0;
        for count in &counts {
            starts.push(start);
            start += count;
        }
        starts.push(start);
        PackedSteps {
            batch_steps: batch.steps,
            packed: batch.packed,
            order,
            lengths,
            counts,
            starts,
        }
    }

    /// Number of sequences.
    pub(crate) fn batch(&self) -> usize {
        self.order.len()
    }

    /// Number of steps of the longest sequence.
    pub(crate) fn steps(&self) -> usize {
        self.counts.len()
    }

    /// Number of real steps over all sequences.
    pub(crate) fn total(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Number of sequences that have step `step`; 0 beyond the longest.
    pub(crate) fn count(&self, step: usize) -> usize {
        self.counts.get(step).copied().unwrap_or(0)
    }

    /// Packed row of rank 0 at `step`.
    pub(crate) fn start(&self, step: usize) -> usize {
        self.starts[step]
    }

    /// The batch's sequence at `rank`.
    pub(crate) fn row(&self, rank: usize) -> usize {
        self.order[rank]
    }

    /// The batch's sequence at every rank.
    pub(crate) fn rows(&self) -> &[usize] {
        &self.order
    }

    /// Length of the sequence at `rank`.
    pub(crate) fn length(&self, rank: usize) -> usize {
        self.lengths[rank]
    }

    /// Whether the packed form is the caller's own.
    pub(crate) fn is_callers(&self) -> bool {
        self.packed || self.total() == self.batch_steps * self.batch()
    }

    /// Number of the caller's rows, with padding.
    pub(crate) fn caller_rows(&self) -> usize {
        if self.packed {
            self.total()
        } else {
            self.batch_steps * self.batch()
        }
    }

    /// Number of steps of the caller's rows, with padding.
    pub(crate) fn caller_steps(&self) -> usize {
        self.batch_steps
    }

    /// Number of the caller's rows at `step`. Packed ones stand in the order of their ranks, which is the caller's.
    pub(crate) fn caller_count(&self, step: usize) -> usize {
        if self.packed {
            self.count(step)
        } else {
            self.batch()
        }
    }

    /// The caller's row of every packed row, in packed order.
    pub(crate) fn unpacked_rows(&self) -> impl Iterator<Item = usize> + '_ {
        let rows = self.places().enumerate();
        rows.map(move |(packed, (step, sequence))| {
            if self.packed {
                packed
            } else {
                step * self.batch() + sequence
            }
        })
    }

    /// The step and the batch's sequence of every packed row, in packed order.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.steps())
            .flat_map(move |step| (0..self.count(step)).map(move |rank| (step, self.row(rank))))
    }

    /// The steps split into at most `parts` ranges of about equal numbers of rows.
    pub(crate) fn ranges_of_steps(&self, parts: usize) -> Vec<Range<usize>> {
        let mut first = 0;
        (1..=parts)
            .map(|part| {
                let rows = self.total() * part / parts;
                let end = self.starts.partition_point(|&start| start < rows);
                std::mem::replace(&mut first, end)..end
            })
            .filter(|range| !range.is_empty())
            .collect()
    }

    /// Ranks split into at most `parts` ranges that take about equally long: a range costs its sequences' steps and, for
    /// the weights that every step reads whatever its number of rows, [`STEP_COST`] for each of its longest's.
    pub(crate) fn split(&self, parts: usize) -> Vec<Range<usize>> {
        // The smallest limit under which so many ranges are enough, by halving.
        let (mut low, mut high) = (0, self.total() + STEP_COST * self.steps());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.ranges_under(middle).count() <= parts {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        self.ranges_under(high).collect()
    }

    /// Ranges of ranks that each cost no more than `limit`, or hold one sequence.
    fn ranges_under(&self, limit: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut first = 0;
        std::iter::from_fn(move || {
            let start = first;
            let mut cost = STEP_COST * self.lengths.get(start)?;
            while let Some(length) = self.lengths.get(first) {
                cost += length;
                if cost > limit && first > start {
                    break;
                }
                first += 1;
            }
            Some(start..first)
        })
    }

    /// Cuts a buffer of packed rows of `width` values into the rows of each range of ranks and step: `[range][step]`.
    pub(crate) fn cut<'a>(
        &self,
        buffer: &'a mut [f32],
        width: usize,
        ranges: &[Range<usize>],
    ) -> Vec<Vec<&'a mut [f32]>> {
        let mut parts: Vec<Vec<&mut [f32]>> = ranges
            .iter()
            .map(|_| Vec::with_capacity(self.steps()))
            .collect();
        let mut rest = buffer;
        for step in 0..self.steps() {
            let count = self.count(step);
            for (range, part) in ranges.iter().zip(&mut parts) {
                let rows = range.end.min(count).saturating_sub(range.start);
                let (cut, after) = rest.split_at_mut(rows * width);
                part.push(cut);
                rest = after;
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ragged_batch_packs_its_real_steps_longest_first() {
        let lengths = [2, 0, 3, 2];
        let steps = PackedSteps::new(&Batch::ragged(4, &lengths));
        assert_eq!((steps.steps(), steps.total()), (3, 7));
        assert_eq!(
            (0..4).map(|rank| steps.row(rank)).collect::<Vec<_>>(),
            [2, 0, 3, 1]
        );
        assert_eq!(
            (0..3).map(|step| steps.count(step)).collect::<Vec<_>>(),
            [3, 3, 1]
        );
        assert_eq!(
            steps.unpacked_rows().collect::<Vec<_>>(),
            [2, 0, 3, 6, 4, 7, 10]
        );
        assert!(!steps.is_callers());
    }

    #[test]
    fn a_full_batch_is_its_own_packed_form_and_splits_evenly() {
        let steps = PackedSteps::new(&Batch::full(3, 5));
        assert!(steps.is_callers());
        assert!(steps.unpacked_rows().eq(0..15));
        assert_eq!(steps.split(2), [0..3, 3..5]);
        assert_eq!(steps.split(9), [0..1, 1..2, 2..3, 3..4, 4..5]);
    }

    #[test]
    fn packed_rows_are_their_own_packed_form() {
        let lengths = [3, 2, 2, 0];
        let steps = PackedSteps::new(&Batch::packed(&lengths));
        assert!(steps.is_callers());
        assert_eq!((steps.caller_rows(), steps.total()), (7, 7));
        assert!(steps.unpacked_rows().eq(0..7));
        let places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)];
        assert!(steps.places().eq(places));
    }

    #[test]
    fn few_long_sequences_weigh_as_much_as_many_short_ones() {
        let lengths: Vec<usize> = (1..=12).map(|row| row * 10).collect();
        let steps = PackedSteps::new(&Batch::ragged(120, &lengths));
        for parts in 1..=14 {
            let ranges = steps.split(parts);
            assert!(ranges.len() <= parts, "{ranges:?}");
            assert!(ranges.iter().all(|range| !range.is_empty()));
            let ranks: Vec<usize> = ranges.into_iter().flatten().collect();
            assert!(ranks.into_iter().eq(0..12));
        }
        // 3 · 110 + 2 · 120 = 570 steps against 450 + 2 · 90 = 630; with one more sequence it would be 660 against 520.
        assert_eq!(steps.split(2), [0..3, 3..12]);
    }

    #[test]
    fn ranges_of_steps_follow_each_other_with_about_equal_numbers_of_rows() {
        let lengths = [2, 0, 3, 2];
        let steps = PackedSteps::new(&Batch::ragged(4, &lengths));
        assert!(
            steps
                .ranges_of_steps(1)
                .into_iter()
                .eq(std::iter::once(0..3))
        );
        assert_eq!(steps.ranges_of_steps(2), [0..1, 1..3]);
        assert_eq!(steps.ranges_of_steps(7), [0..1, 1..2, 2..3]);
        assert!(
            PackedSteps::new(&Batch::full(0, 3))
                .ranges_of_steps(2)
                .is_empty()
        );
    }

    #[test]
    fn empty_batches_have_no_steps() {
        for batch in [
            Batch::full(0, 3),
            Batch::full(3, 0),
            Batch::ragged(2, &[0, 0]),
        ] {
            let steps = PackedSteps::new(&batch);
            assert_eq!((steps.steps(), steps.total()), (0, 0));
        }
    }
}
