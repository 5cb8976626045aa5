//! Small problems to train on.
#![allow(dead_code)]

pub(crate) mod checkpoints;

use std::sync::atomic::AtomicBool;

use tidegate_cells::{Cell, Gru, Lstm, Stack};
use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{Checkpointing, Event, TrainError, Trained, Training, train};

/// A run of a few short epochs.
pub(crate) fn quick() -> Training {
    Training {
        learning_rate: 0.02,
        epochs: 4,
        batch_size: 4,
        ..Training::default()
    }
}

/// A model with its sequences.
#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) configuration: ModelConfiguration,
    pub(crate) train: SequenceSet,
    pub(crate) valid: SequenceSet,
}

impl Problem {
    pub(crate) fn model(&self) -> Model {
        Model::new(self.configuration.clone(), 5).unwrap()
    }

    /// Trains a new model without a checkpoint, an observer or an interruption.
    pub(crate) fn train(&self, training: &Training) -> Result<(Model, Trained), TrainError> {
        self.train_with(training, None, &mut |_| {}, &AtomicBool::new(false))
    }

    pub(crate) fn train_with(
        &self,
        training: &Training,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event),
        stop: &AtomicBool,
    ) -> Result<(Model, Trained), TrainError> {
        let mut model = self.model();
        let trained = train(
            &mut model,
            &self.train,
            &self.valid,
            training,
            checkpointing,
            observer,
            stop,
        )?;
        Ok((model, trained))
    }
}

/// Numbers between -1 and 1 that look random.
fn draw(seed: usize) -> f32 {
    let mixed = (seed as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(31);
    (mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f32 / 8_388_608.0 - 1.0
}

/// The mean of this input and the one before: values at every step, or at the last, of ragged sequences.
pub(crate) fn running_mean(
    supervision: Supervision,
    lengths: &[usize],
    seed: usize,
) -> SequenceSet {
    let sequence = |(index, &length): (usize, &usize)| {
        let values: Vec<f32> = (0..length)
            .map(|step| draw(seed + 1000 * index + step))
            .collect();
        let mut targets: Vec<f32> = (0..length)
            .map(|step| (values[step] + values[step.saturating_sub(1)]) / 2.0)
            .collect();
        if supervision == Supervision::LastStep {
            targets.drain(..length - 1);
        }
        Sequence {
            inputs: Inputs::Features { size: 1, values },
            targets: Targets::Values(targets),
        }
    };
    let sequences = lengths.iter().enumerate().map(sequence).collect();
    SequenceSet::new(
        InputKind::Features { size: 1 },
        TargetKind::Values { size: 1 },
        supervision,
        sequences,
    )
    .unwrap()
}

pub(crate) const RAGGED: [usize; 11] = [7, 3, 12, 1, 5, 9, 9, 2, 12, 4, 6];

/// Ragged sequences of features for a GRU.
pub(crate) fn gru(supervision: Supervision) -> Problem {
    let recurrent = Stack::new(Cell::Gru(Gru::default()), 1, 6);
    let readout = match supervision {
        Supervision::EveryStep => Readout::EveryStep,
        Supervision::LastStep => Readout::LastStep,
    };
    Problem {
        configuration: ModelConfiguration::new(InputLayer::Features, recurrent, 1, readout),
        train: running_mean(supervision, &RAGGED, 0),
        valid: running_mean(supervision, &[8, 2, 5], 77_000),
    }
}

/// Ragged sequences of tokens with classes for an LSTM with an embedding and every kind of dropout.
pub(crate) fn lstm_with_noise() -> Problem {
    let mut recurrent = Stack::new(Cell::Lstm(Lstm::default()), 3, 5);
    recurrent.recurrent_dropout = 0.1;
    recurrent.zoneout = 0.1;
    let input = InputLayer::Embedding {
        vocabulary: 4,
        size: 3,
    };
    let mut configuration = ModelConfiguration::new(input, recurrent, 4, Readout::EveryStep);
    configuration.output_dropout = 0.2;
    let set = |lengths: &[usize], seed: usize| {
        let sequence = |(index, &length): (usize, &usize)| {
            let tokens: Vec<u32> = (0..=length)
                .map(|step| (draw(seed + 500 * index + step) * 2.0 + 2.0) as u32 % 4)
                .collect();
            Sequence {
                inputs: Inputs::Tokens(tokens[1..].to_vec()),
                targets: Targets::Classes(tokens[..length].to_vec()),
            }
        };
        let sequences = lengths.iter().enumerate().map(sequence).collect();
        let (input, target) = (
            InputKind::Tokens { vocabulary: 4 },
            TargetKind::Classes { count: 4 },
        );
        SequenceSet::new(input, target, Supervision::EveryStep, sequences).unwrap()
    };
    Problem {
        configuration,
        train: set(&RAGGED, 3),
        valid: set(&[6, 11], 9_000),
    }
}

/// Everything about a run that must be the same each time: bits of parameters and losses, without the seconds.
pub(crate) fn bits(model: &Model, trained: &Trained) -> Vec<u64> {
    let losses = trained.epochs.iter().flat_map(|epoch| {
        let best = f64::from(u8::from(epoch.best));
        [
            epoch.train_loss,
            epoch.valid_loss,
            epoch.learning_rate,
            epoch.updates as f64,
            best,
        ]
        .map(f64::to_bits)
    });
    model
        .parameters()
        .iter()
        .map(|value| u64::from(value.to_bits()))
        .chain(losses)
        .chain([trained.updates])
        .collect()
}
