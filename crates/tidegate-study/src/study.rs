//! A study: a comparison and the questions that are asked beside it.

use std::sync::atomic::AtomicBool;

use crate::comparison::{Comparison, Experiment, carry_out};
use crate::error::StudyError;
use crate::kept_study;
use crate::lag_family::LagFamily;
use crate::language::Language;
use crate::progress::Progress;
use crate::question::Question;
use crate::study_plan::StudyPlan;
use crate::study_report::{Effort, StudyReport};
use crate::study_results;
use crate::task::Task;

/// What is compared, and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// The plain comparison: its tasks, cells, sizes, seeds, threads and folder are those of the questions too.
    pub comparison: Comparison,
    /// Whether the plain comparison is made even where memory alone is asked for, which has runs of its own.
    pub always_compares: bool,
    /// The questions, each once.
    pub questions: Vec<Question>,
    /// How much is measured.
    pub effort: Effort,
    /// Tasks whose lag is doubled to find the longest one that a cell solves.
    pub lag_families: Vec<LagFamily>,
    /// Of the page that its folder gets. Default: English.
    pub language: Language,
    /// How to repeat the study, as the page says it. Default: empty.
    pub command: String,
}

impl Study {
    /// A study of the comparison's tasks.
    #[must_use]
    pub fn new(comparison: Comparison, questions: Vec<Question>, effort: Effort) -> Study {
        let mut lag_families = Vec::new();
        for experiment in &comparison.experiments {
            lag_families.extend(
                LagFamily::of(&experiment.task).filter(|family| !lag_families.contains(family)),
            );
        }
        Study {
            comparison,
            always_compares: true,
            questions,
            effort,
            lag_families,
            language: Language::English,
            command: String::new(),
        }
    }

    /// A study of generated tasks: the adding problem with 100 steps and the Mackey-Glass series are compared, and the lags
    /// of the adding problem, of copy memory and of temporal order are doubled.
    #[must_use]
    pub fn of_generated_tasks(questions: Vec<Question>, effort: Effort) -> Study {
        let tasks = [Task::adding_problem(100), Task::mackey_glass(200)];
        let mut comparison = Comparison::new(tasks.map(Experiment::new).into());
        comparison.seeds = effort.seeds();
        Study {
            always_compares: false,
            lag_families: LagFamily::ALL.into(),
            ..Study::new(comparison, questions, effort)
        }
    }
}

/// Carries a study out: all runs of all questions side by side, as [`compare`](crate::compare) does those of a comparison,
/// with the same promises. In its folder it is kept as `report.json`, as a page
/// (`report.html`), as a table (`report.csv`), and its charts as pictures.
///
/// # Errors
/// Those of [`compare`](crate::compare).
pub fn study(
    study: &Study,
    observer: &(dyn Fn(Progress<'_>) + Sync),
    stop: &AtomicBool,
) -> Result<StudyReport, StudyError> {
    study.comparison.validate()?;
    for (index, question) in study.questions.iter().enumerate() {
        if study.questions[..index].contains(question) {
            return Err(StudyError::Option {
                option: "questions",
                reason: format!("name {question} twice; name each once"),
            });
        }
    }
    let plan = StudyPlan::of(study)?;
    let comparison = Comparison {
        experiments: plan.experiments.clone(),
        ..study.comparison.clone()
    };
    carry_out(
        &comparison,
        observer,
        stop,
        |preparation, results, folder| {
            let report = study_results::report(study, &plan, preparation, results)?;
            if let Some(folder) = folder {
                kept_study::keep(&report, study, preparation, folder)?;
            }
            Ok(report)
        },
    )
}
