//! What a report says is what training and measuring by hand give: on which set, with which settings and epochs.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use tidegate_cells::Stack;
use tidegate_data::Splits;
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_study::{
    Candidate, CellVariant, Comparison, Experiment, Progress, Recipe, Share, Sizing, Stage, Task,
    compare,
};
use tidegate_train::{Trained, Training, evaluate, train};

const UNITS: usize = 6;
const EPOCHS: usize = 7;
const TUNING_EPOCHS: usize = 3;

fn comparison() -> Comparison {
    let task = Task::adding_problem(7).with_sequences(90);
    let mut experiment = Experiment::new(task).with_epochs(EPOCHS);
    let candidate = |learning_rate| Candidate {
        learning_rate,
        weight_decay: 0.3,
        input_dropout: 0.1,
        recurrent_dropout: 0.25,
        output_dropout: 0.2,
    };
    experiment.recipe.candidates = vec![candidate(0.05), candidate(0.1)];
    experiment.recipe.tuning_epochs = TUNING_EPOCHS;
    Comparison {
        cells: vec![CellVariant::Gru, CellVariant::Lstm],
        sizing: Sizing::EqualHiddenSize(Some(UNITS)),
        seeds: 3,
        threads: 2,
        ..Comparison::new(vec![experiment])
    }
}

/// A training by hand.
fn by_hand(
    splits: &Splits,
    recipe: &Recipe,
    cell: CellVariant,
    candidate: Candidate,
    seed: u64,
    epochs: usize,
) -> (Model, Trained) {
    let recurrent = Stack {
        recurrent_dropout: candidate.recurrent_dropout,
        ..Stack::new(cell.cell(), 2, UNITS)
    };
    let mut configuration =
        ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
    configuration.input_dropout = candidate.input_dropout;
    configuration.output_dropout = candidate.output_dropout;
    let mut model = Model::new(configuration, seed).unwrap();
    let training = Training {
        learning_rate: candidate.learning_rate,
        weight_decay: Some(candidate.weight_decay),
        epochs,
        seed,
        ..recipe.training.clone()
    };
    let trained = train(
        &mut model,
        &splits.train,
        &splits.valid,
        &training,
        None,
        &mut |_| {},
        &AtomicBool::new(false),
    );
    (model, trained.unwrap())
}

/// A quarter of the training sequences, another one for each seed, each of them four times.
fn quarter(splits: &Splits, seed: u64) -> Splits {
    let mut splits = splits.clone();
    splits.train = splits.train.subset(splits.train.len() / 4, seed).unwrap();
    let once = splits.train.sequences.clone();
    splits.train.sequences = vec![once; 4].concat();
    splits
}

#[test]
fn every_row_of_a_share_is_what_training_by_hand_on_it_gives_and_ends_at_the_target() {
    let mut comparison = comparison();
    let experiment = &mut comparison.experiments[0];
    experiment.share = Share { one_in: 4 };
    experiment.recipe.training.target_loss = Some(0.1805);
    let recipe = experiment.recipe.clone();
    let splits = experiment.task.splits().unwrap();
    let report = compare(&comparison, &|_| {}, &AtomicBool::new(false)).unwrap();
    let by_hand = |row: &_| {
        let (cell, candidate, seed, epochs) = row;
        by_hand(
            &quarter(&splits, *seed),
            &recipe,
            *cell,
            *candidate,
            *seed,
            *epochs,
        )
    };
    for row in &report.rows {
        let (model, trained) = by_hand(&(row.cell, row.candidate, row.seed, EPOCHS));
        let loss = |set| Some(evaluate(&model, set, 64).unwrap().loss);
        assert_eq!(row.valid_loss, loss(&splits.valid));
        assert_eq!(row.test_loss, loss(&splits.test));
        assert_eq!(row.epochs, Some(trained.epochs.len()));
    }
    for row in &report.tuning {
        let (_, trained) = by_hand(&(row.cell, row.candidate, row.seed, TUNING_EPOCHS));
        assert_eq!(row.epochs, Some(trained.epochs.len()));
    }
    // Else the target could be one that no run reaches, or each at once.
    let epochs: Vec<_> = report.rows.iter().map(|row| row.epochs.unwrap()).collect();
    assert!(epochs.iter().any(|&made| made < EPOCHS), "{epochs:?}");
    assert!(epochs.iter().any(|&made| made > 1), "{epochs:?}");
}

#[test]
fn every_row_is_what_training_by_hand_gives() {
    let comparison = comparison();
    let recipe = &comparison.experiments[0].recipe;
    let splits = comparison.experiments[0].task.splits().unwrap();
    let seconds = Mutex::new(Vec::new());
    let observer = |progress: Progress<'_>| {
        if let Progress::EpochDone { run, epoch, .. } = progress
            && run.stage == Stage::Final
        {
            let mut seconds = seconds.lock().unwrap();
            seconds.push((run.cell, run.seed, epoch.epoch, epoch.seconds));
        }
    };
    let report = compare(&comparison, &observer, &AtomicBool::new(false)).unwrap();
    let seconds = seconds.into_inner().unwrap();
    assert_eq!((report.rows.len(), report.tuning.len()), (6, 4));
    for row in &report.rows {
        let (model, trained) = by_hand(&splits, recipe, row.cell, row.candidate, row.seed, EPOCHS);
        let loss = |set| Some(evaluate(&model, set, 64).unwrap().loss);
        assert_eq!(row.train_loss, loss(&splits.train));
        assert_eq!(row.valid_loss, loss(&splits.valid));
        assert_eq!(row.test_loss, loss(&splits.test));
        assert_eq!(row.epochs, Some(trained.epochs.len()));
        let best = trained.epochs.iter().rfind(|epoch| epoch.best).unwrap();
        assert_eq!(row.valid_loss, Some(best.valid_loss));
        assert_eq!(row.best_epoch, Some(best.epoch));
        let until = |last| -> f64 {
            let of_row = seconds.iter().filter(|(cell, seed, epoch, _)| {
                (*cell, *seed) == (row.cell, row.seed) && *epoch <= last
            });
            of_row.map(|(.., seconds)| seconds).sum()
        };
        assert_eq!(row.seconds_to_best, Some(until(best.epoch)));
        assert_eq!(row.seconds_per_epoch, Some(until(EPOCHS) / EPOCHS as f64));
    }
    // Else a run's time to its best epoch could be that of all its epochs.
    assert!(report.rows.iter().any(|row| row.best_epoch < row.epochs));
    for row in &report.tuning {
        let (model, trained) = by_hand(
            &splits,
            recipe,
            row.cell,
            row.candidate,
            row.seed,
            TUNING_EPOCHS,
        );
        assert_eq!(row.epochs, Some(trained.epochs.len()));
        let loss = evaluate(&model, &splits.valid, 64).unwrap().loss;
        assert_eq!(row.valid_loss, Some(loss));
    }
}
