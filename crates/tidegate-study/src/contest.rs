//! A contest: one cell on one task, with its size, its tuning runs and its final runs.

use tidegate_model::ModelConfiguration;

use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;
use crate::queue::Job;
use crate::run::{RunName, Stage, TUNING_SEED};
use crate::share::Share;

/// One cell on one task.
pub(crate) struct Contest {
    /// Index of the contest.
    pub(crate) index: usize,
    /// Index of the experiment.
    pub(crate) experiment: usize,
    /// The task's name.
    pub(crate) task: String,
    /// The task with what distinguishes the experiment from others on it.
    pub(crate) label: String,
    /// The cell.
    pub(crate) cell: CellVariant,
    /// The share of the training sequences.
    pub(crate) share: Share,
    /// Whether final runs measure how far the gradient reaches back.
    pub(crate) measures_gradients: bool,
    /// The model, without dropout.
    pub(crate) network: ModelConfiguration,
    /// What tuning chooses among.
    pub(crate) candidates: Vec<Candidate>,
    /// Seeds of the final runs: 1 to this.
    pub(crate) seeds: usize,
    /// The least number of its runs.
    pub(crate) first_id: usize,
}

/// A run that waits for its turn.
pub(crate) struct PlannedRun {
    /// Index of its contest.
    pub(crate) contest: usize,
    /// Which one it is.
    pub(crate) name: RunName,
}

/// Number of tuning runs of a cell: none where there is nothing to choose.
pub(crate) fn tuning_runs(candidates: &[Candidate]) -> usize {
    match candidates.len() {
        1 => 0,
        candidates => candidates,
    }
}

impl Contest {
    /// Number of tuning runs.
    pub(crate) fn tuning_runs(&self) -> usize {
        tuning_runs(&self.candidates)
    }

    /// Number of runs.
    pub(crate) fn runs(&self) -> usize {
        self.tuning_runs() + self.seeds
    }

    /// One tuning run for each candidate.
    pub(crate) fn tuning(&self, threads: usize) -> Vec<Job<PlannedRun>> {
        let run = |(index, candidate): (usize, &Candidate)| {
            let stage = Stage::Tuning {
                candidate: index,
                candidates: self.candidates.len(),
            };
            self.planned(index, stage, TUNING_SEED, *candidate, threads)
        };
        let candidates = self.candidates.iter().enumerate();
        candidates.take(self.tuning_runs()).map(run).collect()
    }

    /// One run for each seed, with the chosen candidate.
    pub(crate) fn finals(&self, candidate: Candidate, threads: usize) -> Vec<Job<PlannedRun>> {
        (1..=self.seeds)
            .map(|seed| {
                let index = self.tuning_runs() + seed - 1;
                self.planned(index, Stage::Final, seed as u64, candidate, threads)
            })
            .collect()
    }

    fn planned(
        &self,
        index: usize,
        stage: Stage,
        seed: u64,
        candidate: Candidate,
        threads: usize,
    ) -> Job<PlannedRun> {
        let name = RunName {
            id: self.first_id + index,
            task: self.label.clone(),
            cell: self.cell,
            stage,
            seed,
            candidate,
        };
        let what = PlannedRun {
            contest: self.index,
            name,
        };
        // Tuning first; then every cell with the first seed, every cell with the second, and so on, so that what else the
        // machine does meanwhile falls upon all cells alike.
        Job {
            what,
            threads,
            turn: seed,
        }
    }
}
