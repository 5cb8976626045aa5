//! Sets that do not belong to a model.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::{gru, quick};
use tidegate_cells::{Cell, Gru, Stack};
use tidegate_data::{Supervision, Targets};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{TrainError, evaluate};

#[test]
fn sets_that_do_not_fit_the_model_are_refused_with_both_sides() {
    let problem = gru(Supervision::EveryStep);
    let stack = |inputs| Stack::new(Cell::Gru(Gru::default()), inputs, 6);
    let message = |configuration: ModelConfiguration| {
        let model = Model::new(configuration, 1).unwrap();
        evaluate(&model, &problem.valid, 1).unwrap_err().to_string()
    };
    let new = ModelConfiguration::new;
    assert!(
        message(new(InputLayer::Features, stack(2), 1, Readout::EveryStep))
            .contains("takes 2 features a step")
    );
    assert!(
        message(new(InputLayer::Features, stack(1), 3, Readout::EveryStep)).contains("3 outputs")
    );
    assert!(
        message(new(InputLayer::Features, stack(1), 1, Readout::LastStep))
            .contains("read at the last step")
    );
    let embedding = InputLayer::Embedding {
        vocabulary: 4,
        size: 2,
    };
    assert!(message(new(embedding, stack(2), 1, Readout::EveryStep)).contains("embeds tokens"));

    let mut empty = problem.clone();
    empty.valid.sequences.clear();
    assert!(matches!(
        empty.train(&quick()),
        Err(TrainError::EmptySet { part: "validation" })
    ));
    let mut broken = problem.clone();
    broken.train.sequences[2].targets = Targets::Values(vec![0.0]);
    assert!(
        broken
            .train(&quick())
            .unwrap_err()
            .to_string()
            .starts_with("training set: sequence 2")
    );
    assert!(matches!(
        evaluate(&problem.model(), &problem.valid, 0),
        Err(TrainError::Option { .. })
    ));
}
