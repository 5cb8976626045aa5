//! What makes a page of forecasting impossible.

/// Numbers that do not fit together, or nothing to show.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ForecastPageError {
    /// There is nothing to show.
    #[error("there is no page without {0}")]
    Empty(&'static str),
    /// Two lists that belong together have different lengths.
    #[error("{subject}: there are {found} {what}, not {expected}")]
    Length {
        /// Which series or method.
        subject: String,
        /// What there are too few or too many of.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Levels of quantiles are between 0 and 1, and rise.
    #[error("{0} cannot be a level of a quantile here: levels lie between 0 and 1 and rise")]
    Level(f64),
}

impl ForecastPageError {
    /// An error unless the list is as long as expected.
    pub(super) fn unless(
        subject: &str,
        what: &'static str,
        expected: usize,
        found: usize,
    ) -> Result<(), ForecastPageError> {
        match found == expected {
            true => Ok(()),
            false => Err(ForecastPageError::Length {
                subject: subject.to_owned(),
                what,
                expected,
                found,
            }),
        }
    }
}
