//! A run's name, short enough to stand beside a bar.

use tidegate_study::{RunName, Stage};

/// Such as `adding problem: gru, seed 2`.
pub(super) fn label(run: &RunName) -> String {
    let task = run.task.split(',').next().unwrap_or_default();
    match run.stage {
        Stage::Tuning {
            candidate,
            candidates,
        } => format!(
            "{task}: {}, tuning {}/{candidates}",
            run.cell,
            candidate + 1
        ),
        Stage::Final => format!("{task}: {}, seed {}", run.cell, run.seed),
    }
}
