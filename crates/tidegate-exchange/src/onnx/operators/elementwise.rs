//! Functions of each value (operator specifications: operator set 22).

use crate::onnx::tensor::{Tensor, Values};

/// A function of each value, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::onnx) enum Elementwise {
    Abs,
    Neg,
    Sqrt,
    Exp,
    Log,
    Reciprocal,
    Relu,
    Tanh,
    Sigmoid,
    LeakyRelu(f32),
    ThresholdedRelu(f32),
    Elu(f32),
    Selu(f32, f32),
    Softplus,
    Softsign,
    HardSigmoid(f32, f32),
    HardSwish,
}

impl Elementwise {
    pub(super) fn compute(self, input: &Tensor) -> Result<Tensor, String> {
        let values: Values = match (input.values(), self) {
            (Values::F32(values), _) => {
                let values: Vec<f32> = values.iter().map(|&x| self.apply(x)).collect();
                values.into()
            }
            (Values::I64(values), Elementwise::Neg) => {
                let values: Vec<i64> = values.iter().map(|x| x.wrapping_neg()).collect();
                values.into()
            }
            (Values::I64(values), Elementwise::Abs) => {
                let values: Vec<i64> = values.iter().map(|x| x.wrapping_abs()).collect();
                values.into()
            }
            _ => {
                return Err(format!(
                    "values of type {} are not taken",
                    input.element_type()
                ));
            }
        };
        Ok(Tensor::of(input.shape(), values))
    }

    fn apply(self, x: f32) -> f32 {
        match self {
            Elementwise::Abs => x.abs(),
            Elementwise::Neg => -x,
            Elementwise::Sqrt => x.sqrt(),
            Elementwise::Exp => x.exp(),
            Elementwise::Log => x.ln(),
            Elementwise::Reciprocal => 1.0 / x,
            Elementwise::Relu => relu(x),
            Elementwise::Tanh => x.tanh(),
            Elementwise::Sigmoid => sigmoid(x),
            Elementwise::LeakyRelu(alpha) => leaky_relu(x, alpha),
            Elementwise::ThresholdedRelu(alpha) => thresholded_relu(x, alpha),
            Elementwise::Elu(alpha) => elu(x, alpha),
            Elementwise::Selu(alpha, gamma) => gamma * elu(x, alpha),
            Elementwise::Softplus => softplus(x),
            Elementwise::Softsign => softsign(x),
            Elementwise::HardSigmoid(alpha, beta) => hard_sigmoid(x, alpha, beta),
            Elementwise::HardSwish => x * hard_sigmoid(x, 1.0 / 6.0, 0.5),
        }
    }
}

/// max(0, x), and what is not a number stays so.
pub(in crate::onnx) fn relu(x: f32) -> f32 {
    if x < 0.0 { 0.0 } else { x }
}

/// 1 / (1 + e^−x), which neither end of the range makes overflow.
pub(in crate::onnx) fn sigmoid(x: f32) -> f32 {
    let exponential = (-x.abs()).exp();
    if x < 0.0 {
        exponential / (1.0 + exponential)
    } else {
        1.0 / (1.0 + exponential)
    }
}

/// x, or α x below 0.
pub(in crate::onnx) fn leaky_relu(x: f32, alpha: f32) -> f32 {
    if x < 0.0 { alpha * x } else { x }
}

/// x above α, else 0.
pub(in crate::onnx) fn thresholded_relu(x: f32, alpha: f32) -> f32 {
    if x > alpha { x } else { 0.0 }
}

/// x, or α (eˣ − 1) below 0.
pub(in crate::onnx) fn elu(x: f32, alpha: f32) -> f32 {
    if x < 0.0 { alpha * x.exp_m1() } else { x }
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|).
pub(in crate::onnx) fn softplus(x: f32) -> f32 {
    relu(x) + (-x.abs()).exp().ln_1p()
}

/// x / (1 + |x|).
pub(in crate::onnx) fn softsign(x: f32) -> f32 {
    x / (1.0 + x.abs())
}

/// α x + β, kept within 0 and 1.
pub(in crate::onnx) fn hard_sigmoid(x: f32, alpha: f32, beta: f32) -> f32 {
    (alpha * x + beta).clamp(0.0, 1.0)
}
