//! The options of a training run.

use serde::{Deserialize, Serialize};

use crate::error::TrainError;
use crate::optimiser::Optimiser;
use crate::schedule::Schedule;

/// How to train. Every field decides the resulting bits, so a checkpoint is refused where one differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Training {
    /// Default: AdamW with PyTorch's defaults.
    pub optimiser: Optimiser,
    /// Above 0. Default: 0.001.
    pub learning_rate: f64,
    /// At least 0; absent for PyTorch's default of the optimiser (0.01 for AdamW, 0 for the others), which is the
    /// default here. AdamW shrinks the parameters by learning rate × decay, the others add decay × parameter to the
    /// gradient after clipping.
    pub weight_decay: Option<f64>,
    /// Whether biases decay like all other parameters. Default: true, as in PyTorch.
    pub decay_biases: bool,
    /// Limit on the gradient's global norm, above 0; absent for none. Default: 1.
    pub clip_norm: Option<f64>,
    /// Default: constant.
    pub schedule: Schedule,
    /// At most this many passes over the training set, 1 or more. Default: 20.
    pub epochs: usize,
    /// Stop after this many epochs in a row without a lower validation loss, 1 or more; absent to run all epochs.
    /// Default: absent.
    pub patience: Option<usize>,
    /// Stop after the first epoch whose validation loss is at or below this, finite; absent to go on whatever it is.
    /// Default: absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_loss: Option<f64>,
    /// Sequences in a batch, 1 or more. Default: 32.
    pub batch_size: usize,
    /// What a step of each class counts in the loss, every one above 0 and finite: cross-entropy and its gradient are
    /// multiplied by the weight of the step's class and divided by the number of steps, in training and in the validation
    /// between epochs. For targets that are classes; absent where all count 1, the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<Vec<f64>>,
    /// Truncated back-propagation through time (Williams & Peng 1990): longer sequences are processed in windows of
    /// this many steps, one update each, with the state carried over and no gradient across the border. 1 or more;
    /// absent to go back through the whole sequence. Noise is drawn anew for every window: the mask of recurrent
    /// dropout, otherwise one for all steps of a sequence, then holds for the steps of one window. Default: absent.
    pub window: Option<usize>,
    /// Most bytes that training may take while it processes a batch: parameters with their copies and gradient, the
    /// optimiser's state, tape, inputs and outputs, as [`Training::plan_memory`] counts them. Where whole sequences (or
    /// windows) need more, they are run in parts, the longest that fit: only the state at the beginning of each part is
    /// kept, and from the last part to the first the tape is computed again from it. This is back-propagation through
    /// the whole sequence still, for one more forward pass; the gradients are the same but for the order of summation,
    /// so that the limit is among the options that decide the bits. Absent to run sequences whole. Default: absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// Drives the order of the sequences and the noise (dropout, zoneout). Default: 0.
    pub seed: u64,
}

impl Default for Training {
    fn default() -> Self {
        Training {
            optimiser: Optimiser::adam_w(),
            learning_rate: 1e-3,
            weight_decay: None,
            decay_biases: true,
            clip_norm: Some(1.0),
            schedule: Schedule::Constant,
            epochs: 20,
            patience: None,
            target_loss: None,
            batch_size: 32,
            class_weights: None,
            window: None,
            memory_limit: None,
            seed: 0,
        }
    }
}

impl Training {
    /// The weight decay, PyTorch's default where none is given.
    #[must_use]
    pub fn effective_weight_decay(&self) -> f64 {
        self.weight_decay
            .unwrap_or_else(|| self.optimiser.default_weight_decay())
    }

    /// Checks every option.
    ///
    /// # Errors
    /// [`TrainError::Option`] names the option at fault.
    pub fn validate(&self) -> Result<(), TrainError> {
        let fail = |option, reason| Err(TrainError::Option { option, reason });
        let positive = |value: f64| value > 0.0 && value.is_finite();
        if !positive(self.learning_rate) {
            return fail(
                "learning_rate",
                format!("is {}, but must be above 0 and finite", self.learning_rate),
            );
        }
        if let Some(decay) = self.weight_decay
            && !(decay >= 0.0 && decay.is_finite())
        {
            return fail(
                "weight_decay",
                format!("is {decay}, but must be at least 0 and finite"),
            );
        }
        if let Some(limit) = self.clip_norm
            && !positive(limit)
        {
            return fail(
                "clip_norm",
                format!("is {limit}, but must be above 0 and finite; leave it out for no limit"),
            );
        }
        if let Some(target) = self.target_loss
            && !target.is_finite()
        {
            return fail(
                "target_loss",
                format!("is {target}, but must be finite; leave it out for none"),
            );
        }
        for (option, value) in [
            ("epochs", Some(self.epochs)),
            ("patience", self.patience),
            ("batch_size", Some(self.batch_size)),
            ("window", self.window),
        ] {
            if value == Some(0) {
                return fail(option, "is 0, but must be at least 1".to_owned());
            }
        }
        let weights = self.class_weights.iter().flatten();
        if let Some((class, weight)) = weights.enumerate().find(|(_, weight)| !positive(**weight)) {
            return fail(
                "class_weights",
                format!(
                    "has {weight} for class {class}, but every weight must be above 0 and finite"
                ),
            );
        }
        self.optimiser.validate()?;
        self.schedule.validate(self.learning_rate, self.epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_accepted_and_survive_json() {
        let training = Training::default();
        training.validate().unwrap();
        let json = serde_json::to_string(&training).unwrap();
        assert_eq!(serde_json::from_str::<Training>(&json).unwrap(), training);
        assert_eq!(serde_json::from_str::<Training>("{}").unwrap(), training);
    }

    #[test]
    fn an_option_out_of_range_is_named() {
        type Change = fn(&mut Training);
        let cases: [(&str, Change); 10] = [
            ("learning_rate", |t| t.learning_rate = f64::NAN),
            ("weight_decay", |t| t.weight_decay = Some(-0.1)),
            ("clip_norm", |t| t.clip_norm = Some(0.0)),
            ("epochs", |t| t.epochs = 0),
            ("patience", |t| t.patience = Some(0)),
            ("window", |t| t.window = Some(0)),
            ("class_weights", |t| {
                t.class_weights = Some(vec![1.0, 0.0]);
            }),
            ("target_loss", |t| t.target_loss = Some(f64::INFINITY)),
            ("optimiser.beta2", |t| {
                t.optimiser = Optimiser::AdamW {
                    beta1: 0.9,
                    beta2: 1.0,
                    epsilon: 1e-8,
                }
            }),
            ("optimiser.nesterov", |t| {
                t.optimiser = Optimiser::Sgd {
                    momentum: 0.0,
                    nesterov: true,
                }
            }),
        ];
        for (expected, change) in cases {
            let mut training = Training::default();
            change(&mut training);
            match training.validate() {
                Err(TrainError::Option { option, .. }) => assert_eq!(option, expected),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }
}
