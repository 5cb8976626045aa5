//! A comparison's progress in the terms of the display.

use tidegate_study::{Progress, RunName};

use super::label::Labels;
use super::sentence::sentence;
use super::step::{Run, Saying, Step};

/// What happened, for the display.
pub(super) fn with_step<T>(
    progress: &Progress<'_>,
    labels: Labels,
    show: impl FnOnce(Step<'_>, Option<Saying>) -> T,
) -> T {
    let run_of = |name: &RunName| Run {
        id: name.id,
        label: labels.run(name),
        work: name.work,
    };
    // A choice comes right after a run, which has said how long the rest takes.
    let choice = matches!(progress, Progress::Chosen { .. } | Progress::NoneFit { .. });
    let saying = sentence(progress, labels).map(|text| Saying {
        text,
        with_time_left: !choice,
    });
    let (run, step): (Run, _);
    step = match *progress {
        Progress::Started { runs, work } => Step::Started { runs, work },
        Progress::RunStarted {
            run: name,
            epochs,
            updates_per_epoch,
            updates_made,
            ..
        } => {
            run = run_of(name);
            Step::RunStarted {
                run: &run,
                epochs,
                updates_per_epoch,
                updates_made,
            }
        }
        Progress::UpdateDone {
            run,
            epoch,
            update,
            loss,
        } => Step::UpdateDone {
            run: run.id,
            epoch,
            update,
            loss,
        },
        Progress::EpochDone { run, epoch, .. } => Step::EpochDone {
            run: run.id,
            valid_loss: epoch.valid_loss,
        },
        Progress::RunDone {
            run: name,
            kept,
            done,
            ..
        } => {
            run = run_of(name);
            Step::RunDone {
                run: &run,
                kept,
                done,
            }
        }
        _ => Step::Other,
    };
    show(step, saying)
}
