//! A dense layer of a few outputs, fewer than a vector has lanes: one pass over the rows for each output, on the weights
//! as they lie. Nothing is packed and nothing padded.
//!
//! Every sum has one fixed order, whatever the instruction set and the other rows.

/// Most outputs of a narrow layer.
pub(super) const OUTPUTS: usize = 4;

/// Partial sums of a product of two vectors.
const LANES: usize = 16;

/// Rows whose contributions to the weights are added up before they join the rest, so that the rounding of many rows
/// stays that of a block.
const BLOCK: usize = 256;

/// `y[m] = W x[m] + b`: `x` is `[M, K]`, `weight` `[N, K]`, `y` `[M, N]`.
#[inline(always)]
pub(super) fn forward(weight: &[f32], bias: &[f32], x: &[f32], y: &mut [f32]) {
    let inputs = weight.len() / bias.len();
    for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(bias.len())) {
        for ((weight, bias), y) in weight.chunks_exact(inputs).zip(bias).zip(y) {
            *y = product(x, weight) + bias;
        }
    }
}

#[inline(always)]
fn product(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums[0] + rest
}

/// Gradient of `x` `[M, K]`, given that of `y`.
#[inline(always)]
pub(super) fn input_gradient(
    weight: &[f32],
    inputs: usize,
    output_gradient: &[f32],
    gradient: &mut [f32],
) {
    let outputs = weight.len() / inputs;
    let rows = gradient
        .chunks_exact_mut(inputs)
        .zip(output_gradient.chunks_exact(outputs));
    for (gradient, output_gradient) in rows {
        let mut terms = output_gradient.iter().zip(weight.chunks_exact(inputs));
        if let Some((slope, weight)) = terms.next() {
            for (value, weight) in gradient.iter_mut().zip(weight) {
                *value = slope * weight;
            }
        }
        for (slope, weight) in terms {
            for (value, weight) in gradient.iter_mut().zip(weight) {
                *value += slope * weight;
            }
        }
    }
}

/// Adds the gradients of the weights `[N, K]` and biases `[N]`.
#[inline(always)]
pub(super) fn add_weight_gradient(
    x: &[f32],
    inputs: usize,
    output_gradient: &[f32],
    weight_gradient: &mut [f32],
    bias_gradient: &mut [f32],
) {
    let outputs = bias_gradient.len();
    let blocks = x
        .chunks(BLOCK * inputs)
        .zip(output_gradient.chunks(BLOCK * outputs));
    for (x, output_gradient) in blocks {
        let targets = weight_gradient
            .chunks_exact_mut(inputs)
            .zip(bias_gradient.iter_mut());
        for (output, (weights, bias)) in targets.enumerate() {
            let slopes = output_gradient.iter().skip(output).step_by(outputs);
            *bias += slopes.clone().sum::<f32>();
            for first in (0..inputs).step_by(LANES) {
                let mut sums = [0.0; LANES];
                let width = LANES.min(inputs - first);
                for (slope, x) in slopes.clone().zip(x.chunks_exact(inputs)) {
                    if let Ok(x) = <&[f32; LANES]>::try_from(&x[first..first + width]) {
                        for lane in 0..LANES {
                            sums[lane] += slope * x[lane];
                        }
                    } else {
                        for (sum, x) in sums.iter_mut().zip(&x[first..first + width]) {
                            *sum += slope * x;
                        }
                    }
                }
                let weights = &mut weights[first..first + width];
                for (weight, sum) in weights.iter_mut().zip(sums) {
                    *weight += sum;
                }
            }
        }
    }
}
