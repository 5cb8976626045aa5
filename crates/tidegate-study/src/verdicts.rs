//! The verdict on every sentence.

use crate::family::Family;
use crate::findings::Findings;
use crate::omission::Omission;
use crate::piece::Pieces;
use crate::question::Question;
use crate::questions::data::Amount;
use crate::questions::{data, memory, structure, time};
use crate::study_report::{DataAnswer, MemoryAnswer, StructureAnswer, TimeAnswer};
use crate::verdict::{Sentence, Verdict};

/// The answers to the questions that were asked.
pub(crate) struct Answers {
    pub(crate) memory: Option<MemoryAnswer>,
    pub(crate) structure: Option<StructureAnswer>,
    pub(crate) time: Option<TimeAnswer>,
    pub(crate) data: Option<DataAnswer>,
}

/// One verdict for each sentence, those on questions that were not asked undecided.
pub(crate) fn verdicts(findings: &Findings<'_>, answers: &Answers) -> Vec<Verdict> {
    Sentence::ALL
        .into_iter()
        .map(|sentence| verdict(findings, answers, sentence))
        .collect()
}

fn verdict(findings: &Findings<'_>, answers: &Answers, sentence: Sentence) -> Verdict {
    let without = |omissions| Verdict::of(sentence, Vec::new(), omissions);
    if !findings.study.questions.contains(&sentence.question()) {
        return without(vec![Omission::NotAsked]);
    }
    let cells = &findings.study.comparison.cells;
    let families = match sentence {
        Sentence::GruOvercomesLongTermDependencies => [Family::Gru, Family::Rnn],
        Sentence::LstmOvercomesLongTermDependencies => [Family::Lstm, Family::Rnn],
        Sentence::LstmIsStrongerWithMuchData => [Family::Lstm, Family::Gru],
        Sentence::GruIsALighterLstm
        | Sentence::GruTrainsInLessTime
        | Sentence::GruLearnsFromLittleData => [Family::Gru, Family::Lstm],
    };
    let [Some(cell), Some(other)] = families.map(|family| family.among(cells)) else {
        let missing = families
            .iter()
            .filter(|family| family.among(cells).is_none());
        let missing = missing.map(|family| Omission::CellMissing {
            cell: family.name().to_owned(),
        });
        return without(missing.collect());
    };
    let mut missing: &[Omission] = &[];
    let pieces: Option<Pieces<'_>> = match sentence {
        Sentence::GruOvercomesLongTermDependencies
        | Sentence::LstmOvercomesLongTermDependencies => answers.memory.as_ref().map(|answer| {
            missing = &answer.omissions;
            memory::evidence(findings, answer, cell, other)
        }),
        Sentence::GruIsALighterLstm => answers
            .structure
            .as_ref()
            .map(|answer| structure::evidence(findings, answer, cell, other)),
        Sentence::GruTrainsInLessTime => answers.time.as_ref().map(|answer| {
            missing = &answer.omissions;
            time::evidence(findings, answer, cell, other)
        }),
        Sentence::LstmIsStrongerWithMuchData | Sentence::GruLearnsFromLittleData => {
            let amount = match sentence {
                Sentence::GruLearnsFromLittleData => Amount::Least,
                _ => Amount::All,
            };
            answers.data.as_ref().map(|answer| {
                missing = &answer.omissions;
                data::evidence(findings, answer, cell, other, amount)
            })
        }
    };
    let mut pieces = pieces.unwrap_or_default();
    if findings.study.comparison.seeds == 1 && sentence.question() != Question::Structure {
        pieces.omit(Omission::SingleSeed);
    }
    for omission in missing {
        pieces.omit(omission.clone());
    }
    let (evidence, omissions) = pieces.evidence();
    Verdict::of(sentence, evidence, omissions)
}
