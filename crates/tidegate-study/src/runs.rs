//! Carrying the runs out, side by side.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPoolBuilder;
use tidegate_model::Model;
use tidegate_train::{Event, TrainError, evaluate, train};

use crate::candidate::Candidate;
use crate::contest::{Contest, PlannedRun};
use crate::error::{Divergence, StudyError};
use crate::folder::Folder;
use crate::network::regularised;
use crate::preparation::Preparation;
use crate::progress::Progress;
use crate::queue::{Ended, Job, work_off};
use crate::record::{Measured, Outcome, Tested};
use crate::run::{RunName, Stage};
use crate::tuning::choose;

/// Sequences at once when a finished model is measured.
const EVALUATION_BATCH: usize = 64;

type Observer<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// Carries every run out, and returns how each ended, by its id.
pub(crate) fn carry_out(
    preparation: &Preparation<'_>,
    threads: usize,
    folder: Option<&Folder>,
    observer: Observer<'_>,
    stop: &AtomicBool,
) -> Result<Vec<Outcome>, StudyError> {
    // The same number for all runs of a kind: their seconds are compared.
    let share = |runs: usize| (threads / runs.max(1)).max(1);
    let sum = |runs: fn(&Contest) -> usize| preparation.contests.iter().map(runs).sum();
    let site = Site {
        preparation,
        folder,
        observer,
        asked_to_stop: stop,
        stop: AtomicBool::new(false),
        done: AtomicUsize::new(0),
        outcomes: Mutex::new(vec![None; preparation.runs]),
        final_threads: share(sum(|contest| contest.seeds)),
    };
    let tuning_threads = share(sum(Contest::tuning_runs));
    let first = |contest: &Contest| match contest.candidates[..] {
        [candidate] => contest.finals(candidate, site.final_threads),
        _ => contest.tuning(tuning_threads),
    };
    let jobs = preparation.contests.iter().flat_map(first).collect();
    let work = |run: &PlannedRun| {
        let threads = match run.name.stage {
            Stage::Tuning { .. } => tuning_threads,
            Stage::Final => site.final_threads,
        };
        site.work(run, threads)
    };
    let interrupted = || StudyError::Interrupted {
        done: site.done.load(Ordering::Relaxed),
        runs: preparation.runs,
    };
    match work_off(jobs, threads, &site.stop, work) {
        Ok(()) => {}
        Err(Ended::Failed(error)) => return Err(error),
        Err(Ended::Stopped) => return Err(interrupted()),
    }
    let outcomes = site.lock().iter().cloned().collect::<Option<Vec<_>>>();
    outcomes.ok_or_else(interrupted)
}

/// What all runs share.
struct Site<'a> {
    preparation: &'a Preparation<'a>,
    folder: Option<&'a Folder>,
    observer: Observer<'a>,
    /// Set from outside.
    asked_to_stop: &'a AtomicBool,
    /// Set once a run fails, or was asked to stop.
    stop: AtomicBool,
    done: AtomicUsize,
    outcomes: Mutex<Vec<Option<Outcome>>>,
    final_threads: usize,
}

impl Site<'_> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Option<Outcome>>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries one run out, and returns the runs that it makes possible.
    fn work(
        &self,
        run: &PlannedRun,
        threads: usize,
    ) -> Result<Vec<Job<PlannedRun>>, Ended<StudyError>> {
        let contest = &self.preparation.contests[run.contest];
        let kept = match self.folder {
            Some(folder) => folder
                .read_record(contest.experiment, &run.name)
                .map_err(Ended::Failed)?,
            None => None,
        };
        let is_kept = kept.is_some();
        let outcome = match kept {
            Some(outcome) => outcome,
            None => self.make(contest, &run.name, threads)?,
        };
        if let (Stage::Final, Outcome::Diverged(divergence)) = (run.name.stage, &outcome) {
            return Err(Ended::Failed(StudyError::Diverged {
                run: run.name.to_string(),
                divergence: Box::new(divergence.clone()),
                candidate: run.name.candidate,
            }));
        }
        (self.observer)(Progress::RunDone {
            run: &run.name,
            outcome: &outcome,
            kept: is_kept,
            done: self.done.fetch_add(1, Ordering::Relaxed) + 1,
            runs: self.preparation.runs,
        });
        let mut outcomes = self.lock();
        outcomes[run.name.id] = Some(outcome);
        match run.name.stage {
            Stage::Final => Ok(Vec::new()),
            Stage::Tuning { .. } => {
                let tuning = contest.first_id..contest.first_id + contest.tuning_runs();
                let outcomes: Option<Vec<_>> =
                    outcomes[tuning].iter().map(Option::as_ref).collect();
                let Some(outcomes) = outcomes else {
                    return Ok(Vec::new());
                };
                let chosen = choose(contest, &outcomes).map_err(Ended::Failed)?;
                let candidate = &contest.candidates[chosen];
                (self.observer)(Progress::Chosen {
                    task: &contest.task,
                    cell: contest.cell,
                    candidate,
                    tried: contest.candidates.len(),
                });
                Ok(contest.finals(*candidate, self.final_threads))
            }
        }
    }

    /// Trains, inside a pool of its own threads, and keeps the result.
    fn make(
        &self,
        contest: &Contest,
        name: &RunName,
        threads: usize,
    ) -> Result<Outcome, Ended<StudyError>> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| {
                Ended::Failed(StudyError::Threads {
                    threads,
                    reason: error.to_string(),
                })
            })?;
        pool.install(|| self.train(contest, name, threads))
    }

    fn train(
        &self,
        contest: &Contest,
        name: &RunName,
        threads: usize,
    ) -> Result<Outcome, Ended<StudyError>> {
        let failed = |error| {
            let (run, error) = (name.to_string(), Box::new(error));
            Ended::Failed(StudyError::Run { run, error })
        };
        let model_failed = |error| {
            let (run, error) = (name.to_string(), Box::new(error));
            Ended::Failed(StudyError::Model { run, error })
        };
        let (splits, recipe) = &self.preparation.data[contest.experiment];
        let candidate: &Candidate = &name.candidate;
        let epochs = match name.stage {
            Stage::Tuning { .. } => recipe.tuning_epochs,
            Stage::Final => recipe.training.epochs,
        };
        let training = recipe.training(candidate, epochs, name.seed);
        let mut model = Model::new(regularised(&contest.network, candidate), name.seed)
            .map_err(model_failed)?;
        let checkpointing = self
            .folder
            .map(|folder| folder.checkpointing(contest.experiment, name));
        self.pass_stop_on();
        let mut observer = |event: Event<'_>| {
            self.pass_stop_on();
            self.report(name, epochs, threads, event);
        };
        let trained = train(
            &mut model,
            &splits.train,
            &splits.valid,
            &training,
            checkpointing.as_ref(),
            &mut observer,
            &self.stop,
        );
        let trained = match trained {
            Err(TrainError::NotFinite {
                what,
                epoch,
                update,
            }) => {
                let what = what.to_owned();
                let outcome = Outcome::Diverged(Divergence {
                    what,
                    epoch,
                    update,
                });
                return self.keep(contest, name, outcome, None);
            }
            trained => trained.map_err(failed)?,
        };
        if trained.outcome == tidegate_train::Outcome::Interrupted {
            return Err(Ended::Stopped);
        }
        let tested = match name.stage {
            Stage::Tuning { .. } => None,
            Stage::Final => {
                let loss = |set| evaluate(&model, set, EVALUATION_BATCH).map_err(failed);
                Some(Tested {
                    train_loss: loss(&splits.train)?.loss,
                    test_loss: loss(&splits.test)?.loss,
                })
            }
        };
        // Without an interruption at least one epoch is complete.
        let measured = Measured::of(&trained.epochs, tested).ok_or(Ended::Stopped)?;
        self.keep(contest, name, Outcome::Finished(measured), Some(model))
    }

    /// Writes the model of a final run and the record into the folder, if there is one.
    fn keep(
        &self,
        contest: &Contest,
        name: &RunName,
        outcome: Outcome,
        model: Option<Model>,
    ) -> Result<Outcome, Ended<StudyError>> {
        if let Some(folder) = self.folder {
            if let (Stage::Final, Some(mut model)) = (name.stage, model) {
                let description = model.description_mut();
                description.insert("task".to_owned(), name.task.clone());
                description.insert("seed".to_owned(), name.seed.to_string());
                description.insert("tuned".to_owned(), name.candidate.to_string());
                folder
                    .save_model(contest.experiment, name, &model)
                    .map_err(Ended::Failed)?;
            }
            folder
                .write_record(contest.experiment, name, &outcome)
                .map_err(Ended::Failed)?;
        }
        Ok(outcome)
    }

    fn pass_stop_on(&self) {
        if self.asked_to_stop.load(Ordering::Relaxed) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn report(&self, run: &RunName, epochs: usize, threads: usize, event: Event<'_>) {
        match event {
            Event::RunStarted {
                updates_per_epoch,
                updates_made,
                ..
            } => (self.observer)(Progress::RunStarted {
                run,
                epochs,
                updates_per_epoch,
                updates_made,
                threads,
            }),
            Event::UpdateDone {
                epoch,
                update,
                loss,
                ..
            } => (self.observer)(Progress::UpdateDone {
                run,
                epoch,
                update,
                loss,
            }),
            Event::EpochDone { epoch } => {
                (self.observer)(Progress::EpochDone { run, epoch, epochs })
            }
            _ => {}
        }
    }
}
