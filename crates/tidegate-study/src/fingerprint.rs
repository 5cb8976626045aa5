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

    #[test]
    fn one_number_of_the_inputs_or_targets_of_any_set_makes_another_fingerprint() {
        use tidegate_data::{Inputs, Targets};
        let splits = Task::adding_problem(5).with_sequences(9).splits().unwrap();
        let expected = of_splits(&splits);
        for index in 0..3 {
            for in_targets in [false, true] {
                let mut changed = splits.clone();
                let sets = [&mut changed.train, &mut changed.valid, &mut changed.test];
                let sequence = &mut sets.into_iter().nth(index).unwrap().sequences[0];
                match (&mut sequence.inputs, &mut sequence.targets) {
                    (_, Targets::Values(values)) if in_targets => values[0] += 0.25,
                    (Inputs::Features { values, .. }, _) => values[0] += 0.25,
                    _ => panic!("the adding problem has other kinds"),
                }
                assert_ne!(of_splits(&changed), expected, "{index} {in_targets}");
            }
        }
    }
}
