//! What is said of a run that ended, and of a choice.

use tidegate_study::{Outcome, Progress, Stage};

use super::label::label;
use crate::number::significant;

/// A line for what is worth one on its own; none for what only moves a bar.
pub(super) fn sentence(progress: &Progress<'_>) -> Option<String> {
    match *progress {
        Progress::RunDone {
            run,
            outcome,
            kept,
            done,
            runs,
        } => {
            let settings = match run.stage {
                Stage::Tuning { .. } => format!(" ({})", run.candidate),
                Stage::Final => String::new(),
            };
            let kept = if kept { ", done before" } else { "" };
            let (label, ended) = (label(run), ended(outcome));
            Some(format!("[{done}/{runs}] {label}{settings}: {ended}{kept}"))
        }
        Progress::Chosen {
            task,
            cell,
            candidate,
            tried,
        } => {
            let task = task.split(',').next().unwrap_or_default();
            Some(format!(
                "{task}: {cell}, tuned: {candidate} was the best of {tried}"
            ))
        }
        _ => None,
    }
}

fn ended(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished(measured) => {
            let test = measured.tested.map_or_else(String::new, |tested| {
                format!(", test {}", significant(tested.test_loss, 4))
            });
            format!(
                "validation {}{test}, epoch {}/{}, {} s",
                significant(measured.valid_loss, 4),
                measured.best_epoch,
                measured.epochs,
                significant(measured.seconds, 3)
            )
        }
        Outcome::Diverged(divergence) => format!("diverged: {divergence}"),
    }
}
