//! Which rows of a time-major batch are real, as runs of rows without a gap.

use std::ops::Range;

use tidegate_cells::Batch;

use crate::error::TrainError;

/// Calls `run` for every run of consecutive real rows (row = step · B + sequence), in order.
///
/// A batch without padding is one single run.
pub(crate) fn for_each_run(
    batch: &Batch,
    mut run: impl FnMut(Range<usize>) -> Result<(), TrainError>,
) -> Result<(), TrainError> {
    let Some(lengths) = batch.lengths else {
        return run(0..batch.steps * batch.batch);
    };
    let mut start = None;
    for step in 0..batch.steps {
        for (sequence, &length) in lengths.iter().enumerate() {
            let row = step * batch.batch + sequence;
            if step < length {
                start.get_or_insert(row);
            } else if let Some(first) = start.take() {
                run(first..row)?;
            }
        }
    }
    match start {
        Some(first) => run(first..batch.steps * batch.batch),
        None => Ok(()),
    }
}

/// Number of real rows: the supervised steps of the batch.
pub(crate) fn count(batch: &Batch) -> usize {
    batch.total_steps()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_cover_the_real_rows_and_no_padded_one(lengths in prop::collection::vec(0..6_usize, 0..7)) {
            let given = lengths.iter().map(|l| l % 6).collect::<Vec<_>>();
            let batch = Batch::ragged(5, &given);
            let mut covered = vec![0; 5 * lengths.len()];
            for_each_run(&batch, |rows| {
                assert!(!rows.is_empty());
                covered[rows].iter_mut().for_each(|count| *count += 1);
                Ok(())
            }).unwrap();
            for (row, count) in covered.iter().enumerate() {
                let real = row / lengths.len() < lengths[row % lengths.len()];
                prop_assert_eq!(*count, usize::from(real));
            }
            prop_assert_eq!(covered.iter().sum::<usize>(), count(&batch));
        }
    }
}
