//! A piece of evidence before it is known how many others stand beside it.

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::omission::Omission;
use crate::paired::{CONFIDENCE, PairedRatio};
use crate::study_report::ExperimentReport;
use crate::verdict::{Evidence, Finding, Measure};

/// Two cells on one task.
pub(crate) struct Piece<'a> {
    /// The experiment, or the first of them.
    pub(crate) experiment: &'a ExperimentReport,
    /// Indices of the experiments whose runs are compared.
    pub(crate) experiments: Vec<usize>,
    /// The task's name.
    pub(crate) task: String,
    pub(crate) measure: Measure,
    pub(crate) claim: Claim,
    pub(crate) cells: [CellVariant; 2],
    pub(crate) ratio: Ratio,
}

/// How the two compare.
pub(crate) enum Ratio {
    /// Of two counts, which are the same in every run.
    Counted(f64),
    /// Of two samples.
    Paired(PairedRatio),
}

/// What a sentence is held against: pieces, and what is missing.
#[derive(Default)]
pub(crate) struct Pieces<'a> {
    pub(crate) pieces: Vec<Piece<'a>>,
    pub(crate) omissions: Vec<Omission>,
}

impl<'a> Pieces<'a> {
    /// Adds a piece from pairs of runs, of which there should be one for each seed. Where some are missing, a cell may have kept
    /// its better runs alone: no piece, and it is said.
    pub(crate) fn add(
        &mut self,
        seeds: usize,
        pairs: &[(f64, f64)],
        piece: impl FnOnce(PairedRatio) -> Piece<'a>,
    ) {
        match PairedRatio::of(pairs) {
            Some(ratio) if pairs.len() == seeds => self.pieces.push(piece(ratio)),
            // The piece says which task it would be about.
            _ => {
                let nothing = PairedRatio::of(&[(1.0, 1.0)]);
                let Some(Piece { task, measure, .. }) = nothing.map(piece) else {
                    return;
                };
                self.omit(Omission::UnpairedRuns {
                    task,
                    measure,
                    pairs: pairs.len(),
                    seeds,
                });
            }
        }
    }

    /// Adds what is missing, once.
    pub(crate) fn omit(&mut self, omission: Omission) {
        if !self.omissions.contains(&omission) {
            self.omissions.push(omission);
        }
    }

    /// The evidence. The intervals hold together with the confidence of one alone (Bonferroni 1936): each of k has one of
    /// 1 − (1 − confidence)/k.
    pub(crate) fn evidence(self) -> (Vec<Evidence>, Vec<Omission>) {
        let samples = |piece: &&Piece<'_>| matches!(piece.ratio, Ratio::Paired(_));
        let count = self.pieces.iter().filter(samples).count().max(1);
        let confidence = 1.0 - (1.0 - CONFIDENCE) / count as f64;
        let evidence = self.pieces.into_iter();
        let evidence = evidence.map(|piece| piece.evidence(confidence));
        (evidence.collect(), self.omissions)
    }
}

impl Piece<'_> {
    fn evidence(self, confidence: f64) -> Evidence {
        let (ratio, interval, pairs) = match &self.ratio {
            Ratio::Counted(ratio) => (*ratio, Some([*ratio; 2]), 0),
            Ratio::Paired(ratio) => (ratio.mean(), ratio.interval(confidence), ratio.pairs()),
        };
        let [cell, other] = self.cells;
        let finding: Finding = self.claim.finding(interval);
        Evidence {
            task: self.task,
            measure: self.measure,
            equal: self.experiment.equal,
            share: self.experiment.share,
            cell,
            other,
            ratio,
            interval: interval
                .map(|[low, high]| [(low > 0.0).then_some(low), high.is_finite().then_some(high)]),
            pairs,
            experiments: self.experiments,
            finding,
        }
    }
}
