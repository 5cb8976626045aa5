//! A fingerprint by which an output folder recognises the data that its numbers were measured on.

use tidegate_data::{Split, Splits};
use tidegate_train::fingerprint_of_set;

/// The fingerprints of the three sets.
pub(crate) fn of_splits(splits: &Splits) -> String {
    Split::ALL
        .map(|split| fingerprint_of_set(splits.get(split)))
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Task;

    #[test]
    fn equal_data_has_one_fingerprint_and_other_data_another() {
        let print = |length, sequences| {
            let task = Task::adding_problem(length).with_sequences(sequences);
            of_splits(&task.splits().unwrap())
        };
        assert_eq!(print(5, 9), print(5, 9));
        assert_ne!(print(5, 9), print(6, 9));
        assert_ne!(print(5, 9), print(5, 10));
    }
}
