//! The comparison: its options, and how it is carried out.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::cell_variant::CellVariant;
use crate::contest::{Contest, tuning_runs};
use crate::error::StudyError;
use crate::folder::Folder;
use crate::preparation::Preparation;
use crate::progress::Progress;
use crate::recipe::Recipe;
use crate::record::Outcome;
use crate::report::ComparisonReport;
use crate::runs::{self, Results};
use crate::share::Share;
use crate::sizing::Sizing;
use crate::task::Task;

/// What is compared, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Tasks with their recipes, one or more.
    pub experiments: Vec<Experiment>,
    /// The cells, each once. Default: rnn, lstm, gru.
    pub cells: Vec<CellVariant>,
    /// What is equal for all cells. Default: the recipe's number of parameters.
    pub sizing: Sizing,
    /// Final runs of each cell, with the seeds 1 to this. Default: 3.
    pub seeds: usize,
    /// Threads, 1 or more. Runs are made side by side, one on each; only where there are fewer runs than threads, a
    /// run has several. No number but the seconds depends on it. Default: as many as the machine offers.
    pub threads: usize,
    /// Where finished runs, checkpoints, models and the report are kept; absent to keep nothing. A comparison that was
    /// interrupted continues from there. Default: absent.
    pub folder: Option<PathBuf>,
}

/// A task and how it is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The task.
    pub task: Task,
    /// Training and tuning.
    pub recipe: Recipe,
    /// What is equal for all cells; absent for what the comparison says. Default: absent.
    pub sizing: Option<Sizing>,
    /// The share of the training sequences, another choice of them for each seed. Validation and test sets stay whole.
    /// Default: all.
    pub share: Share,
    /// Whether the final runs measure how far the gradient reaches back, before and after training. Default: no.
    pub measures_gradients: bool,
    /// Where its runs are kept, relative to the comparison's folder, another one for each experiment; absent for that folder
    /// itself, or with several tasks one such as `1-adding` in it. Default: absent.
    pub folder: Option<String>,
}

impl Experiment {
    /// A task with its own recipe.
    #[must_use]
    pub fn new(task: Task) -> Experiment {
        let recipe = Recipe::of(&task);
        Experiment {
            task,
            recipe,
            sizing: None,
            share: Share::ALL,
            measures_gradients: false,
            folder: None,
        }
    }

    /// The same with at most `epochs` epochs, in tuning too.
    #[must_use]
    pub fn with_epochs(mut self, epochs: usize) -> Experiment {
        self.recipe = self.recipe.with_epochs(epochs);
        self
    }
}

impl Comparison {
    /// A comparison of rnn, lstm and gru.
    #[must_use]
    pub fn new(experiments: Vec<Experiment>) -> Comparison {
        Comparison {
            experiments,
            cells: vec![CellVariant::Rnn, CellVariant::Lstm, CellVariant::Gru],
            sizing: Sizing::EqualParameters(None),
            seeds: 3,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            folder: None,
        }
    }

    /// What is equal for all cells in one of its experiments.
    pub(crate) fn sizing_of(&self, experiment: &Experiment) -> Sizing {
        experiment.sizing.unwrap_or(self.sizing)
    }

    /// The folder of each experiment, relative to the comparison's.
    fn folder_names(&self) -> Vec<String> {
        let plain = self.experiments.iter().filter(|e| e.folder.is_none());
        let alone = plain.count() == 1;
        let mut number = 0;
        let name = |experiment: &Experiment| match &experiment.folder {
            Some(folder) => folder.clone(),
            None if alone => String::new(),
            None => {
                number += 1;
                format!("{number}-{}", experiment.task.key())
            }
        };
        self.experiments.iter().map(name).collect()
    }

    /// Number of runs, those of tuning included.
    pub(crate) fn runs(&self) -> usize {
        let runs = |experiment: &Experiment| {
            tuning_runs(&experiment.recipe.candidates).saturating_add(self.seeds)
        };
        let one_cell = self
            .experiments
            .iter()
            .map(runs)
            .fold(0, usize::saturating_add);
        one_cell.saturating_mul(self.cells.len())
    }

    /// Checks every option that needs no data.
    ///
    /// # Errors
    /// [`StudyError::Option`] names the option at fault.
    pub fn validate(&self) -> Result<(), StudyError> {
        let fail = |option, reason: String| Err(StudyError::Option { option, reason });
        let numbers = [
            ("tasks", self.experiments.len()),
            ("cells", self.cells.len()),
            ("seeds", self.seeds),
            ("threads", self.threads),
        ];
        if let Some((option, _)) = numbers.into_iter().find(|(_, number)| *number == 0) {
            return fail(option, "are 0, but must be at least 1".to_owned());
        }
        for (index, cell) in self.cells.iter().enumerate() {
            if self.cells[..index].contains(cell) {
                return fail("cells", format!("name {cell} twice; name each once"));
            }
        }
        for experiment in &self.experiments {
            match self.sizing_of(experiment) {
                Sizing::EqualParameters(Some(0)) => {
                    return fail("parameters", "are 0, but must be at least 1".to_owned());
                }
                Sizing::EqualHiddenSize(Some(0)) => {
                    return fail("hidden size", "is 0, but must be at least 1".to_owned());
                }
                _ => {}
            }
            if experiment.share.one_in == 0 {
                return fail(
                    "share",
                    "is one in 0, but must be one in 1 or more".to_owned(),
                );
            }
            let recipe = &experiment.recipe;
            if recipe.candidates.is_empty() {
                return fail(
                    "candidates",
                    "are none, but must be at least one".to_owned(),
                );
            }
            if !(1..=recipe.training.epochs).contains(&recipe.tuning_epochs) {
                let (tuning, epochs) = (recipe.tuning_epochs, recipe.training.epochs);
                let reason = format!("are {tuning}, but must be at least 1 and at most {epochs}");
                return fail("tuning epochs", reason);
            }
        }
        Ok(())
    }
}

/// Where every run diverged there is nothing to compare.
fn refuse_without_results(
    preparation: &Preparation<'_>,
    results: &Results,
) -> Result<(), StudyError> {
    let mut divergences = Vec::new();
    for contest in &preparation.contests {
        let candidate = contest.candidates[results.chosen[contest.index]];
        for final_run in contest.finals(candidate, 1) {
            let name = final_run.what.name;
            match &results.outcomes[name.id] {
                Outcome::Finished(_) => return Ok(()),
                Outcome::Diverged(divergence) => divergences.push((name, divergence.clone())),
            }
        }
    }
    Err(StudyError::AllDiverged { divergences })
}

/// Carries a comparison out: every cell tries every candidate once and is then trained with the one of lowest validation
/// loss, once for each seed. The test set is looked at once for each of these final runs, with the parameters of the
/// epoch of lowest validation loss. A run that diverges is a result like others; only where every final run does, the
/// comparison is refused.
///
/// `observer` hears what happens, from several threads. Once `stop` is set, every run ends after its update and, with a
/// folder, writes a checkpoint; the same call continues from there.
///
/// # Errors
/// [`StudyError`] names the option, the run or the file at fault; [`StudyError::Interrupted`] once `stop` was seen.
pub fn compare(
    comparison: &Comparison,
    observer: &(dyn Fn(Progress<'_>) + Sync),
    stop: &AtomicBool,
) -> Result<ComparisonReport, StudyError> {
    carry_out(
        comparison,
        observer,
        stop,
        |preparation, results, folder| {
            let all = 0..comparison.experiments.len();
            let equal = comparison.sizing.equal();
            let report = ComparisonReport::of(preparation, equal, results, all);
            if let Some(folder) = folder {
                report.keep(folder)?;
            }
            Ok(report)
        },
    )
}

/// Carries a comparison out; `report` makes of it what is returned, and keeps it in the folder.
pub(crate) fn carry_out<R>(
    comparison: &Comparison,
    observer: &(dyn Fn(Progress<'_>) + Sync),
    stop: &AtomicBool,
    report: impl FnOnce(&Preparation<'_>, &Results, Option<&Folder>) -> Result<R, StudyError>,
) -> Result<R, StudyError> {
    let preparation = Preparation::of(comparison, stop)?;
    let folder = match &comparison.folder {
        Some(path) => {
            let names = comparison.folder_names();
            let names = names.iter().map(String::as_str);
            Some(Folder::open(path, &preparation.plan, names)?)
        }
        None => None,
    };
    observer(Progress::Started {
        runs: preparation.runs,
        work: preparation.contests.iter().map(Contest::work).sum(),
    });
    let results = runs::carry_out(&preparation, folder.as_ref(), observer, stop)?;
    refuse_without_results(&preparation, &results)?;
    report(&preparation, &results, folder.as_ref())
}

impl ComparisonReport {
    /// Keeps it in an output folder.
    pub(crate) fn keep(&self, folder: &Folder) -> Result<(), StudyError> {
        folder.write_json("comparison.json", self)
    }
}
