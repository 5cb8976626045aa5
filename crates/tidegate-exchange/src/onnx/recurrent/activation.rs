//! The activations that the standard lists for recurrent operators.

use crate::onnx::operators::elementwise;

/// An activation with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::onnx) enum Activation {
    Relu,
    Tanh,
    Sigmoid,
    /// α x + β.
    Affine(f32, f32),
    /// x, or α x below 0.
    LeakyRelu(f32),
    /// x above α, else 0.
    ThresholdedRelu(f32),
    /// α tanh(β x).
    ScaledTanh(f32, f32),
    /// α x + β, kept within 0 and 1.
    HardSigmoid(f32, f32),
    /// x, or α (eˣ − 1) below 0.
    Elu(f32),
    /// x / (1 + |x|).
    Softsign,
    /// ln(1 + eˣ).
    Softplus,
}

impl Activation {
    pub(super) fn apply(self, x: f32) -> f32 {
        match self {
            Activation::Relu => elementwise::relu(x),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => elementwise::sigmoid(x),
            Activation::Affine(alpha, beta) => alpha * x + beta,
            Activation::LeakyRelu(alpha) => elementwise::leaky_relu(x, alpha),
            Activation::ThresholdedRelu(alpha) => elementwise::thresholded_relu(x, alpha),
            Activation::ScaledTanh(alpha, beta) => alpha * (beta * x).tanh(),
            Activation::HardSigmoid(alpha, beta) => elementwise::hard_sigmoid(x, alpha, beta),
            Activation::Elu(alpha) => elementwise::elu(x, alpha),
            Activation::Softsign => elementwise::softsign(x),
            Activation::Softplus => elementwise::softplus(x),
        }
    }
}

/// Reads `names`, each of which takes from `alphas` and `betas`, in order, the values that it uses; where there are none
/// left, it has the defaults of the operator of its name.
///
/// # Errors
/// An activation that the standard does not list, one without its values where there is no such operator, or values that no
/// activation takes.
pub(super) fn read(
    names: &[String],
    alphas: &[f32],
    betas: &[f32],
) -> Result<Vec<Activation>, String> {
    let (mut alphas_left, mut betas_left) = (alphas.iter().copied(), betas.iter().copied());
    let mut read = Vec::with_capacity(names.len());
    for name in names {
        let mut alpha = |default| alphas_left.next().unwrap_or(default);
        let mut beta = |default| betas_left.next().unwrap_or(default);
        // Runtimes do not tell upper from lower case here, and some exporters write lower.
        read.push(match name.to_ascii_lowercase().as_str() {
            "relu" => Activation::Relu,
            "tanh" => Activation::Tanh,
            "sigmoid" => Activation::Sigmoid,
            "affine" => {
                let (alpha, beta) = explicit(name, alphas_left.next(), betas_left.next())?;
                Activation::Affine(alpha, beta)
            }
            "leakyrelu" => Activation::LeakyRelu(alpha(0.01)),
            "thresholdedrelu" => Activation::ThresholdedRelu(alpha(1.0)),
            "scaledtanh" => {
                let (alpha, beta) = explicit(name, alphas_left.next(), betas_left.next())?;
                Activation::ScaledTanh(alpha, beta)
            }
            "hardsigmoid" => Activation::HardSigmoid(alpha(0.2), beta(0.5)),
            "elu" => Activation::Elu(alpha(1.0)),
            "softsign" => Activation::Softsign,
            "softplus" => Activation::Softplus,
            _ => return Err(format!("activation {name} is not one of the standard's")),
        });
    }
    for (list, given, left) in [
        ("activation_alpha", alphas.len(), alphas_left.len()),
        ("activation_beta", betas.len(), betas_left.len()),
    ] {
        if left > 0 {
            return Err(format!(
                "{list} has {given} values, of which the activations {names:?} use {}",
                given - left
            ));
        }
    }
    Ok(read)
}

/// Both values of an activation that the standard gives no defaults for.
fn explicit(name: &str, alpha: Option<f32>, beta: Option<f32>) -> Result<(f32, f32), String> {
    alpha.zip(beta).ok_or_else(|| {
        format!("activation {name} has no default: activation_alpha and activation_beta must give its values")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.into()).collect()
    }

    #[test]
    fn activations_take_the_values_that_they_use_in_order() {
        let read = read(
            &names(&["Sigmoid", "leakyRelu", "Affine", "HardSigmoid"]),
            &[0.1, 2.0],
            &[3.0],
        );
        assert_eq!(
            read.unwrap(),
            [
                Activation::Sigmoid,
                Activation::LeakyRelu(0.1),
                Activation::Affine(2.0, 3.0),
                Activation::HardSigmoid(0.2, 0.5)
            ]
        );
    }

    #[test]
    fn values_that_no_activation_takes_and_unknown_activations_are_refused() {
        let error = read(&names(&["Sigmoid", "Tanh"]), &[0.5], &[]).unwrap_err();
        assert!(error.contains("activation_alpha has 1 values"), "{error}");
        let error = read(&names(&["Swish"]), &[], &[]).unwrap_err();
        assert!(error.contains("Swish"), "{error}");
        for (name, alphas, betas) in [
            ("Affine", &[][..], &[][..]),
            ("Affine", &[2.0], &[]),
            ("ScaledTanh", &[], &[1.0]),
        ] {
            let error = read(&names(&[name]), alphas, betas).unwrap_err();
            assert!(error.contains(&format!("{name} has no default")), "{error}");
        }
    }
}
