//! The temperature by which logits are divided, so that probabilities say how often a class is right (Guo et al. 2017, "On
//! Calibration of Modern Neural Networks", arXiv 1706.04599).

/// Temperatures lie between these.
pub(super) const LIMITS: [f64; 2] = [0.05, 20.0];

/// Steps of Newton's method or of bisection: each bisection halves the range.
const STEPS: usize = 100;

/// The temperature with the lowest negative log-likelihood of logits `[rows, classes]`, between 0.05 and 20; 1 where there
/// is no row.
///
/// What is minimised over the inverse temperature β is Σ (ln Σ exp(β z) − β z_class) + β − 1 − ln β. The sum is the negative
/// log-likelihood over the rows; what is added to it is 0 at β = 1 and weighs like a prior (a gamma distribution with its
/// mode at 1): where every row is right, the likelihood alone has no maximum. Both parts are convex, and the root of the
/// derivative is found by Newton's method, held in a bracket that bisection narrows.
pub(super) fn fit_temperature(logits: &[f32], targets: &[u32], classes: usize) -> f64 {
    if targets.is_empty() || classes < 2 {
        return 1.0;
    }
    // Σ z_class does not depend on β.
    let targeted: f64 = logits
        .chunks_exact(classes)
        .zip(targets)
        .map(|(logits, &class)| f64::from(logits[class as usize]))
        .sum();
    let derivatives = |inverse: f64| {
        let mut slope = 1.0 - 1.0 / inverse - targeted;
        let mut curvature = 1.0 / (inverse * inverse);
        for logits in logits.chunks_exact(classes) {
            let (mean, variance) = moments(logits, inverse);
            slope += mean;
            curvature += variance;
        }
        (slope, curvature)
    };
    let [mut low, mut high] = [1.0 / LIMITS[1], 1.0 / LIMITS[0]];
    if derivatives(low).0 >= 0.0 {
        return LIMITS[1];
    }
    if derivatives(high).0 <= 0.0 {
        return LIMITS[0];
    }
    let mut inverse = 1.0;
    for _ in 0..STEPS {
        let (slope, curvature) = derivatives(inverse);
        if slope > 0.0 {
            high = inverse;
        } else {
            low = inverse;
        }
        let next = inverse - slope / curvature;
        // So near, the end of the bracket may lie on either side of the root.
        if (next - inverse).abs() <= 1e-12 * inverse {
            break;
        }
        inverse = match next > low && next < high {
            true => next,
            false => (low + high) / 2.0,
        };
    }
    1.0 / inverse
}

/// Mean and variance of logits under the probabilities softmax(β z).
fn moments(logits: &[f32], inverse: f64) -> (f64, f64) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let [mut total, mut first, mut second] = [0.0; 3];
    for &logit in logits {
        // Less the largest, which changes no variance and keeps the exponential from overflowing.
        let shifted = f64::from(logit) - f64::from(largest);
        let weight = (inverse * shifted).exp();
        total += weight;
        first += weight * shifted;
        second += weight * shifted * shifted;
    }
    let mean = first / total;
    (
        mean + f64::from(largest),
        (second / total - mean * mean).max(0.0),
    )
}

/// The logarithms of softmax(logits / temperature).
pub(super) fn log_probabilities(logits: &[f32], temperature: f64, found: &mut Vec<f64>) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    found.clear();
    found.extend(
        logits
            .iter()
            .map(|&logit| (f64::from(logit) - f64::from(largest)) / temperature),
    );
    let total: f64 = found.iter().map(|shifted| shifted.exp()).sum();
    found.iter_mut().for_each(|one| *one -= total.ln());
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn numbers(case: &Value, key: &str) -> Vec<f64> {
        let numbers = case[key].as_array().unwrap().iter();
        numbers.map(|number| number.as_f64().unwrap()).collect()
    }

    #[test]
    fn temperatures_are_those_that_a_bounded_search_of_the_likelihood_finds() {
        let text = include_str!("../../tests/reference/scikit_learn.json");
        let reference: Value = serde_json::from_str(text).unwrap();
        let cases = reference["cases"].as_array().unwrap();
        assert!(cases.len() > 5);
        for case in cases {
            let logits: Vec<f32> = numbers(case, "logits")
                .iter()
                .map(|&one| one as f32)
                .collect();
            let targets: Vec<u32> = numbers(case, "targets")
                .iter()
                .map(|&one| one as u32)
                .collect();
            let classes = case["classes"].as_u64().unwrap() as usize;
            let found = fit_temperature(&logits, &targets, classes);
            let expected = case["temperature"].as_f64().unwrap();
            // The search compares values, which near the minimum differ by the square of the distance.
            assert!(
                (found / expected - 1.0).abs() < 1e-6,
                "{}: {found}, expected {expected}",
                case["name"]
            );
        }
    }

    #[test]
    fn temperatures_stay_between_their_limits() {
        assert_eq!(fit_temperature(&[], &[], 3), 1.0);
        // Always right, but by little.
        let logits = [0.1, 0.0].repeat(500);
        assert_eq!(fit_temperature(&logits, &[0; 500], 2), LIMITS[0]);
        // Wrong as often as right, with confidence: only chance is left.
        let logits = [80.0, 0.0].repeat(50);
        let targets: Vec<u32> = (0..50).map(|row| row % 2).collect();
        assert_eq!(fit_temperature(&logits, &targets, 2), LIMITS[1]);
        // Logits that say nothing leave it as it is.
        assert_eq!(fit_temperature(&[0.5; 8], &[0, 1, 0, 1], 2), 1.0);
    }

    #[test]
    fn log_probabilities_do_not_overflow_and_sum_to_one() {
        let mut found = Vec::new();
        log_probabilities(&[3e38, 0.0, -3e38], 0.05, &mut found);
        assert_eq!(found[0], 0.0);
        assert!(found.iter().all(|one| one.is_finite()));
        log_probabilities(&[0.3, -0.2, 1.5], 2.0, &mut found);
        let total: f64 = found.iter().map(|one| one.exp()).sum();
        assert!((total - 1.0).abs() < 1e-12);
    }
}
