//! AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101), as `torch.optim.AdamW` computes it.

use super::magnitude::Magnitude;

/// The numbers of one update.
pub(super) struct Step {
    shrink: f32,
    mean_weight: f32,
    square_keep: f32,
    square_weight: f32,
    size: f32,
    root_correction: f32,
    epsilon: f32,
}

impl Step {
    /// `updates` counts this one: 1 for the first.
    pub(super) fn new(
        beta1: f64,
        beta2: f64,
        epsilon: f64,
        learning_rate: f64,
        weight_decay: f64,
        updates: u64,
    ) -> Self {
        let exponent = updates.min(i32::MAX as u64) as i32;
        Step {
            shrink: (1.0 - learning_rate * weight_decay) as f32,
            mean_weight: (1.0 - beta1) as f32,
            square_keep: beta2 as f32,
            square_weight: (1.0 - beta2) as f32,
            size: (learning_rate / (1.0 - beta1.powi(exponent))) as f32,
            root_correction: (1.0 / (1.0 - beta2.powi(exponent)).sqrt()) as f32,
            epsilon: epsilon as f32,
        }
    }

    /// Takes the gradient times `scale`; gives the magnitude of all new values.
    #[inline(always)]
    pub(super) fn apply(
        &self,
        parameters: &mut [f32],
        gradient: &[f32],
        scale: f32,
        mean: &mut [f32],
        square: &mut [f32],
    ) -> Magnitude {
        let mut largest = Magnitude::default();
        for (((parameter, gradient), mean), square) in
            parameters.iter_mut().zip(gradient).zip(mean).zip(square)
        {
            let gradient = gradient * scale;
            *mean += self.mean_weight * (gradient - *mean);
            *square = self.square_keep * *square + self.square_weight * (gradient * gradient);
            let root = square.sqrt() * self.root_correction + self.epsilon;
            *parameter = self.shrink * *parameter - self.size * (*mean / root);
            largest.add([*parameter, *mean, *square]);
        }
        largest
    }
}
