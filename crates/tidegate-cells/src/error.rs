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
    /// Buffers of another network or batch size were passed to a step.
    #[error(
        "the step scratch was made for another network or batch size: make one with this engine's step_scratch"
    )]
    Scratch,
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

/// Checks that a slice has as many values as its shape, given as pairs of an axis' name and its size.
///
/// # Errors
/// [`Error::Length`], also where the shape's size overflows.
#[inline]
pub fn check_length(
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
    Err(wrong_length(what, found, expected, shape))
}

#[cold]
fn wrong_length(
    what: &'static str,
    found: usize,
    expected: Option<usize>,
    shape: &[(&str, usize)],
) -> Error {
    let shape: Vec<String> = shape
        .iter()
        .map(|(name, size)| format!("{name} {size}"))
        .collect();
    Error::Length {
        what,
        shape: shape.join(" × "),
        expected: expected.unwrap_or(usize::MAX),
        found,
    }
}
