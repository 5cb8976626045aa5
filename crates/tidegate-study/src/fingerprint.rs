//! A fingerprint by which an output folder recognises the data that its numbers were measured on.

use tidegate_data::{Inputs, Split, Splits, Targets};

/// FNV-1a (Fowler, Noll & Vo) over every number of the three sets, a word at a time. It finds a mix-up, not a forgery.
pub(crate) fn of_splits(splits: &Splits) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut word = |word: u64| hash = (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    for split in Split::ALL {
        let set = splits.get(split);
        word(set.len() as u64);
        for sequence in &set.sequences {
            word(sequence.inputs.steps() as u64);
            match &sequence.inputs {
                Inputs::Features { values, .. } => {
                    values.iter().for_each(|value| word(value.to_bits().into()));
                }
                Inputs::Tokens(tokens) => tokens.iter().for_each(|token| word((*token).into())),
            }
            match &sequence.targets {
                Targets::Values(values) | Targets::Labels(values) => {
                    values.iter().for_each(|value| word(value.to_bits().into()));
                }
                Targets::Classes(classes) => classes.iter().for_each(|class| word((*class).into())),
            }
        }
    }
    format!("{hash:016x}")
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
