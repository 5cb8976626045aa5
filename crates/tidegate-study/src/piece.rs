//! A piece of evidence before it is known how many others stand beside it.

use crate::cell_variant::CellVariant;
use crate::claim::Claim;
use crate::omission::Omission;
use crate::paired::{CONFIDENCE, PairedRatio};
use crate::study_report::ExperimentReport;
use crate::verdict::{Evidence, Finding, Measure};

/// What a piece is about: two cells on one task.
pub(crate) struct Subject<'a> {
    /// The experiment, or the first of them.
    pub(crate) experiment: &'a ExperimentReport,
    /// Indices of the experiments whose runs are compared.
    pub(crate) experiments: Vec<usize>,
    /// The task's name.
    pub(crate) task: String,
    pub(crate) measure: Measure,
    pub(crate) claim: Claim,
    pub(crate) cells: [CellVariant; 2],
}

/// A subject, and how its two cells compare.
struct Piece<'a> {
    subject: Subject<'a>,
    ratio: Ratio,
}

enum Ratio {
    /// Of two counts, which are the same in every run.
    Counted(f64),
    /// Of two samples.
    Paired(PairedRatio),
}

/// What a sentence is held against: pieces, and what is missing.
#[derive(Default)]
pub(crate) struct Pieces<'a> {
    pieces: Vec<Piece<'a>>,
    omissions: Vec<Omission>,
}

impl<'a> Pieces<'a> {
    /// Adds a piece from pairs of runs, of which there should be one for each seed; each may be so many times too large and too
    /// small ([`PairedRatio::known_up_to`]). Where some are missing, a cell may have kept its better runs alone: no piece, and
    /// it is said.
    pub(crate) fn add(
        &mut self,
        subject: Subject<'a>,
        seeds: usize,
        pairs: &[(f64, f64)],
        [below, above]: [f64; 2],
    ) {
        match PairedRatio::of(pairs) {
            Some(ratio) if pairs.len() == seeds => {
                let ratio = Ratio::Paired(ratio.known_up_to(below, above));
                self.pieces.push(Piece { subject, ratio });
            }
            _ => self.omit(Omission::UnpairedRuns {
                task: subject.task,
                measure: subject.measure,
                pairs: pairs.len(),
                seeds,
            }),
        }
    }

    /// Adds a piece from two counts.
    pub(crate) fn add_counted(&mut self, subject: Subject<'a>, ratio: f64) {
        let ratio = Ratio::Counted(ratio);
        self.pieces.push(Piece { subject, ratio });
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
        let subject = self.subject;
        let [cell, other] = subject.cells;
        let finding: Finding = subject.claim.finding(interval);
        Evidence {
            task: subject.task,
            measure: subject.measure,
            equal: subject.experiment.equal,
            share: subject.experiment.share,
            cell,
            other,
            ratio,
            interval: interval
                .map(|[low, high]| [(low > 0.0).then_some(low), high.is_finite().then_some(high)]),
            pairs,
            experiments: subject.experiments,
            finding,
        }
    }
}
