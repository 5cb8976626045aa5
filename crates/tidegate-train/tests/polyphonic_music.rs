//! The pooled negative log-likelihood of polyphonic music, on the data itself where it is there.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what was skipped"
)]

use std::path::Path;

use tidegate_cells::{Cell, Rnn, Stack};
use tidegate_data::{SequenceSet, Targets, polyphonic_music};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::evaluate;

/// Per key the number of steps in which it sounds, and the number of steps.
fn count(set: &SequenceSet) -> ([f64; 88], f64) {
    let mut counts = [0.0; 88];
    for sequence in &set.sequences {
        let Targets::Labels(labels) = &sequence.targets else {
            panic!("labels")
        };
        for frame in labels.chunks(88) {
            counts
                .iter_mut()
                .zip(frame)
                .for_each(|(count, label)| *count += f64::from(*label));
        }
    }
    (counts, set.supervised_steps() as f64)
}

/// A model that gives each key the same probability at every step scores what the counts say it must.
#[test]
fn a_model_of_independent_keys_scores_its_entropy_pooled_over_all_steps() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/polyphonic_music");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    for file in folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let splits = polyphonic_music(&file).unwrap();
        let (counts, steps) = count(&splits.train);
        let logits = counts.map(|count| {
            let p = (count + 0.5) / (steps + 1.0);
            (p / (1.0 - p)).ln() as f32
        });
        let recurrent = Stack::new(Cell::Rnn(Rnn::default()), 88, 2);
        let configuration =
            ModelConfiguration::new(InputLayer::Features, recurrent, 88, Readout::EveryStep);
        let mut parameters = vec![0.0; configuration.parameter_count()];
        let bias = parameters.len() - 88;
        parameters[bias..].copy_from_slice(&logits);
        let model = Model::from_parameters(configuration, parameters).unwrap();
        let found = evaluate(&model, &splits.test, 16).unwrap();

        let (sounding, test_steps) = count(&splits.test);
        let expected: f64 = logits
            .iter()
            .zip(sounding)
            .map(|(logit, count)| {
                let logit = f64::from(*logit);
                test_steps * (logit.exp().ln_1p()) - count * logit
            })
            .sum::<f64>()
            / test_steps;
        assert_eq!(found.steps as f64, test_steps);
        assert!(
            (found.loss - expected).abs() < 1e-5,
            "{}: {} and {expected}",
            file.display(),
            found.loss
        );
    }
}
