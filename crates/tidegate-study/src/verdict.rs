//! A sentence of the textbooks, held against what was measured.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cell_variant::CellVariant;
use crate::omission::Omission;
use crate::question::Question;
use crate::share::Share;
use crate::sizing::Equal;

/// What the textbooks say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentence {
    /// A GRU overcomes the long-term dependency problem of the plain RNN.
    GruOvercomesLongTermDependencies,
    /// An LSTM overcomes the long-term dependency problem of the plain RNN.
    LstmOvercomesLongTermDependencies,
    /// A GRU is a lighter LSTM: two gates instead of three.
    GruIsALighterLstm,
    /// A GRU trains in less time than an LSTM.
    GruTrainsInLessTime,
    /// An LSTM is stronger than a GRU where data is plentiful.
    LstmIsStrongerWithMuchData,
    /// A GRU learns more than an LSTM from little data.
    GruLearnsFromLittleData,
}

impl Sentence {
    /// All of them, in the order of the report.
    pub const ALL: [Sentence; 6] = [
        Sentence::GruOvercomesLongTermDependencies,
        Sentence::LstmOvercomesLongTermDependencies,
        Sentence::GruIsALighterLstm,
        Sentence::GruTrainsInLessTime,
        Sentence::LstmIsStrongerWithMuchData,
        Sentence::GruLearnsFromLittleData,
    ];

    /// In words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Sentence::GruOvercomesLongTermDependencies => {
                "A GRU overcomes the long-term dependency problem of the plain RNN."
            }
            Sentence::LstmOvercomesLongTermDependencies => {
                "An LSTM overcomes the long-term dependency problem of the plain RNN."
            }
            Sentence::GruIsALighterLstm => "A GRU is a lighter LSTM: two gates instead of three.",
            Sentence::GruTrainsInLessTime => "A GRU trains in less time than an LSTM.",
            Sentence::LstmIsStrongerWithMuchData => {
                "An LSTM is stronger than a GRU where data is plentiful."
            }
            Sentence::GruLearnsFromLittleData => "A GRU learns more than an LSTM from little data.",
        }
    }

    /// The question whose runs it is held against.
    #[must_use]
    pub fn question(self) -> Question {
        match self {
            Sentence::GruOvercomesLongTermDependencies
            | Sentence::LstmOvercomesLongTermDependencies => Question::Memory,
            Sentence::GruIsALighterLstm => Question::Structure,
            Sentence::GruTrainsInLessTime => Question::Time,
            Sentence::LstmIsStrongerWithMuchData | Sentence::GruLearnsFromLittleData => {
                Question::Data
            }
        }
    }
}

/// What was found of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The confidence interval lies on the side that the sentence claims.
    Holds,
    /// It lies on the other side, or within one per cent of equality.
    DoesNotHold,
    /// Neither, or the pieces of evidence contradict each other.
    Undecided,
}

/// What is compared in a piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The longest lag that was solved, in steps.
    LongestLag,
    /// Parameters of the recurrent layer.
    Parameters,
    /// Multiply-adds of one step of one sequence in the recurrent layer.
    MultiplyAdds,
    /// Bytes on the tape for each step of a sequence.
    TapeBytes,
    /// Loss over the test set.
    TestLoss,
    /// Updates until the loss that both gated cells reach.
    UpdatesToTarget,
    /// Seconds of an update.
    SecondsPerUpdate,
    /// Seconds until the loss that both gated cells reach.
    SecondsToTarget,
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Measure::LongestLag => "longest lag",
            Measure::Parameters => "parameters of the layers",
            Measure::MultiplyAdds => "multiply-adds of the layers",
            Measure::TapeBytes => "bytes of tape",
            Measure::TestLoss => "test loss",
            Measure::UpdatesToTarget => "updates to target",
            Measure::SecondsPerUpdate => "seconds per update",
            Measure::SecondsToTarget => "seconds to target",
        })
    }
}

impl Measure {
    /// Whether it was measured with a clock, so that it is another one each time.
    #[must_use]
    pub fn is_timing(self) -> bool {
        matches!(self, Measure::SecondsPerUpdate | Measure::SecondsToTarget)
    }
}

/// One comparison of two cells on one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The task.
    pub task: String,
    /// What is compared.
    pub measure: Measure,
    /// What was equal for both cells.
    pub equal: Equal,
    /// The share of the training data.
    pub share: Share,
    /// The cell that the sentence speaks of.
    pub cell: CellVariant,
    /// The one that it is compared with.
    pub other: CellVariant,
    /// The measure of `cell` over that of `other`: the geometric mean of the pairs with the same seed.
    pub ratio: f64,
    /// Confidence interval of the ratio, simultaneous with those of the other pieces of the verdict; null where there are too
    /// few pairs. An end is null where the ratio has no bound there: a cell solved the longest lag that was tested, or none.
    pub interval: Option<[Option<f64>; 2]>,
    /// Pairs of runs with the same seed; 0 where the measure is a count and not a sample.
    pub pairs: usize,
    /// Indices of the experiments whose runs these are.
    pub experiments: Vec<usize>,
    /// What it says of the sentence.
    pub finding: Finding,
}

/// A sentence with what was found of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The sentence.
    pub sentence: Sentence,
    /// Holds where a piece of evidence does and none speaks against it; does not hold in the opposite case; else undecided.
    pub finding: Finding,
    /// The pieces of evidence.
    pub evidence: Vec<Evidence>,
    /// What is missing.
    pub omissions: Vec<Omission>,
}

impl Verdict {
    /// From the pieces of evidence.
    pub(crate) fn of(
        sentence: Sentence,
        evidence: Vec<Evidence>,
        omissions: Vec<Omission>,
    ) -> Verdict {
        let any = |finding| {
            evidence
                .iter()
                .any(|piece: &Evidence| piece.finding == finding)
        };
        let finding = match (any(Finding::Holds), any(Finding::DoesNotHold)) {
            (true, false) => Finding::Holds,
            (false, true) => Finding::DoesNotHold,
            _ => Finding::Undecided,
        };
        Verdict {
            sentence,
            finding,
            evidence,
            omissions,
        }
    }
}
