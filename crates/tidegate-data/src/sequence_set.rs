//! Sequences of one kind, checked.

use std::fmt;

use crate::error::{DataError, Side};
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::sequence::{Inputs, Sequence, Targets};

/// Sequences of one kind, of any lengths.
///
/// A set made by [`SequenceSet::new`] keeps these promises: every sequence has at least one step,
/// complete steps only, and exactly the targets that the supervision asks for; every number is
/// finite; tokens, classes and labels are in their ranges. Whoever changes the fields afterwards
/// calls [`SequenceSet::validate`] again.
///
/// ```
/// use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
///
/// let sequence = Sequence {
///     inputs: Inputs::Features { size: 2, values: vec![0.1, 0.2, 0.3, f32::NAN] },
///     targets: Targets::Classes(vec![1]),
/// };
/// let error = SequenceSet::new(
///     InputKind::Features { size: 2 },
///     TargetKind::Classes { count: 3 },
///     Supervision::LastStep,
///     vec![sequence],
/// )
/// .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "sequence 0, step 1, input channel 1 is NaN: every number has to be finite"
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceSet {
    /// The kind of all inputs.
    pub input: InputKind,
    /// The kind of all targets.
    pub target: TargetKind,
    /// Which steps have a target.
    pub supervision: Supervision,
    /// The sequences, of any lengths.
    pub sequences: Vec<Sequence>,
}

impl SequenceSet {
    /// A set whose every sequence has been checked. It may be empty.
    ///
    /// # Errors
    /// The first number or shape that does not fit, with its sequence, step and channel.
    pub fn new(
        input: InputKind,
        target: TargetKind,
        supervision: Supervision,
        sequences: Vec<Sequence>,
    ) -> Result<SequenceSet, DataError> {
        let set = SequenceSet {
            input,
            target,
            supervision,
            sequences,
        };
        set.validate()?;
        Ok(set)
    }

    /// Checks every sequence, as [`SequenceSet::new`] does.
    ///
    /// # Errors
    /// The first number or shape that does not fit, with its sequence, step and channel.
    pub fn validate(&self) -> Result<(), DataError> {
        if self.input.extent() == 0 {
            return Err(DataError::ZeroSize { side: Side::Input });
        }
        if self.target.outputs() == 0 {
            return Err(DataError::ZeroSize { side: Side::Target });
        }
        for (index, sequence) in self.sequences.iter().enumerate() {
            check_inputs(self.input, index, &sequence.inputs)?;
            self.check_targets(index, sequence)?;
        }
        Ok(())
    }

    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.sequences.len()
    }

    /// Whether there is no sequence.
    pub fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// Steps of the sequence at `index`.
    ///
    /// # Panics
    /// As indexing does, if `index` is not below [`SequenceSet::len`].
    pub fn sequence_length(&self, index: usize) -> usize {
        self.sequences[index].inputs.steps()
    }

    /// Steps over all sequences.
    pub fn total_steps(&self) -> usize {
        self.lengths().sum()
    }

    /// Steps with a target, over all sequences: what a pooled metric divides by.
    pub fn supervised_steps(&self) -> usize {
        self.lengths()
            .map(|length| self.supervision.supervised_steps(length))
            .sum()
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        self.sequences
            .iter()
            .map(|sequence| sequence.inputs.steps())
    }

    fn check_targets(&self, index: usize, sequence: &Sequence) -> Result<(), DataError> {
        let length = sequence.inputs.steps();
        let supervised_steps = self.supervision.supervised_steps(length);
        let stored = self.target.stored();
        let expected = supervised_steps.saturating_mul(stored);
        let found = sequence.targets.len();
        let count_fits = || match found == expected {
            true => Ok(()),
            false => Err(DataError::TargetCount {
                sequence: index,
                supervised_steps,
                stored,
                expected,
                found,
            }),
        };
        let step_of = |position: usize| match self.supervision {
            Supervision::EveryStep => position / stored,
            Supervision::LastStep => length - 1,
        };
        match (self.target, &sequence.targets) {
            (TargetKind::Values { size }, Targets::Values(values)) => {
                count_fits()?;
                match values.iter().position(|value| !value.is_finite()) {
                    None => Ok(()),
                    Some(position) => Err(DataError::NotFinite {
                        side: Side::Target,
                        sequence: index,
                        step: step_of(position),
                        channel: position % size,
                        value: values[position],
                    }),
                }
            }
            (TargetKind::Classes { count }, Targets::Classes(classes)) => {
                count_fits()?;
                match classes.iter().position(|class| *class as usize >= count) {
                    None => Ok(()),
                    Some(position) => Err(DataError::ClassOutOfRange {
                        sequence: index,
                        step: step_of(position),
                        class: classes[position],
                        count,
                    }),
                }
            }
            (TargetKind::Labels { count }, Targets::Labels(labels)) => {
                count_fits()?;
                match labels
                    .iter()
                    .position(|label| *label != 0.0 && *label != 1.0)
                {
                    None => Ok(()),
                    Some(position) => Err(DataError::LabelNotBinary {
                        sequence: index,
                        step: step_of(position),
                        label: position % count,
                        value: labels[position],
                    }),
                }
            }
            (declared, targets) => Err(DataError::TargetKindDiffers {
                sequence: index,
                declared,
                found: targets.noun(),
            }),
        }
    }
}

fn check_inputs(kind: InputKind, index: usize, inputs: &Inputs) -> Result<(), DataError> {
    match (kind, inputs) {
        (InputKind::Features { size: declared }, Inputs::Features { size, values })
            if declared == *size =>
        {
            if values.is_empty() {
                return Err(DataError::NoSteps { sequence: index });
            }
            let incomplete = values.len() % size;
            if incomplete != 0 {
                return Err(DataError::StepCutShort {
                    sequence: index,
                    step: values.len() / size,
                    found: incomplete,
                    size: *size,
                });
            }
            match values.iter().position(|value| !value.is_finite()) {
                None => Ok(()),
                Some(position) => Err(DataError::NotFinite {
                    side: Side::Input,
                    sequence: index,
                    step: position / size,
                    channel: position % size,
                    value: values[position],
                }),
            }
        }
        (InputKind::Tokens { vocabulary }, Inputs::Tokens(tokens)) => {
            if tokens.is_empty() {
                return Err(DataError::NoSteps { sequence: index });
            }
            match tokens
                .iter()
                .position(|token| *token as usize >= vocabulary)
            {
                None => Ok(()),
                Some(step) => Err(DataError::TokenOutOfRange {
                    sequence: index,
                    step,
                    token: tokens[step],
                    vocabulary,
                }),
            }
        }
        (declared, inputs) => Err(DataError::InputKindDiffers {
            sequence: index,
            declared,
            found: inputs.noun(),
            found_size: match inputs {
                Inputs::Features { size, .. } => *size,
                Inputs::Tokens(_) => 1,
            },
        }),
    }
}

impl fmt::Display for SequenceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (input, target, supervision) = (self.input, self.target, self.supervision);
        match (self.len(), self.lengths().min(), self.lengths().max()) {
            (1, Some(1), _) => write!(f, "1 sequence of 1 step")?,
            (1, Some(length), _) => write!(f, "1 sequence of {length} steps")?,
            (count, Some(shortest), Some(longest)) if shortest == longest => {
                write!(
                    f,
                    "{count} sequences of {shortest} steps ({} in all)",
                    self.total_steps()
                )?;
            }
            (count, Some(shortest), Some(longest)) => {
                write!(
                    f,
                    "{count} sequences of {shortest} to {longest} steps ({} in all)",
                    self.total_steps()
                )?;
            }
            _ => write!(f, "no sequences")?,
        }
        write!(f, ", {input} in, {target} out at {supervision}")
    }
}

#[cfg(test)]
mod tests;
