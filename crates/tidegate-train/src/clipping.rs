//! Clipping a gradient by its global norm (Pascanu et al. 2013, arXiv 1211.5063).

use tidegate_cells::vectorised;

use crate::summation::sum_of_squares;

/// The Euclidean norm of the whole gradient, summed in f64 in a fixed order.
#[must_use]
pub fn global_norm(gradient: &[f32]) -> f64 {
    sum_of_squares(gradient).sqrt()
}

/// Scales the gradient by limit / (norm + 1e-6) where that is below 1, as `torch.nn.utils.clip_grad_norm_` does.
///
/// `norm` is the gradient's [`global_norm`].
pub fn clip_by_global_norm(gradient: &mut [f32], norm: f64, limit: f64) {
    let factor = clipping_factor(norm, limit);
    if factor != 1.0 {
        vectorised(
            #[inline(always)]
            || gradient.iter_mut().for_each(|value| *value *= factor),
        );
    }
}

/// What a gradient of this norm is to be multiplied by: 1 within the limit.
pub(crate) fn clipping_factor(norm: f64, limit: f64) -> f32 {
    let factor = limit / (norm + 1e-6);
    if factor < 1.0 { factor as f32 } else { 1.0 }
}
