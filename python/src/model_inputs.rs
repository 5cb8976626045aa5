//! What a model reads: features or tokens, from an array to rows with time first.

use std::borrow::Cow;
use std::ops::Range;

use pyo3::prelude::*;
use tidegate_model::{BatchInputs, InputLayer, ModelConfiguration, ModelError};

use crate::arrays::{Floats, tokens_of};
use crate::error::Outcome;
use crate::groups::Group;
use crate::sequences::Sequences;

/// A caller's array.
pub(crate) enum Inputs<'py> {
    Features(Floats<'py>),
    Tokens(Vec<u32>),
}

impl<'py> Inputs<'py> {
    /// The argument `x` of a model, and how its sequences lie in it.
    ///
    /// # Errors
    /// `TypeError` for another dtype, `ValueError` for another shape.
    pub(crate) fn of(
        configuration: &ModelConfiguration,
        x: &Bound<'py, PyAny>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<(Inputs<'py>, Sequences)> {
        match configuration.input {
            InputLayer::Features => {
                let features = Floats::of("x", x)?;
                let width = Some(configuration.recurrent.input_size);
                let sequences = Sequences::of("x", features.shape(), width, batch_first, lengths)?;
                Ok((Inputs::Features(features), sequences))
            }
            InputLayer::Embedding { .. } => {
                let (shape, tokens) = tokens_of("x", x)?;
                let sequences = Sequences::of("x", &shape, None, batch_first, lengths)?;
                Ok((Inputs::Tokens(tokens), sequences))
            }
        }
    }

    /// The rows, time first; `size` features each.
    pub(crate) fn time_major(
        &self,
        py: Python<'_>,
        sequences: &Sequences,
        size: usize,
    ) -> Rows<'_> {
        match self {
            Inputs::Features(features) => {
                Rows::Features(sequences.time_major(py, features.values(), size), size)
            }
            Inputs::Tokens(tokens) => Rows::Tokens(sequences.time_major(py, tokens, 1)),
        }
    }
}

/// The rows of all steps, time first, with the number of features.
pub(crate) enum Rows<'a> {
    Features(Cow<'a, [f32]>, usize),
    Tokens(Cow<'a, [u32]>),
}

impl Rows<'_> {
    /// Every row.
    pub(crate) fn all(&self) -> BatchInputs<'_> {
        match self {
            Rows::Features(features, _) => BatchInputs::Features(features),
            Rows::Tokens(tokens) => BatchInputs::Tokens(tokens),
        }
    }

    /// Some of them.
    pub(crate) fn part(&self, rows: Range<usize>) -> BatchInputs<'_> {
        match self {
            Rows::Features(features, size) => {
                BatchInputs::Features(&features[rows.start * size..rows.end * size])
            }
            Rows::Tokens(tokens) => BatchInputs::Tokens(&tokens[rows]),
        }
    }

    /// Those of a group of sequences.
    pub(crate) fn of_group(&self, group: &Group) -> Rows<'static> {
        match self {
            Rows::Features(features, size) => {
                Rows::Features(group.take(features, *size).into(), *size)
            }
            Rows::Tokens(tokens) => Rows::Tokens(group.take(tokens, 1).into()),
        }
    }

    /// Checks the rows of every real step, for sequences that are run in parts or groups, whose own errors would count steps
    /// and sequences from the part's or group's first.
    ///
    /// # Errors
    /// The model's, with the place in the whole sequences.
    pub(crate) fn check(
        &self,
        sequences: &Sequences,
        configuration: &ModelConfiguration,
    ) -> Result<(), ModelError> {
        let tokens = match self {
            Rows::Features(features, size) => {
                return Ok(sequences.check_finite(features, *size)?);
            }
            Rows::Tokens(tokens) => tokens,
        };
        let InputLayer::Embedding { vocabulary, .. } = configuration.input else {
            return Ok(());
        };
        let batch = sequences.batch();
        for (index, &token) in tokens.iter().enumerate() {
            let (step, row) = (index / sequences.batch, index % sequences.batch);
            if token as usize >= vocabulary && step < batch.length(row) {
                return Err(ModelError::Token {
                    row,
                    step,
                    token,
                    vocabulary,
                });
            }
        }
        Ok(())
    }
}
