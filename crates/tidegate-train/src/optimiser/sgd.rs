//! Stochastic gradient descent with momentum (Sutskever et al. 2013), as `torch.optim.SGD` computes it.

use super::magnitude::Magnitude;

/// The numbers of one update.
pub(super) struct Step {
    momentum: f32,
    nesterov: bool,
    learning_rate: f32,
    weight_decay: f32,
}

impl Step {
    pub(super) fn new(
        momentum: f64,
        nesterov: bool,
        learning_rate: f64,
        weight_decay: f64,
    ) -> Self {
        Step {
            momentum: momentum as f32,
            nesterov,
            learning_rate: learning_rate as f32,
            weight_decay: weight_decay as f32,
        }
    }

    /// Takes the gradient times `scale`; gives the magnitude of all new values. `velocity` is empty where there is no
    /// momentum.
    #[inline(always)]
    pub(super) fn apply(
        &self,
        parameters: &mut [f32],
        gradient: &[f32],
        scale: f32,
        velocity: &mut [f32],
    ) -> Magnitude {
        let mut largest = Magnitude::default();
        if velocity.is_empty() {
            for (parameter, gradient) in parameters.iter_mut().zip(gradient) {
                let gradient = gradient * scale + self.weight_decay * *parameter;
                *parameter -= self.learning_rate * gradient;
                largest.add([*parameter]);
            }
            return largest;
        }
        // The share of the decayed gradient and of the velocity in the step: the velocity alone, or looked ahead.
        let (ahead, share) = if self.nesterov {
            (1.0, self.momentum)
        } else {
            (0.0, 1.0)
        };
        for ((parameter, gradient), velocity) in parameters.iter_mut().zip(gradient).zip(velocity) {
            let gradient = gradient * scale + self.weight_decay * *parameter;
            *velocity = self.momentum * *velocity + gradient;
            *parameter -= self.learning_rate * (ahead * gradient + share * *velocity);
            largest.add([*parameter, *velocity]);
        }
        largest
    }
}
