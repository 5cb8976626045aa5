//! What keeps windows from being laid over series.

/// What does not fit, and where. Series, rows and features are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// A size that must be at least 1.
    #[error("{what} is 0, but must be at least 1")]
    Zero {
        /// `window`, `horizon` or `targets`.
        what: &'static str,
    },
    /// The targets are not among the features.
    #[error("a row has {past_size} features, but {targets} targets are among them")]
    TooFewFeatures {
        /// Features of a row.
        past_size: usize,
        /// Targets of a row.
        targets: usize,
    },
    /// A buffer does not hold whole rows.
    #[error("series {series}: its buffers do not hold as many rows as each other")]
    Length {
        /// Index of the series.
        series: usize,
    },
    /// A feature that is not finite.
    #[error(
        "series {series}, row {row}, feature {feature} of what is {what} is {value}: every number has to be finite"
    )]
    NotFinite {
        /// `past` or `known`.
        what: &'static str,
        /// Index of the series.
        series: usize,
        /// The row.
        row: usize,
        /// The feature.
        feature: usize,
        /// The number.
        value: f32,
    },
    /// A window over a series that is not there.
    #[error("a window lies in series {series}, but there are {count}")]
    NoSuchSeries {
        /// Index of the series.
        series: usize,
        /// Number of series.
        count: usize,
    },
    /// A window that does not lie in its series.
    #[error(
        "a window of series {series} with origin {origin} does not lie in its {rows} rows, {known} of them known ahead"
    )]
    OutOfSeries {
        /// Index of the series.
        series: usize,
        /// First row that is forecast.
        origin: usize,
        /// Rows of the series.
        rows: usize,
        /// Rows whose features known ahead are there.
        known: usize,
    },
}
