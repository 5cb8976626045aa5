//! Measures of classes in words.

use tidegate_train::metrics::ClassMetricValues;

use crate::number::significant;

/// A share in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// One sentence of all measures.
pub(crate) fn sentence(values: &ClassMetricValues) -> String {
    let or_dash =
        |value: Option<f64>, text: fn(f64) -> String| value.map_or_else(|| "–".to_owned(), text);
    format!(
        "accuracy {}, macro F1 {}, negative log-likelihood {} nats, calibration error {}.",
        or_dash(values.accuracy, percent),
        or_dash(values.macro_f1, |value| significant(value, 4)),
        or_dash(values.negative_log_likelihood, |value| significant(
            value, 4
        )),
        or_dash(values.expected_calibration_error, percent),
    )
}
