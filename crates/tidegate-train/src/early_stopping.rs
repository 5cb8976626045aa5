//! The best epoch, and when waiting for a better one ends: once it is good enough, or once none comes.

use crate::event::EpochRecord;

/// The epoch with the lowest validation loss; the first of equals.
pub(crate) fn best(epochs: &[EpochRecord]) -> Option<&EpochRecord> {
    epochs.iter().rev().find(|epoch| epoch.best)
}

/// Whether `patience` epochs in a row have passed without a lower validation loss.
pub(crate) fn is_exhausted(epochs: &[EpochRecord], patience: Option<usize>) -> bool {
    patience.is_some_and(|patience| {
        epochs.iter().rev().take_while(|epoch| !epoch.best).count() >= patience
    })
}

/// Whether the last epoch's validation loss is low enough. A run ends with the first such epoch.
pub(crate) fn is_reached(epochs: &[EpochRecord], target_loss: Option<f64>) -> bool {
    match (epochs.last(), target_loss) {
        (Some(epoch), Some(target)) => epoch.valid_loss <= target,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(best: &[bool]) -> Vec<EpochRecord> {
        let record = |(index, &best): (usize, &bool)| EpochRecord {
            epoch: index + 1,
            train_loss: 1.0,
            valid_loss: 1.0,
            learning_rate: 0.1,
            updates: 1,
            seconds: 0.0,
            validation_seconds: 0.0,
            best,
        };
        best.iter().enumerate().map(record).collect()
    }

    #[test]
    fn waiting_ends_after_patience_epochs_without_a_better_one() {
        assert!(!is_exhausted(&epochs(&[]), Some(1)));
        assert!(!is_exhausted(&epochs(&[true, false, true, false]), Some(2)));
        assert!(is_exhausted(&epochs(&[true, false, false]), Some(2)));
        assert!(!is_exhausted(&epochs(&[true, false, false]), None));
    }

    #[test]
    fn a_target_is_reached_by_a_last_epoch_at_or_below_it() {
        assert!(!is_reached(&epochs(&[]), Some(1.0)));
        assert!(is_reached(&epochs(&[true]), Some(1.0)));
        assert!(!is_reached(&epochs(&[true]), Some(0.99)));
        assert!(!is_reached(&epochs(&[true]), None));
    }

    #[test]
    fn the_best_epoch_is_the_last_that_was_better_than_all_before() {
        assert_eq!(
            best(&epochs(&[true, true, false])).map(|epoch| epoch.epoch),
            Some(2)
        );
        assert!(best(&epochs(&[])).is_none());
    }
}
