//! RMSProp (Hinton, Neural Networks for Machine Learning, lecture 6e, 2012), as `torch.optim.RMSprop` computes it.

use super::magnitude::Magnitude;

/// The numbers of one update.
pub(super) struct Step {
    keep: f32,
    weight: f32,
    epsilon: f32,
    momentum: f32,
    learning_rate: f32,
    weight_decay: f32,
}

impl Step {
    pub(super) fn new(
        smoothing: f64,
        epsilon: f64,
        momentum: f64,
        learning_rate: f64,
        weight_decay: f64,
    ) -> Self {
        Step {
            keep: smoothing as f32,
            weight: (1.0 - smoothing) as f32,
            epsilon: epsilon as f32,
            momentum: momentum as f32,
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
        square: &mut [f32],
        velocity: &mut [f32],
    ) -> Magnitude {
        let mut largest = Magnitude::default();
        if velocity.is_empty() {
            for ((parameter, gradient), square) in parameters.iter_mut().zip(gradient).zip(square) {
                *parameter -=
                    self.learning_rate * self.direction(*parameter, gradient * scale, square);
                largest.add([*parameter, *square]);
            }
            return largest;
        }
        for (((parameter, gradient), square), velocity) in parameters
            .iter_mut()
            .zip(gradient)
            .zip(square)
            .zip(velocity)
        {
            *velocity =
                self.momentum * *velocity + self.direction(*parameter, gradient * scale, square);
            *parameter -= self.learning_rate * *velocity;
            largest.add([*parameter, *square, *velocity]);
        }
        largest
    }

    /// The gradient with its decay, divided by the root of the mean of squares, which takes it in.
    #[inline(always)]
    fn direction(&self, parameter: f32, gradient: f32, square: &mut f32) -> f32 {
        let gradient = gradient + self.weight_decay * parameter;
        *square = self.keep * *square + self.weight * (gradient * gradient);
        gradient / (square.sqrt() + self.epsilon)
    }
}
