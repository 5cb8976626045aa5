//! A task: its training, validation and test sets.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::sequence_set::SequenceSet;

/// One of the three sets of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// What weights are fitted to.
    Train,
    /// What choices (when to stop, which rate) are made on.
    Valid,
    /// What is reported.
    Test,
}

/// A task: three sets of the same kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Splits {
    /// What a report calls the task.
    pub name: String,
    /// What weights are fitted to.
    pub train: SequenceSet,
    /// What choices are made on.
    pub valid: SequenceSet,
    /// What is reported.
    pub test: SequenceSet,
}

impl Split {
    /// All three, in order.
    pub const ALL: [Split; 3] = [Split::Train, Split::Valid, Split::Test];

    /// The key of this set in a file: `train`, `valid` or `test`.
    pub fn key(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Valid => "valid",
            Split::Test => "test",
        }
    }
}

impl Splits {
    /// A task whose sets agree in their kinds and their supervision.
    ///
    /// # Errors
    /// [`DataError::SplitsDiffer`] with the first set that does not agree with the training set.
    /// The sequences themselves are checked by [`SequenceSet::new`].
    pub fn new(
        name: impl Into<String>,
        train: SequenceSet,
        valid: SequenceSet,
        test: SequenceSet,
    ) -> Result<Splits, DataError> {
        let splits = Splits {
            name: name.into(),
            train,
            valid,
            test,
        };
        let kinds = |set: &SequenceSet| (set.input, set.target, set.supervision);
        for split in [Split::Valid, Split::Test] {
            if kinds(splits.get(split)) != kinds(&splits.train) {
                return Err(DataError::SplitsDiffer {
                    split,
                    expected: kinds_in_words(&splits.train),
                    found: kinds_in_words(splits.get(split)),
                    name: splits.name,
                });
            }
        }
        Ok(splits)
    }

    /// One of the three sets.
    pub fn get(&self, split: Split) -> &SequenceSet {
        match split {
            Split::Train => &self.train,
            Split::Valid => &self.valid,
            Split::Test => &self.test,
        }
    }
}

fn kinds_in_words(set: &SequenceSet) -> String {
    format!(
        "{} in, {} out at {}",
        set.input, set.target, set.supervision
    )
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Split::Train => "training",
            Split::Valid => "validation",
            Split::Test => "test",
        })
    }
}

/// Four lines: the name, then one for each set.
impl fmt::Display for Splits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        for split in Split::ALL {
            write!(f, "\n  {split}: {}", self.get(split))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{InputKind, Supervision, TargetKind};
    use crate::sequence::{Inputs, Sequence, Targets};

    fn set(supervision: Supervision) -> SequenceSet {
        let sequence = Sequence {
            inputs: Inputs::Tokens(vec![0]),
            targets: Targets::Classes(vec![0]),
        };
        SequenceSet::new(
            InputKind::Tokens { vocabulary: 4 },
            TargetKind::Classes { count: 2 },
            supervision,
            vec![sequence],
        )
        .unwrap()
    }

    #[test]
    fn sets_of_different_kinds_are_refused_by_name() {
        let (every, last) = (set(Supervision::EveryStep), set(Supervision::LastStep));
        let error = Splits::new("words", every.clone(), every, last).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the test set of words holds tokens from a vocabulary of 4 in, one of 2 classes out at the last step, but \
             the training set holds tokens from a vocabulary of 4 in, one of 2 classes out at every step"
        );
    }

    #[test]
    fn a_task_describes_itself_set_by_set() {
        let every = set(Supervision::EveryStep);
        let splits = Splits::new("words", every.clone(), every.clone(), every).unwrap();
        let text = splits.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], "words");
        assert_eq!(
            lines[2],
            "  validation: 1 sequence of 1 step, tokens from a vocabulary of 4 in, one of 2 classes out at every step"
        );
    }
}
