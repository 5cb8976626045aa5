//! Carrying the runs out, side by side.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::ThreadPoolBuilder;
use tidegate_data::{SequenceSet, Split};
use tidegate_model::Model;
use tidegate_train::{Event, TrainError, evaluate, train_until};

use crate::candidate::Candidate;
use crate::contest::{Contest, PlannedRun};
use crate::error::{Divergence, StudyError};
use crate::folder::Folder;
use crate::gradient_reach::reach;
use crate::neighbours::{Neighbours, Presence};
use crate::network::regularised;
use crate::preparation::Preparation;
use crate::progress::Progress;
use crate::queue::{Capacity, Ended, Job, work_off};
use crate::record::{Measured, Outcome, Tested};
use crate::run::{RunName, Stage};
use crate::threads::Threads;
use crate::tuning::{all_diverged, choose};

/// Sequences at once when a finished model is measured.
const EVALUATION_BATCH: usize = 64;

type Observer<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// How the runs ended.
pub(crate) struct Results {
    /// One for each run, by its id.
    pub(crate) outcomes: Vec<Outcome>,
    /// The candidate of each contest's final runs, by the contest's index.
    pub(crate) chosen: Vec<usize>,
}

/// Carries every run out.
pub(crate) fn carry_out(
    preparation: &Preparation<'_>,
    folder: Option<&Folder>,
    observer: Observer<'_>,
    stop: &AtomicBool,
) -> Result<Results, StudyError> {
    let Threads {
        all,
        tuning,
        finals,
    } = preparation.threads;
    let site = Site {
        preparation,
        folder,
        observer,
        asked_to_stop: stop,
        stop: AtomicBool::new(false),
        done: AtomicUsize::new(0),
        findings: Mutex::new(Findings {
            outcomes: vec![None; preparation.runs],
            chosen: vec![0; preparation.contests.len()],
        }),
        neighbours: Neighbours::default(),
    };
    let first = |contest: &Contest| match contest.candidates[..] {
        [candidate] => contest.finals(candidate, finals),
        _ => contest.tuning(tuning),
    };
    let jobs = preparation.contests.iter().flat_map(first).collect();
    let capacity = Capacity {
        threads: all,
        jobs: preparation.threads.runs_side_by_side(&preparation.contests),
    };
    let not_started = |error: std::io::Error| StudyError::Threads {
        threads: all,
        reason: error.to_string(),
    };
    let interrupted = || StudyError::Interrupted {
        done: site.done.load(Ordering::Relaxed),
        runs: preparation.runs,
    };
    match work_off(jobs, capacity, &site.stop, not_started, |job| {
        site.work(job)
    }) {
        Ok(()) => {}
        Err(Ended::Failed(error)) => return Err(error),
        Err(Ended::Stopped) => return Err(interrupted()),
    }
    let findings = site.lock();
    let outcomes: Option<Vec<Outcome>> = findings.outcomes.iter().cloned().collect();
    Ok(Results {
        outcomes: outcomes.ok_or_else(interrupted)?,
        chosen: findings.chosen.clone(),
    })
}

/// What all runs share.
struct Site<'a> {
    preparation: &'a Preparation<'a>,
    folder: Option<&'a Folder>,
    observer: Observer<'a>,
    /// Set from outside.
    asked_to_stop: &'a AtomicBool,
    /// Set once a run fails, or saw that it is to stop.
    stop: AtomicBool,
    done: AtomicUsize,
    findings: Mutex<Findings>,
    neighbours: Neighbours,
}

/// What is known so far.
struct Findings {
    /// By the run's id.
    outcomes: Vec<Option<Outcome>>,
    /// By the contest's index.
    chosen: Vec<usize>,
}

impl Site<'_> {
    fn lock(&self) -> MutexGuard<'_, Findings> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries one run out, and returns the runs that it makes possible.
    fn work(&self, job: &Job<PlannedRun>) -> Result<Vec<Job<PlannedRun>>, Ended<StudyError>> {
        let run = &job.what;
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
            None => self.make(contest, &run.name, job.threads)?,
        };
        (self.observer)(Progress::RunDone {
            run: &run.name,
            outcome: &outcome,
            kept: is_kept,
            done: self.done.fetch_add(1, Ordering::Relaxed) + 1,
            runs: self.preparation.runs,
        });
        let mut findings = self.lock();
        findings.outcomes[run.name.id] = Some(outcome);
        match run.name.stage {
            Stage::Final => Ok(Vec::new()),
            Stage::Tuning { .. } => Ok(self.finals(contest, &mut findings)),
        }
    }

    /// The final runs, once all tuning runs of the contest are done.
    fn finals(&self, contest: &Contest, findings: &mut Findings) -> Vec<Job<PlannedRun>> {
        let tuning = contest.first_id..contest.first_id + contest.tuning_runs();
        let outcomes = findings.outcomes[tuning].iter().map(Option::as_ref);
        let Some(outcomes) = outcomes.collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let (_, recipe) = &self.preparation.data[contest.experiment];
        let chosen = choose(&outcomes, recipe.training.target_loss);
        let (task, cell, tried) = (&*contest.label, contest.cell, contest.candidates.len());
        let candidate = &contest.candidates[chosen];
        (self.observer)(if all_diverged(&outcomes) {
            Progress::NoneFit {
                task,
                cell,
                candidate,
                tried,
            }
        } else {
            Progress::Chosen {
                task,
                cell,
                candidate,
                tried,
            }
        });
        findings.chosen[contest.index] = chosen;
        contest.finals(*candidate, self.preparation.threads.finals)
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
        let neighbours = self.neighbours.arrive(name.id);
        pool.install(|| self.train(contest, name, threads, &neighbours))
    }

    fn train(
        &self,
        contest: &Contest,
        name: &RunName,
        threads: usize,
        neighbours: &Presence<'_>,
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
        let train_set = contest
            .share
            .of_set(&splits.train, name.seed)
            .map_err(|error| Ended::Failed(StudyError::Data(error)))?;
        let make = || Model::new(regularised(&contest.network, candidate), name.seed);
        let mut model = make().map_err(model_failed)?;
        let checkpointing = self
            .folder
            .map(|folder| folder.checkpointing(contest.experiment, name));
        let mut observer = |event: Event<'_>| self.report(name, epochs, threads, event);
        let trained = train_until(
            &mut model,
            &train_set,
            &splits.valid,
            &training,
            checkpointing.as_ref(),
            &mut observer,
            &|| self.is_stopped(),
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
            Stage::Final => match self.test(&model, &train_set, &splits.test) {
                // On sequences that training never saw, a network may run away too.
                Err(Ended::Failed((set, TrainError::EvaluationNotFinite))) => {
                    let last = trained.epochs.len();
                    let outcome = Outcome::Diverged(Divergence {
                        what: format!("the loss of the best epoch's parameters over the {set} set"),
                        epoch: last,
                        update: trained.epochs.iter().map(|epoch| epoch.updates).sum(),
                    });
                    return self.keep(contest, name, outcome, None);
                }
                Err(Ended::Failed((_, error))) => return Err(failed(error)),
                Err(Ended::Stopped) => return Err(Ended::Stopped),
                Ok(tested) => Some(tested),
            },
        };
        let measures_gradients = contest.measures_gradients && name.stage == Stage::Final;
        let gradients = match measures_gradients {
            true => {
                Some(reach(&make().map_err(model_failed)?, &model, &splits.test).map_err(failed)?)
            }
            false => None,
        };
        // Without an interruption at least one epoch is complete.
        let most = neighbours.most();
        let measured = Measured::of(&trained.epochs, tested, gradients, threads, most)
            .ok_or(Ended::Stopped)?;
        self.keep(contest, name, Outcome::Finished(measured), Some(model))
    }

    /// Measures the parameters of the best epoch on the sets that did not choose them.
    fn test(
        &self,
        model: &Model,
        train: &SequenceSet,
        test: &SequenceSet,
    ) -> Result<Tested, Ended<(Split, TrainError)>> {
        let loss = |split, set| {
            if self.is_stopped() {
                return Err(Ended::Stopped);
            }
            let evaluation = evaluate(model, set, EVALUATION_BATCH);
            let evaluation = evaluation.map_err(|error| Ended::Failed((split, error)))?;
            Ok(evaluation.loss)
        };
        Ok(Tested {
            train_loss: loss(Split::Train, train)?,
            test_loss: loss(Split::Test, test)?,
        })
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

    /// Whether the comparison was asked to stop, or another run failed.
    fn is_stopped(&self) -> bool {
        self.asked_to_stop.load(Ordering::Relaxed) || self.stop.load(Ordering::Relaxed)
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
