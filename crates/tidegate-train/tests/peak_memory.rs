//! What training takes at its peak, by the count of an allocator that counts, beside what was counted ahead.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::print_stdout,
    reason = "what was measured, for whoever asks with --nocapture"
)]

#[path = "support/counting_allocator.rs"]
mod counting_allocator;

use std::sync::atomic::AtomicBool;

use counting_allocator::{Counting, peak};
use tidegate_cells::{Batch, Cell, Gru, InstructionSet, Lstm, Rnn, Stack};
use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{MemoryPlan, TrainError, Training, train};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A network with sequences to train it on.
struct Case {
    name: &'static str,
    configuration: ModelConfiguration,
    set: SequenceSet,
}

fn case(
    name: &'static str,
    cell: Cell,
    [inputs, hidden, layers]: [usize; 3],
    supervision: Supervision,
    lengths: &[usize],
) -> Case {
    let mut stack = Stack::new(cell, inputs, hidden);
    stack.layers = layers;
    let readout = match supervision {
        Supervision::EveryStep => Readout::EveryStep,
        Supervision::LastStep => Readout::LastStep,
    };
    let sequence = |&length: &usize| Sequence {
        inputs: Inputs::Features {
            size: inputs,
            values: vec![0.5; inputs * length],
        },
        targets: Targets::Values(vec![0.25; supervision.supervised_steps(length)]),
    };
    let (input, target) = (
        InputKind::Features { size: inputs },
        TargetKind::Values { size: 1 },
    );
    let sequences = lengths.iter().map(sequence).collect();
    Case {
        name,
        configuration: ModelConfiguration::new(InputLayer::Features, stack, 1, readout),
        set: SequenceSet::new(input, target, supervision, sequences).unwrap(),
    }
}

impl Case {
    /// Peak of two epochs: the second has the best parameters of the first beside it. Under a limit, the validation set is
    /// twice as large as the training set; else it is one sequence, for it is not part of the count.
    fn peak(&self, training: &Training) -> u64 {
        let sequences = match training.memory_limit {
            Some(_) => [&self.set.sequences[..]; 2].concat(),
            None => vec![self.set.sequences[0].clone()],
        };
        let valid = SequenceSet {
            sequences,
            ..self.set.clone()
        };
        peak(|| {
            let mut model = Model::new(self.configuration.clone(), 1).unwrap();
            let stop = AtomicBool::new(false);
            train(
                &mut model,
                &self.set,
                &valid,
                training,
                None,
                &mut |_| {},
                &stop,
            )
            .unwrap();
        })
    }

    fn training(&self) -> Training {
        Training {
            epochs: 2,
            batch_size: self.set.len(),
            ..Training::default()
        }
    }

    /// Bytes of the tape, the weights, their gradient and the state of AdamW.
    fn tape_weights_gradient_and_optimiser(&self) -> u64 {
        let set = InstructionSet::detect().unwrap();
        let lengths: Vec<usize> = (0..self.set.len())
            .map(|row| self.set.sequence_length(row))
            .collect();
        let longest = *lengths.iter().max().unwrap();
        let batch = Batch::ragged(longest, &lengths);
        let tape = self.configuration.tape_bytes(set, &batch);
        tape + 4 * 4 * self.configuration.parameter_count() as u64
    }
}

#[test]
fn peak_memory_is_what_was_counted_ahead_and_stays_below_the_limit() {
    let gru = Cell::Gru(Gru::default());
    let lstm = Cell::Lstm(Lstm::default());
    let rnn = Cell::Rnn(Rnn::default());
    let (every, last) = (Supervision::EveryStep, Supervision::LastStep);
    let ragged: Vec<usize> = (0..64).map(|row| 400 - 6 * row).collect();
    let cases = [
        case("gru", gru, [8, 64, 1], every, &[400; 64]),
        case("gru, last step", gru, [8, 64, 1], last, &[400; 64]),
        case("gru, one sequence", gru, [1, 32, 1], every, &[10_000]),
        case("gru, 3 layers", gru, [8, 64, 3], every, &[200; 64]),
        case("gru, ragged", gru, [8, 64, 1], every, &ragged),
        case("lstm", lstm, [8, 64, 1], every, &[400; 64]),
        case("rnn", rnn, [8, 64, 1], last, &[400; 64]),
        case("gru, wide", gru, [64, 512, 1], every, &[20; 4]),
    ];
    for case in cases {
        let training = case.training();
        let plan = |training: &Training| training.plan_memory(&case.configuration, &case.set);
        let whole = plan(&training).unwrap();
        assert_eq!(whole.part, None);
        case.check(&training, whole);
        // What is needed does not grow with the length any more.
        let error = plan(&Training {
            memory_limit: Some(0),
            ..training.clone()
        })
        .unwrap_err();
        let TrainError::Memory { needed, .. } = error else {
            panic!("{error}");
        };
        for limit in [needed, (needed + whole.bytes) / 2, whole.bytes - 1] {
            let training = Training {
                memory_limit: Some(limit),
                ..training.clone()
            };
            let plan = plan(&training).unwrap();
            assert!(
                plan.bytes <= limit && plan.part.is_some(),
                "{limit} {plan:?}"
            );
            case.check(&training, plan);
        }
    }
}

impl Case {
    /// Trains and checks the peak against the plan.
    fn check(&self, training: &Training, plan: MemoryPlan) {
        let found = self.peak(training);
        println!(
            "{:18} {:5} steps at once: peak {found}, {:.3} of what was counted",
            self.name,
            plan.steps,
            found as f64 / plan.bytes as f64
        );
        assert!(found <= plan.bytes, "{}: {found}, {plan:?}", self.name);
        // Four threads are counted, fewer may have run.
        let least = (plan.bytes - plan.bytes / 8).saturating_sub(1 << 20);
        assert!(found >= least, "{}: {found}, {plan:?}", self.name);
        if plan.part.is_none() {
            let shares = found as f64 / self.tape_weights_gradient_and_optimiser() as f64;
            // Where weights outweigh the tape, their packed and their best form count for more.
            let narrow = self.configuration.recurrent.hidden_size < 512;
            assert!(!narrow || shares <= 1.2, "{}: {shares}", self.name);
            println!(
                "{:18} {shares:.3} of tape, weights, gradient and optimiser",
                self.name
            );
        }
    }
}
