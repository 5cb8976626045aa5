//! Optimisers: how a gradient changes the parameters.
//!
//! Here lives one file per optimiser, each a plain loop over flat buffers, and what they share: their options, their
//! state and which parameters decay. Formulas and defaults are PyTorch's, checked against it in the tests.

mod adam_w;
mod magnitude;
mod rms_prop;
mod sgd;
mod weight_decay;

pub use weight_decay::DecayRanges;

use serde::{Deserialize, Serialize};
use tidegate_cells::vectorised;

use crate::error::TrainError;

/// An optimiser and its own options; the learning rate and the weight decay stand beside it, in
/// [`Training`](crate::Training).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum Optimiser {
    /// Adam with decoupled weight decay and bias correction (Loshchilov & Hutter 2019, arXiv 1711.05101).
    AdamW {
        /// Decay of the gradient's mean, 0 to below 1. PyTorch's default: 0.9.
        beta1: f64,
        /// Decay of the squared gradient's mean, 0 to below 1. PyTorch's default: 0.999.
        beta2: f64,
        /// Added to the denominator, at least 0. PyTorch's default: 1e-8.
        epsilon: f64,
    },
    /// RMSProp (Hinton, lecture 6e of 2012), not centred; weight decay is added to the gradient.
    RmsProp {
        /// Decay of the squared gradient's mean, 0 to below 1 (PyTorch calls it alpha). PyTorch's default: 0.99.
        smoothing: f64,
        /// Added to the denominator, at least 0. PyTorch's default: 1e-8.
        epsilon: f64,
        /// Momentum, at least 0. PyTorch's default: 0.
        momentum: f64,
    },
    /// Stochastic gradient descent; weight decay is added to the gradient.
    Sgd {
        /// Momentum, at least 0, without dampening. PyTorch's default: 0.
        momentum: f64,
        /// Whether the step looks ahead by the momentum (Nesterov), which then must be above 0.
        nesterov: bool,
    },
}

impl Optimiser {
    /// AdamW with PyTorch's defaults.
    #[must_use]
    pub fn adam_w() -> Self {
        Optimiser::AdamW {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
        }
    }

    /// RMSProp with PyTorch's defaults.
    #[must_use]
    pub fn rms_prop() -> Self {
        Optimiser::RmsProp {
            smoothing: 0.99,
            epsilon: 1e-8,
            momentum: 0.0,
        }
    }

    /// Stochastic gradient descent with this momentum.
    #[must_use]
    pub fn sgd(momentum: f64) -> Self {
        Optimiser::Sgd {
            momentum,
            nesterov: false,
        }
    }

    /// PyTorch's default weight decay: 0.01 for AdamW, 0 for the others.
    #[must_use]
    pub fn default_weight_decay(&self) -> f64 {
        match self {
            Optimiser::AdamW { .. } => 0.01,
            Optimiser::RmsProp { .. } | Optimiser::Sgd { .. } => 0.0,
        }
    }

    /// Checks the options.
    ///
    /// # Errors
    /// [`TrainError::Option`] names the option at fault.
    pub fn validate(&self) -> Result<(), TrainError> {
        let below_one = |option, value: f64| {
            let reason = format!("is {value}, but must be at least 0 and below 1");
            if (0.0..1.0).contains(&value) {
                Ok(())
            } else {
                Err(TrainError::Option { option, reason })
            }
        };
        let not_negative = |option, value: f64| {
            let reason = format!("is {value}, but must be at least 0 and finite");
            if value >= 0.0 && value.is_finite() {
                Ok(())
            } else {
                Err(TrainError::Option { option, reason })
            }
        };
        match *self {
            Optimiser::AdamW {
                beta1,
                beta2,
                epsilon,
            } => {
                below_one("optimiser.beta1", beta1)?;
                below_one("optimiser.beta2", beta2)?;
                not_negative("optimiser.epsilon", epsilon)
            }
            Optimiser::RmsProp {
                smoothing,
                epsilon,
                momentum,
            } => {
                below_one("optimiser.smoothing", smoothing)?;
                not_negative("optimiser.epsilon", epsilon)?;
                not_negative("optimiser.momentum", momentum)
            }
            Optimiser::Sgd { momentum, nesterov } => {
                not_negative("optimiser.momentum", momentum)?;
                if nesterov && momentum == 0.0 {
                    let reason = "needs a momentum above 0".to_owned();
                    return Err(TrainError::Option {
                        option: "optimiser.nesterov",
                        reason,
                    });
                }
                Ok(())
            }
        }
    }

    /// Names of the buffers that the optimiser keeps, each as long as the parameters.
    #[must_use]
    pub fn buffer_names(&self) -> &'static [&'static str] {
        match self {
            Optimiser::AdamW { .. } => &["mean", "mean_of_squares"],
            Optimiser::RmsProp { momentum, .. } if *momentum > 0.0 => {
                &["mean_of_squares", "velocity"]
            }
            Optimiser::RmsProp { .. } => &["mean_of_squares"],
            Optimiser::Sgd { momentum, .. } if *momentum > 0.0 => &["velocity"],
            Optimiser::Sgd { .. } => &[],
        }
    }

    /// The state before the first update.
    #[must_use]
    pub fn initial_state(&self, parameters: usize) -> OptimiserState {
        OptimiserState {
            updates: 0,
            buffers: vec![vec![0.0; parameters]; self.buffer_names().len()],
        }
    }

    /// Makes one update, in place.
    ///
    /// `parameters`, `gradient` and every buffer of `state` have one value per parameter; what `decay` leaves out does
    /// not decay.
    ///
    /// # Errors
    /// [`TrainError::OptimiserState`] where a buffer's length differs from the number of parameters.
    pub fn update(
        &self,
        parameters: &mut [f32],
        gradient: &[f32],
        state: &mut OptimiserState,
        learning_rate: f64,
        weight_decay: f64,
        decay: &DecayRanges,
    ) -> Result<(), TrainError> {
        self.update_scaled(
            parameters,
            gradient,
            1.0,
            state,
            learning_rate,
            weight_decay,
            decay,
        )
        .map(|_| ())
    }

    /// [`Optimiser::update`] with the gradient times `scale`; says whether every parameter and every value of the state
    /// is finite afterwards.
    #[allow(
        clippy::too_many_arguments,
        reason = "what is updated, from what, and how"
    )]
    pub(crate) fn update_scaled(
        &self,
        parameters: &mut [f32],
        gradient: &[f32],
        scale: f32,
        state: &mut OptimiserState,
        learning_rate: f64,
        weight_decay: f64,
        decay: &DecayRanges,
    ) -> Result<bool, TrainError> {
        let expected = parameters.len();
        let fits = gradient.len() == expected
            && decay.parameters() == expected
            && state.buffers.len() == self.buffer_names().len()
            && state.buffers.iter().all(|buffer| buffer.len() == expected);
        if !fits {
            return Err(TrainError::OptimiserState {
                parameters: expected,
            });
        }
        state.updates += 1;
        let mut is_finite = true;
        for (range, decays) in decay.iter() {
            let weight_decay = if decays { weight_decay } else { 0.0 };
            let parameters = &mut parameters[range.clone()];
            let gradient = &gradient[range.clone()];
            let mut buffers = state
                .buffers
                .iter_mut()
                .map(|buffer| &mut buffer[range.clone()]);
            let (first, second) = (
                buffers.next().unwrap_or_default(),
                buffers.next().unwrap_or_default(),
            );
            let largest = match *self {
                Optimiser::AdamW {
                    beta1,
                    beta2,
                    epsilon,
                } => {
                    let step = adam_w::Step::new(
                        beta1,
                        beta2,
                        epsilon,
                        learning_rate,
                        weight_decay,
                        state.updates,
                    );
                    vectorised(
                        #[inline(always)]
                        || step.apply(parameters, gradient, scale, first, second),
                    )
                }
                Optimiser::RmsProp {
                    smoothing,
                    epsilon,
                    momentum,
                } => {
                    let step = rms_prop::Step::new(
                        smoothing,
                        epsilon,
                        momentum,
                        learning_rate,
                        weight_decay,
                    );
                    vectorised(
                        #[inline(always)]
                        || step.apply(parameters, gradient, scale, first, second),
                    )
                }
                Optimiser::Sgd { momentum, nesterov } => {
                    let step = sgd::Step::new(momentum, nesterov, learning_rate, weight_decay);
                    vectorised(
                        #[inline(always)]
                        || step.apply(parameters, gradient, scale, first),
                    )
                }
            };
            is_finite &= largest.is_finite();
        }
        Ok(is_finite)
    }
}

/// What an optimiser remembers between updates.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimiserState {
    /// Number of updates made.
    pub updates: u64,
    /// One flat buffer, as long as the parameters, for each of [`Optimiser::buffer_names`].
    pub buffers: Vec<Vec<f32>>,
}
