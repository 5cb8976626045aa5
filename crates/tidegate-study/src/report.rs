//! What was measured.

use std::ops::Range;

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
use crate::runs::Results;
use crate::sizing::Equal;
use crate::spread::Spread;
use crate::task::loss_in_words;

/// What was measured. Everything but the fields with `seconds` in their names, `threads` and `runs_side_by_side` follows
/// from the comparison's options.
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
    /// Loss over the training set, without dropout, with the parameters of the best epoch; null if the run diverged, as
    /// all that was measured then.
    pub train_loss: Option<f64>,
    /// Lowest validation loss.
    pub valid_loss: Option<f64>,
    /// Loss over the test set, with the parameters of the best epoch.
    pub test_loss: Option<f64>,
    /// Epochs made.
    pub epochs: Option<usize>,
    /// The epoch of the lowest validation loss.
    pub best_epoch: Option<usize>,
    /// Mean wall-clock seconds of an epoch, validation included.
    pub seconds_per_epoch: Option<f64>,
    /// Wall-clock seconds up to the end of the best epoch.
    pub seconds_to_best: Option<f64>,
    /// Threads that the run had for itself when it ended.
    pub threads: Option<usize>,
    /// The most runs that were made at once while it ran, this one included.
    pub runs_side_by_side: Option<usize>,
    /// Where the run diverged; null if it did not.
    pub diverged: Option<Divergence>,
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
    /// How many of them diverged.
    pub diverged: usize,
    /// Over the final runs that did not diverge; null, as all that follows, if every one did.
    pub train_loss: Option<Spread>,
    /// The same.
    pub valid_loss: Option<Spread>,
    /// The same.
    pub test_loss: Option<Spread>,
    /// Mean over the final runs that did not diverge.
    pub epochs: Option<f64>,
    /// Over the final runs that did not diverge.
    pub seconds_per_epoch: Option<Spread>,
    /// The same.
    pub seconds_to_best: Option<Spread>,
    /// Number of tuning runs.
    pub tuning_runs: usize,
    /// How many of them diverged.
    pub tuning_diverged: usize,
    /// Wall-clock seconds of the epochs of those that did not, added up.
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
    /// Of these experiments, from how each run ended and what tuning chose.
    pub(crate) fn of(
        preparation: &Preparation<'_>,
        equal: Equal,
        results: &Results,
        experiments: Range<usize>,
    ) -> Self {
        let names: Vec<&str> = preparation.data[experiments.clone()]
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
        let contests = preparation.contests.iter();
        for contest in contests.filter(|contest| experiments.contains(&contest.experiment)) {
            let first = contest.first_id;
            let (tuning, finals) =
                results.outcomes[first..first + contest.runs()].split_at(contest.tuning_runs());
            let chosen = results.chosen[contest.index];
            let rows = rows(contest, contest.candidates[chosen], finals);
            let tuning: Vec<TuningRow> = tuning
                .iter()
                .enumerate()
                .map(|(index, outcome)| tuning_row(contest, index, outcome, index == chosen))
                .collect();
            let target = preparation.data[contest.experiment].0.train.target;
            let loss = loss_in_words(target);
            let candidate = contest.candidates[chosen];
            let summary = summary(contest, loss, candidate, &rows, &tuning);
            report.summary.push(summary);
            report.rows.extend(rows);
            report.tuning.extend(tuning);
        }
        report
    }
}

fn rows(contest: &Contest, candidate: Candidate, finals: &[Outcome]) -> Vec<Row> {
    let row = |(index, outcome): (usize, &Outcome)| {
        let (measured, diverged) = parts(outcome);
        let tested = measured.and_then(|measured| measured.tested);
        Row {
            task: contest.task.clone(),
            cell: contest.cell,
            reset: contest.cell.reset(),
            hidden_size: contest.network.recurrent.hidden_size,
            parameters: contest.network.parameter_count(),
            seed: index as u64 + 1,
            train_loss: tested.map(|tested| tested.train_loss),
            valid_loss: measured.map(|measured| measured.valid_loss),
            test_loss: tested.map(|tested| tested.test_loss),
            epochs: measured.map(|measured| measured.epochs),
            best_epoch: measured.map(|measured| measured.best_epoch),
            seconds_per_epoch: measured.map(|measured| measured.seconds / measured.epochs as f64),
            seconds_to_best: measured.map(|measured| measured.seconds_to_best),
            threads: measured.map(|measured| measured.threads),
            runs_side_by_side: measured.map(|measured| measured.runs_side_by_side),
            diverged,
            candidate,
        }
    };
    finals.iter().enumerate().map(row).collect()
}

fn parts(outcome: &Outcome) -> (Option<&Measured>, Option<Divergence>) {
    match outcome {
        Outcome::Finished(measured) => (Some(measured), None),
        Outcome::Diverged(divergence) => (None, Some(divergence.clone())),
    }
}

fn tuning_row(contest: &Contest, index: usize, outcome: &Outcome, chosen: bool) -> TuningRow {
    let (measured, diverged) = parts(outcome);
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

fn summary(
    contest: &Contest,
    loss: String,
    candidate: Candidate,
    rows: &[Row],
    tuning: &[TuningRow],
) -> Summary {
    let spread = |value: fn(&Row) -> Option<f64>| {
        let values: Vec<f64> = rows.iter().filter_map(value).collect();
        (!values.is_empty()).then(|| Spread::of(&values))
    };
    let epochs = spread(|row| row.epochs.map(|epochs| epochs as f64));
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
        diverged: rows.iter().filter(|row| row.diverged.is_some()).count(),
        train_loss: spread(|row| row.train_loss),
        valid_loss: spread(|row| row.valid_loss),
        test_loss: spread(|row| row.test_loss),
        epochs: epochs.map(|epochs| epochs.mean),
        seconds_per_epoch: spread(|row| row.seconds_per_epoch),
        seconds_to_best: spread(|row| row.seconds_to_best),
        tuning_runs: tuning.len(),
        tuning_diverged: tuning.iter().filter(|run| run.diverged.is_some()).count(),
        tuning_seconds: tuning.iter().filter_map(|run| run.seconds).sum(),
        candidate,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::comparison::{Comparison, Experiment};
    use crate::record::Tested;
    use crate::task::Task;

    #[test]
    fn the_means_are_over_the_seeds_that_did_not_diverge() {
        let task = Task::adding_problem(3).with_sequences(4);
        let mut experiment = Experiment::new(task);
        experiment.recipe.candidates.truncate(1);
        let mut comparison = Comparison::new(vec![experiment]);
        comparison.cells = vec![CellVariant::Gru];
        let preparation = Preparation::of(&comparison, &AtomicBool::new(false)).unwrap();
        let finished = |loss| {
            Outcome::Finished(Measured {
                valid_loss: loss,
                epochs: 4,
                best_epoch: 2,
                seconds: 8.0,
                seconds_to_best: 4.0,
                threads: 1,
                runs_side_by_side: 2,
                tested: Some(Tested {
                    train_loss: loss,
                    test_loss: loss + 1.0,
                }),
                curve: Vec::new(),
                gradients: None,
            })
        };
        let divergence = Divergence {
            what: "the training loss".to_owned(),
            epoch: 2,
            update: 9,
        };
        let results = Results {
            outcomes: vec![
                finished(1.0),
                Outcome::Diverged(divergence.clone()),
                finished(3.0),
            ],
            chosen: vec![0],
        };
        let report = ComparisonReport::of(&preparation, Equal::Parameters, &results, 0..1);
        let summary = &report.summary[0];
        assert_eq!((summary.seeds, summary.diverged), (3, 1));
        assert_eq!(summary.test_loss.unwrap().mean, 3.0);
        assert_eq!(summary.seconds_per_epoch.unwrap().mean, 2.0);
        let row = &report.rows[1];
        assert_eq!((row.seed, row.diverged.as_ref()), (2, Some(&divergence)));
        let json = serde_json::to_value(row).unwrap();
        for field in [
            "train_loss",
            "valid_loss",
            "test_loss",
            "epochs",
            "seconds_to_best",
        ] {
            assert_eq!(json.get(field), Some(&serde_json::Value::Null), "{field}");
        }
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(
            serde_json::from_str::<ComparisonReport>(&text).unwrap(),
            report
        );
    }
}
