//! Quantiles that cannot cross: the middle one as it is, each further one by a positive step away from it.
//!
//! Of L numbers o, the middle one m = (L − 1) / 2 is the quantile qₘ = oₘ itself; above it qᵢ = qᵢ₋₁ + softplus(oᵢ), below it
//! qᵢ = qᵢ₊₁ − softplus(oᵢ).

/// Replaces the network's numbers by quantiles; a single number stays.
pub(crate) fn forward(values: &mut [f32]) {
    let middle = values.len().saturating_sub(1) / 2;
    for index in middle + 1..values.len() {
        values[index] = values[index - 1] + softplus(values[index]);
    }
    for index in (0..middle).rev() {
        values[index] = values[index + 1] - softplus(values[index]);
    }
}

/// From the gradient of the quantiles to that of the network's numbers `raw`, in place.
pub(crate) fn backward(raw: &[f32], gradient: &mut [f32]) {
    let middle = raw.len().saturating_sub(1) / 2;
    for index in (middle + 1..raw.len()).rev() {
        gradient[index - 1] += gradient[index];
        gradient[index] *= slope(raw[index]);
    }
    for index in 0..middle {
        gradient[index + 1] += gradient[index];
        gradient[index] *= -slope(raw[index]);
    }
}

/// ln(1 + eˣ), without overflow.
fn softplus(value: f32) -> f32 {
    value.max(0.0) + (-value.abs()).exp().ln_1p()
}

/// Its derivative, the logistic function.
fn slope(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_single_number_is_left_as_it_is() {
        let mut values = [-3.5];
        forward(&mut values);
        let mut gradient = [2.0];
        backward(&[-3.5], &mut gradient);
        assert_eq!((values, gradient), ([-3.5], [2.0]));
    }

    proptest! {
        #[test]
        fn quantiles_never_cross(raw in prop::collection::vec(-200.0f32..200.0, 1..10)) {
            let mut values = raw.clone();
            forward(&mut values);
            prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{values:?}");
            prop_assert_eq!(values[(raw.len() - 1) / 2], raw[(raw.len() - 1) / 2]);
        }

        #[test]
        fn the_gradient_is_that_of_finite_differences(
            raw in prop::collection::vec(-3.0f32..3.0, 1..8), weights in prop::collection::vec(-1.0f32..1.0, 8),
        ) {
            let loss = |raw: &[f32]| {
                let mut values = raw.to_vec();
                forward(&mut values);
                values.iter().zip(&weights).map(|(value, weight)| f64::from(value * weight)).sum::<f64>()
            };
            let mut gradient = weights[..raw.len()].to_vec();
            backward(&raw, &mut gradient);
            for index in 0..raw.len() {
                let moved = |by: f32| { let mut moved = raw.clone(); moved[index] += by; loss(&moved) };
                let difference = (moved(0.01) - moved(-0.01)) / 0.02;
                prop_assert!((difference - f64::from(gradient[index])).abs() < 2e-3, "{difference} {gradient:?}");
            }
        }
    }
}
