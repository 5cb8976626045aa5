//! Limits that the options of every generated task share.

use crate::error::DataError;

/// Steps that one generated set may hold. Beyond it a slip of the hand would fill the memory.
pub(crate) const MOST_STEPS: usize = 1 << 28;

/// Refuses the option `option` of `task`.
pub(crate) fn impossible(
    task: &'static str,
    option: &'static str,
    value: impl ToString,
    reason: impl Into<String>,
) -> DataError {
    DataError::ImpossibleOption {
        task,
        option,
        value: value.to_string(),
        reason: reason.into(),
    }
}

/// Refuses sets without sequences, and more than [`MOST_STEPS`] steps in one; `length` is that of a
/// sequence.
pub(crate) fn check_sizes(
    task: &'static str,
    length: usize,
    train: usize,
    valid: usize,
    test: usize,
) -> Result<(), DataError> {
    for (option, count) in [("train", train), ("valid", valid), ("test", test)] {
        if count == 0 {
            return Err(impossible(
                task,
                option,
                count,
                "every set needs at least one sequence",
            ));
        }
        if length
            .checked_mul(count)
            .is_none_or(|steps| steps > MOST_STEPS)
        {
            let most = MOST_STEPS.checked_div(length).unwrap_or(0);
            return Err(impossible(
                task,
                option,
                count,
                format!("with sequences of {length} steps a set may hold at most {most} sequences"),
            ));
        }
    }
    Ok(())
}
