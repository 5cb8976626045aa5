//! What is said of a run that ended, and of a choice.

use tidegate_study::{Outcome, Progress, Stage};

use super::label::Labels;
use crate::number::significant;

/// A line for what is worth one on its own; none for what only moves a bar.
pub(super) fn sentence(progress: &Progress<'_>, labels: Labels) -> Option<String> {
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
            let (label, ended) = (labels.run(run), ended(outcome));
            Some(format!("[{done}/{runs}] {label}{settings}: {ended}{kept}"))
        }
        Progress::Chosen {
            task,
            cell,
            candidate,
            tried,
        } => {
            let cell = labels.cell(task, cell);
            Some(format!(
                "{cell}, tuned: {candidate} was the best of {tried}"
            ))
        }
        Progress::NoneFit {
            task,
            cell,
            candidate,
            tried,
        } => {
            let cell = labels.cell(task, cell);
            Some(format!(
                "{cell}, tuned: all {tried} settings diverged; {candidate} went furthest and is taken"
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
                "validation {}{test}, best epoch {} of {}, {} s",
                significant(measured.valid_loss, 4),
                measured.best_epoch,
                measured.epochs,
                significant(measured.seconds, 3)
            )
        }
        Outcome::Diverged(divergence) => format!("diverged: {divergence}"),
    }
}

#[cfg(test)]
mod tests {
    use tidegate_study::{Measured, Tested};

    use super::*;
    use crate::example::run;

    #[test]
    fn a_run_that_ended_is_told_in_one_line() {
        let outcome = Outcome::Finished(Measured {
            valid_loss: 8.5,
            epochs: 83,
            best_epoch: 63,
            seconds: 12.34,
            seconds_to_best: 9.0,
            threads: 1,
            runs_side_by_side: 2,
            tested: Some(Tested {
                train_loss: 7.5,
                test_loss: 8.25,
            }),
            curve: Vec::new(),
            gradients: None,
        });
        let progress = Progress::RunDone {
            run: &run(3, Stage::Final),
            outcome: &outcome,
            kept: true,
            done: 4,
            runs: 9,
        };
        assert_eq!(
            sentence(&progress, Labels::of(1)).unwrap(),
            "[4/9] gru, seed 7: validation 8.500, test 8.250, best epoch 63 of 83, 12.3 s, done before"
        );
    }
}
