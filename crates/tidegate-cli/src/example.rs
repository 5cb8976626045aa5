//! Summaries and runs for the tests of what is said about them.

use tidegate_study::{Candidate, CellVariant, RunName, Spread, Stage, Summary};

fn spread(mean: f64, standard_deviation: Option<f64>) -> Spread {
    Spread {
        mean,
        standard_deviation,
        min: mean,
        max: mean,
    }
}

/// Over three seeds.
pub(crate) fn summary(cell: CellVariant, mean: f64, deviation: f64) -> Summary {
    Summary {
        task: "adding problem, length 100".to_owned(),
        loss: "mean squared error".to_owned(),
        cell,
        reset: cell.reset(),
        gates: cell.cell().gates(),
        hidden_size: 1_069,
        parameters: 5_038,
        multiply_adds_per_step: 4_899,
        seeds: 3,
        diverged: 0,
        train_loss: Some(spread(70.0, Some(7.0))),
        valid_loss: Some(spread(60.0, Some(6.0))),
        test_loss: Some(spread(mean, Some(deviation))),
        epochs: Some(10.5),
        seconds_per_epoch: Some(spread(0.25, Some(0.01))),
        seconds_to_best: Some(spread(1.75, Some(0.5))),
        tuning_runs: 2,
        tuning_diverged: 0,
        tuning_seconds: 12.34,
        candidate: Candidate::plain(0.01),
    }
}

/// Of one seed.
pub(crate) fn single(cell: CellVariant, loss: f64) -> Summary {
    Summary {
        seeds: 1,
        test_loss: Some(spread(loss, None)),
        epochs: Some(12.0),
        seconds_per_epoch: Some(spread(0.25, None)),
        seconds_to_best: Some(spread(1.75, None)),
        ..summary(cell, loss, 0.0)
    }
}

/// Of which every run diverged.
pub(crate) fn diverged(cell: CellVariant) -> Summary {
    Summary {
        diverged: 3,
        train_loss: None,
        valid_loss: None,
        test_loss: None,
        epochs: None,
        seconds_per_epoch: None,
        seconds_to_best: None,
        ..summary(cell, 0.0, 0.0)
    }
}

/// A run of a GRU with seed 7.
pub(crate) fn run(id: usize, stage: Stage) -> RunName {
    RunName {
        id,
        task: "adding problem, length 100".to_owned(),
        cell: CellVariant::Gru,
        stage,
        seed: 7,
        candidate: Candidate::plain(0.01),
        work: 100.0,
    }
}
