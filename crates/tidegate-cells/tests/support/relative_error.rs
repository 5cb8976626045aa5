//! The error of a tensor, for tests.

/// Largest error relative to the largest magnitude of the tensor: an element near zero is a difference of larger terms and
/// carries their rounding. What is not a number is infinitely wrong.
pub(crate) fn relative_error(found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected
        .iter()
        .fold(1e-3f64, |scale, value| scale.max(value.abs()));
    found
        .iter()
        .zip(expected)
        .fold(0.0f64, |error, (found, expected)| {
            let difference = (f64::from(*found) - expected).abs() / scale;
            if difference.is_nan() {
                f64::INFINITY
            } else {
                error.max(difference)
            }
        })
}
