//! One sequence: its inputs and its targets.

/// The inputs of one sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Real numbers.
    Features {
        /// Channels a step.
        size: usize,
        /// `[steps, size]`, row after row.
        values: Vec<f32>,
    },
    /// One token a step.
    Tokens(Vec<u32>),
}

/// The targets of one sequence, for its supervised steps in order of time.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Real numbers, `[supervised steps, size]`.
    Values(Vec<f32>),
    /// One class a supervised step.
    Classes(Vec<u32>),
    /// Zeros and ones, `[supervised steps, count]`.
    Labels(Vec<f32>),
}

/// One sequence. What its numbers have to satisfy stands in the [`SequenceSet`](crate::SequenceSet)
/// that holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// What a model reads.
    pub inputs: Inputs,
    /// What it is asked for.
    pub targets: Targets,
}

impl Inputs {
    /// Complete steps. A feature size of 0 counts as no steps.
    pub fn steps(&self) -> usize {
        match self {
            Inputs::Features { size, values } => values.len().checked_div(*size).unwrap_or(0),
            Inputs::Tokens(tokens) => tokens.len(),
        }
    }

    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Inputs::Features { .. } => "features",
            Inputs::Tokens(_) => "tokens",
        }
    }
}

impl Targets {
    /// Numbers stored, over all supervised steps.
    pub fn len(&self) -> usize {
        match self {
            Targets::Values(values) | Targets::Labels(values) => values.len(),
            Targets::Classes(classes) => classes.len(),
        }
    }

    /// Whether no number is stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Targets::Values(_) => "values",
            Targets::Classes(_) => "classes",
            Targets::Labels(_) => "labels",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_rows_of_features_or_single_tokens() {
        assert_eq!(
            Inputs::Features {
                size: 2,
                values: vec![0.0; 6]
            }
            .steps(),
            3
        );
        assert_eq!(Inputs::Tokens(vec![1, 2, 3, 4]).steps(), 4);
    }

    #[test]
    fn a_feature_size_of_zero_has_no_steps() {
        assert_eq!(
            Inputs::Features {
                size: 0,
                values: vec![0.0; 6]
            }
            .steps(),
            0
        );
    }
}
