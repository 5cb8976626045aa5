//! What can be wrong with the input of this crate.

/// An error of the engine: it names the tensor, layer, step or option at fault.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A slice does not have the length that the configuration asks for.
    #[error("{what}: expected {expected} values ({shape}), found {found}")]
    Length {
        /// The slice, by name.
        what: &'static str,
        /// The shape it stands for, with numbers.
        shape: String,
        /// Number of values that the shape has.
        expected: usize,
        /// Number of values given.
        found: usize,
    },
    /// A sequence is said to be longer than the batch has steps, or the number of lengths is not the batch size.
    #[error("lengths: {0}")]
    Lengths(String),
    /// A value is infinite or not a number.
    #[error("{what} is not finite: {value} at {place}")]
    NotFinite {
        /// The tensor, by name.
        what: String,
        /// The value found.
        value: f32,
        /// Where in it.
        place: String,
    },
    /// An option has a value that makes no sense.
    #[error("{option}: {reason}")]
    Option {
        /// The option, by its field's name.
        option: &'static str,
        /// Why it is refused, and what is accepted.
        reason: String,
    },
    /// `backward` was called with a tape that does not hold a matching forward pass.
    #[error(
        "the tape holds no forward pass of this network and batch: call forward_training first, and backward once for each"
    )]
    Tape,
    /// A network with a backward direction needs the whole sequence: it cannot advance by one step.
    #[error(
        "a bidirectional network needs the whole sequence and cannot advance one step at a time"
    )]
    Bidirectional,
}

/// Checks the length of a slice.
pub(crate) fn check_length(
    what: &'static str,
    found: usize,
    shape: &[(&str, usize)],
) -> Result<(), Error> {
    let expected = shape
        .iter()
        .try_fold(1usize, |product, (_, size)| product.checked_mul(*size));
    if expected == Some(found) {
        return Ok(());
    }
    let shape: Vec<String> = shape
        .iter()
        .map(|(name, size)| format!("{name} {size}"))
        .collect();
    Err(Error::Length {
        what,
        shape: shape.join(" × "),
        expected: expected.unwrap_or(usize::MAX),
        found,
    })
}

/// Index of the first value that is not finite. One pass without branches decides; only a failure pays for the search.
pub(crate) fn first_not_finite(values: &[f32]) -> Option<usize> {
    const EXPONENT: u32 = 0x7f80_0000;
    let clean = values.chunks(4096).all(|chunk| {
        !chunk.iter().fold(false, |bad, value| {
            bad | (value.to_bits() & EXPONENT == EXPONENT)
        })
    });
    if clean {
        None
    } else {
        values.iter().position(|value| !value.is_finite())
    }
}
