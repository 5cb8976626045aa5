//! From the runs of a study to its report.

use tidegate_cells::InstructionSet;

use crate::error::StudyError;
use crate::findings::Findings;
use crate::paired::CONFIDENCE;
use crate::preparation::Preparation;
use crate::question::Question;
use crate::questions::{data, memory, structure, time};
use crate::report::ComparisonReport;
use crate::runs::Results;
use crate::study::Study;
use crate::study_plan::StudyPlan;
use crate::study_report::{Curve, ExperimentReport, Machine, StudyReport};
use crate::verdicts::{Answers, verdicts};

/// The report of a study whose runs are done.
pub(crate) fn report(
    study: &Study,
    plan: &StudyPlan,
    preparation: &Preparation<'_>,
    results: &Results,
) -> Result<StudyReport, StudyError> {
    let indices = 0..plan.experiments.len();
    let findings = Findings {
        study,
        plan,
        preparation,
        results,
        experiments: indices
            .map(|index| experiment(study, plan, preparation, results, index))
            .collect(),
    };
    let asks = |question| study.questions.contains(&question);
    let structure = match asks(Question::Structure) {
        true => Some(structure::answer(&findings)?),
        false => None,
    };
    let answers = Answers {
        memory: asks(Question::Memory).then(|| memory::answer(&findings)),
        structure,
        time: asks(Question::Time).then(|| time::answer(&findings)),
        data: asks(Question::Data).then(|| data::answer(&findings)),
    };
    let equal = study.comparison.sizing.equal();
    Ok(StudyReport {
        comparison: ComparisonReport::of(preparation, equal, results, 0..plan.plain),
        cells: study.comparison.cells.clone(),
        seeds: study.comparison.seeds,
        effort: study.effort,
        confidence: CONFIDENCE,
        machine: Machine {
            threads: study.comparison.threads,
            instruction_set: InstructionSet::detect()?.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        verdicts: verdicts(&findings, &answers),
        memory: answers.memory,
        structure: answers.structure,
        time: answers.time,
        data: answers.data,
        experiments: findings.experiments,
    })
}

fn experiment(
    study: &Study,
    plan: &StudyPlan,
    preparation: &Preparation<'_>,
    results: &Results,
    index: usize,
) -> ExperimentReport {
    let experiment = &plan.experiments[index];
    let equal = study.comparison.sizing_of(experiment).equal();
    let ComparisonReport {
        task,
        rows,
        summary,
        tuning,
        ..
    } = ComparisonReport::of(preparation, equal, results, index..index + 1);
    let (splits, recipe) = &preparation.data[index];
    let all = splits.train.len();
    let sequences = match experiment.share.one_in {
        1 => all,
        _ => experiment.share.of(all),
    };
    let contests = preparation.contests.iter();
    let curves = contests
        .filter(|contest| contest.experiment == index)
        .flat_map(|contest| {
            results.measured(contest).map(|(seed, measured)| Curve {
                cell: contest.cell,
                seed,
                points: measured.curve.clone(),
            })
        });
    let passed = sequences * experiment.share.passes();
    ExperimentReport {
        questions: plan.questions_of(index),
        task,
        key: experiment.task.key().to_owned(),
        equal,
        share: experiment.share,
        sequences,
        updates: recipe.training.epochs * passed.div_ceil(recipe.training.batch_size),
        rows,
        summary,
        tuning,
        curves: curves.collect(),
    }
}

#[cfg(test)]
mod tests;
