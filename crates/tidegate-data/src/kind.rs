//! What the sequences of a set hold: the kind of their inputs, of their targets, and where targets
//! stand.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What every step of the inputs holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// Real numbers, `size` a step.
    Features {
        /// Channels a step, at least 1.
        size: usize,
    },
    /// One token a step, from `0` to `vocabulary - 1`.
    Tokens {
        /// Distinct tokens, at least 1.
        vocabulary: usize,
    },
}

/// What every supervised step of the targets holds, and with it the loss that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// Real numbers, `size` a supervised step: mean squared error.
    Values {
        /// Channels a supervised step, at least 1.
        size: usize,
    },
    /// One class a supervised step, from `0` to `count - 1`: cross-entropy.
    Classes {
        /// Distinct classes, at least 1.
        count: usize,
    },
    /// `count` independent yes-or-no labels a supervised step: binary cross-entropy, summed over
    /// the labels.
    Labels {
        /// Labels a supervised step, at least 1.
        count: usize,
    },
}

/// Which steps of a sequence have a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supervision {
    /// Every step has one.
    EveryStep,
    /// Only the last step has one: one target a sequence.
    LastStep,
}

impl InputKind {
    /// The size or the vocabulary: the number that has to be at least 1.
    pub(crate) fn extent(self) -> usize {
        match self {
            InputKind::Features { size } => size,
            InputKind::Tokens { vocabulary } => vocabulary,
        }
    }
}

impl TargetKind {
    /// The size or the count: what a model has to put out for each supervised step.
    pub fn outputs(self) -> usize {
        match self {
            TargetKind::Values { size } => size,
            TargetKind::Classes { count } | TargetKind::Labels { count } => count,
        }
    }

    /// Numbers stored for each supervised step: one index for classes, else as many as outputs.
    pub(crate) fn stored(self) -> usize {
        match self {
            TargetKind::Classes { .. } => 1,
            TargetKind::Values { .. } | TargetKind::Labels { .. } => self.outputs(),
        }
    }
}

impl Supervision {
    /// Supervised steps of a sequence of `length` steps.
    pub fn supervised_steps(self, length: usize) -> usize {
        match self {
            Supervision::EveryStep => length,
            Supervision::LastStep => length.min(1),
        }
    }
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            InputKind::Features { size: 1 } => write!(f, "1 feature"),
            InputKind::Features { size } => write!(f, "{size} features"),
            InputKind::Tokens { vocabulary } => {
                write!(f, "tokens from a vocabulary of {vocabulary}")
            }
        }
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            TargetKind::Values { size: 1 } => write!(f, "1 value"),
            TargetKind::Values { size } => write!(f, "{size} values"),
            TargetKind::Classes { count } => write!(f, "one of {count} classes"),
            TargetKind::Labels { count: 1 } => write!(f, "1 label"),
            TargetKind::Labels { count } => write!(f, "{count} labels"),
        }
    }
}

impl fmt::Display for Supervision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Supervision::EveryStep => "every step",
            Supervision::LastStep => "the last step",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_describe_themselves_in_words() {
        assert_eq!(InputKind::Features { size: 1 }.to_string(), "1 feature");
        assert_eq!(
            InputKind::Tokens { vocabulary: 10 }.to_string(),
            "tokens from a vocabulary of 10"
        );
        assert_eq!(
            TargetKind::Classes { count: 9 }.to_string(),
            "one of 9 classes"
        );
        assert_eq!(TargetKind::Labels { count: 88 }.to_string(), "88 labels");
        assert_eq!(Supervision::LastStep.to_string(), "the last step");
    }

    #[test]
    fn a_class_is_stored_as_one_number_whatever_the_count() {
        assert_eq!(TargetKind::Classes { count: 9 }.stored(), 1);
        assert_eq!(TargetKind::Classes { count: 9 }.outputs(), 9);
        assert_eq!(TargetKind::Labels { count: 88 }.stored(), 88);
    }
}
