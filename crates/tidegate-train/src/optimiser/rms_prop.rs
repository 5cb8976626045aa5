//! RMSProp (Hinton, Neural Networks for Machine Learning, lecture 6e, 2012), as `torch.optim.RMSprop` computes it.

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

    /// `velocity` is empty where there is no momentum.
    pub(super) fn apply(
        &self,
        parameters: &mut [f32],
        gradient: &[f32],
        square: &mut [f32],
        velocity: &mut [f32],
    ) {
        let direction = |parameter: f32, gradient: f32, square: &mut f32| {
            let gradient = gradient + self.weight_decay * parameter;
            *square = self.keep * *square + self.weight * (gradient * gradient);
            gradient / (square.sqrt() + self.epsilon)
        };
        if velocity.is_empty() {
            for ((parameter, gradient), square) in parameters.iter_mut().zip(gradient).zip(square) {
                *parameter -= self.learning_rate * direction(*parameter, *gradient, square);
            }
            return;
        }
        for (((parameter, gradient), square), velocity) in parameters
            .iter_mut()
            .zip(gradient)
            .zip(square)
            .zip(velocity)
        {
            *velocity = self.momentum * *velocity + direction(*parameter, *gradient, square);
            *parameter -= self.learning_rate * *velocity;
        }
    }
}
