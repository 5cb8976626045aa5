//! What was measured.

use serde::{Deserialize, Serialize};
use tidegate_cells::Reset;

use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;
use crate::contest::Contest;
use crate::error::Divergence;
use crate::network::multiply_adds_per_step;
use crate::preparation::Preparation;
use crate::record::{Measured, Outcome};
use crate::run::TUNING_SEED;
use crate::sizing::Equal;
use crate::spread::Spread;
use crate::task::loss_in_words;

/// What was measured. Everything but the fields with `seconds` in their names follows from the comparison's options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonReport {
    /// Names of the tasks, joined by `; `: each row carries its own.
    pub task: String,
    /// What is equal for all cells.
    pub equal: Equal,
    /// One for each final run.
    pub rows: Vec<Row>,
    /// One for each task and cell.
    pub summary: Vec<Summary>,
    /// One for each tuning run.
    pub tuning: Vec<TuningRow>,
}

/// A final run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The task.
    pub task: String,
    /// The cell.
    pub cell: CellVariant,
    /// Where the reset gate stands; null for cells without one.
    pub reset: Option<Reset>,
    /// Hidden units.
    pub hidden_size: usize,
    /// Parameters of the whole model.
    pub parameters: usize,
    /// Seed of the initial parameters, of the order of the sequences and of dropout.
    pub seed: u64,
    /// Loss over the training set, without dropout, with the parameters of the best epoch.
    pub train_loss: f64,
    /// Lowest validation loss.
    pub valid_loss: f64,
    /// Loss over the test set, with the parameters of the best epoch.
    pub test_loss: f64,
    /// Epochs made.
    pub epochs: usize,
    /// The epoch of the lowest validation loss.
    pub best_epoch: usize,
    /// Mean wall-clock seconds of an epoch, validation included.
    pub seconds_per_epoch: f64,
    /// Wall-clock seconds up to the end of the best epoch.
    pub seconds_to_best: f64,
    /// What tuning chose.
    #[serde(flatten)]
    pub candidate: Candidate,
}

/// A cell on a task, over all seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The task.
    pub task: String,
    /// The loss and its unit, in words.
    pub loss: String,
    /// The cell.
    pub cell: CellVariant,
    /// Where the reset gate stands; null for cells without one.
    pub reset: Option<Reset>,
    /// Gates.
    pub gates: usize,
    /// Hidden units.
    pub hidden_size: usize,
    /// Parameters of the whole model.
    pub parameters: usize,
    /// Multiply-adds of one step of one sequence: recurrent layer, and head where it is read at every step.
    pub multiply_adds_per_step: usize,
    /// Number of final runs.
    pub seeds: usize,
    /// Over the final runs.
    pub train_loss: Spread,
    /// Over the final runs.
    pub valid_loss: Spread,
    /// Over the final runs.
    pub test_loss: Spread,
    /// Mean over the final runs.
    pub epochs: f64,
    /// Mean over the final runs.
    pub seconds_per_epoch: f64,
    /// Mean over the final runs.
    pub seconds_to_best: f64,
    /// Number of tuning runs.
    pub tuning_runs: usize,
    /// Wall-clock seconds of the tuning runs' epochs, added up.
    pub tuning_seconds: f64,
    /// What tuning chose.
    #[serde(flatten)]
    pub candidate: Candidate,
}

/// A tuning run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuningRow {
    /// The task.
    pub task: String,
    /// The cell.
    pub cell: CellVariant,
    /// Seed of the run.
    pub seed: u64,
    /// Lowest validation loss; null if the run diverged.
    pub valid_loss: Option<f64>,
    /// Epochs made; null if the run diverged.
    pub epochs: Option<usize>,
    /// Where the run diverged; null if it did not.
    pub diverged: Option<Divergence>,
    /// Whether it was chosen.
    pub chosen: bool,
    /// Wall-clock seconds of its epochs; null if the run diverged.
    pub seconds: Option<f64>,
    /// What was tried.
    #[serde(flatten)]
    pub candidate: Candidate,
}

impl ComparisonReport {
    /// From how each run ended, by its id.
    pub(crate) fn of(preparation: &Preparation<'_>, equal: Equal, outcomes: &[Outcome]) -> Self {
        let names: Vec<&str> = preparation
            .data
            .iter()
            .map(|(splits, _)| splits.name.as_str())
            .collect();
        let mut report = ComparisonReport {
            task: names.join("; "),
            equal,
            rows: Vec::new(),
            summary: Vec::new(),
            tuning: Vec::new(),
        };
        for contest in &preparation.contests {
            let first = contest.first_id;
            let (tuning, finals) =
                outcomes[first..first + contest.runs()].split_at(contest.tuning_runs());
            // Tuning has chosen before; where it could not, the comparison ended with an error.
            let chosen = crate::tuning::choose(contest, &tuning.iter().collect::<Vec<_>>())
                .unwrap_or_default();
            let rows = rows(contest, contest.candidates[chosen], finals);
            let tuning: Vec<TuningRow> = tuning
                .iter()
                .enumerate()
                .map(|(index, outcome)| tuning_row(contest, index, outcome, index == chosen))
                .collect();
            let target = preparation.data[contest.experiment].0.train.target;
            let loss = loss_in_words(target);
            report.summary.push(summary(contest, loss, &rows, &tuning));
            report.rows.extend(rows);
            report.tuning.extend(tuning);
        }
        report
    }
}

fn rows(contest: &Contest, candidate: Candidate, finals: &[Outcome]) -> Vec<Row> {
    let measured = finals.iter().enumerate().filter_map(|(index, outcome)| {
        let Outcome::Finished(measured) = outcome else {
            return None;
        };
        Some((index, measured, measured.tested?))
    });
    measured
        .map(|(index, measured, tested)| Row {
            task: contest.task.clone(),
            cell: contest.cell,
            reset: contest.cell.reset(),
            hidden_size: contest.network.recurrent.hidden_size,
            parameters: contest.network.parameter_count(),
            seed: index as u64 + 1,
            train_loss: tested.train_loss,
            valid_loss: measured.valid_loss,
            test_loss: tested.test_loss,
            epochs: measured.epochs,
            best_epoch: measured.best_epoch,
            seconds_per_epoch: measured.seconds / measured.epochs as f64,
            seconds_to_best: measured.seconds_to_best,
            candidate,
        })
        .collect()
}

fn tuning_row(contest: &Contest, index: usize, outcome: &Outcome, chosen: bool) -> TuningRow {
    let (measured, diverged): (Option<&Measured>, _) = match outcome {
        Outcome::Finished(measured) => (Some(measured), None),
        Outcome::Diverged(divergence) => (None, Some(divergence.clone())),
    };
    TuningRow {
        task: contest.task.clone(),
        cell: contest.cell,
        seed: TUNING_SEED,
        valid_loss: measured.map(|measured| measured.valid_loss),
        epochs: measured.map(|measured| measured.epochs),
        diverged,
        chosen,
        seconds: measured.map(|measured| measured.seconds),
        candidate: contest.candidates[index],
    }
}

fn summary(contest: &Contest, loss: String, rows: &[Row], tuning: &[TuningRow]) -> Summary {
    let spread = |value: fn(&Row) -> f64| Spread::of(&rows.iter().map(value).collect::<Vec<_>>());
    Summary {
        task: contest.task.clone(),
        loss,
        cell: contest.cell,
        reset: contest.cell.reset(),
        gates: contest.cell.cell().gates(),
        hidden_size: contest.network.recurrent.hidden_size,
        parameters: contest.network.parameter_count(),
        multiply_adds_per_step: multiply_adds_per_step(&contest.network),
        seeds: rows.len(),
        train_loss: spread(|row| row.train_loss),
        valid_loss: spread(|row| row.valid_loss),
        test_loss: spread(|row| row.test_loss),
        epochs: spread(|row| row.epochs as f64).mean,
        seconds_per_epoch: spread(|row| row.seconds_per_epoch).mean,
        seconds_to_best: spread(|row| row.seconds_to_best).mean,
        tuning_runs: tuning.len(),
        tuning_seconds: tuning.iter().filter_map(|run| run.seconds).sum(),
        candidate: rows
            .first()
            .map_or(contest.candidates[0], |row| row.candidate),
    }
}
