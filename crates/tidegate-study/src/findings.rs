//! What the questions are answered from: the plan, and how every run ended.

use crate::cell_variant::CellVariant;
use crate::contest::Contest;
use crate::preparation::Preparation;
use crate::record::{Measured, Outcome};
use crate::runs::Results;
use crate::study::Study;
use crate::study_plan::StudyPlan;
use crate::study_report::ExperimentReport;

/// Everything that is known once all runs are done.
pub(crate) struct Findings<'a> {
    pub(crate) study: &'a Study,
    pub(crate) plan: &'a StudyPlan,
    pub(crate) preparation: &'a Preparation<'a>,
    pub(crate) results: &'a Results,
    /// One for each experiment.
    pub(crate) experiments: Vec<ExperimentReport>,
}

impl Findings<'_> {
    /// The contests of an experiment, one for each cell.
    pub(crate) fn contests(&self, experiment: usize) -> impl Iterator<Item = &Contest> {
        let contests = self.preparation.contests.iter();
        contests.filter(move |contest| contest.experiment == experiment)
    }

    /// The final runs of a cell that did not diverge, with their seeds.
    pub(crate) fn measured(
        &self,
        experiment: usize,
        cell: CellVariant,
    ) -> impl Iterator<Item = (u64, &Measured)> {
        let contests = self
            .contests(experiment)
            .filter(move |contest| contest.cell == cell);
        contests.flat_map(|contest| self.results.measured(contest))
    }

    /// A measure of two cells, in pairs with the same seed.
    pub(crate) fn pairs(
        &self,
        experiment: usize,
        [cell, other]: [CellVariant; 2],
        of: &dyn Fn(&Measured) -> Option<f64>,
    ) -> Vec<(f64, f64)> {
        let others: Vec<(u64, &Measured)> = self.measured(experiment, other).collect();
        let pair = |(seed, run): (u64, &Measured)| {
            let (_, other) = others.iter().find(|(other, _)| *other == seed)?;
            Some((of(run)?, of(other)?))
        };
        self.measured(experiment, cell).filter_map(pair).collect()
    }
}

impl Results {
    /// The final runs of a contest that did not diverge, with their seeds.
    pub(crate) fn measured(&self, contest: &Contest) -> impl Iterator<Item = (u64, &Measured)> {
        let first = contest.first_id + contest.tuning_runs();
        let finals = self.outcomes[first..first + contest.seeds].iter();
        (1..)
            .zip(finals)
            .filter_map(|(seed, outcome)| match outcome {
                Outcome::Finished(measured) => Some((seed, measured)),
                Outcome::Diverged(_) => None,
            })
    }
}

impl ExperimentReport {
    /// The summary of a cell.
    #[must_use]
    pub fn summary_of(&self, cell: CellVariant) -> Option<&crate::report::Summary> {
        self.summary.iter().find(|summary| summary.cell == cell)
    }
}
