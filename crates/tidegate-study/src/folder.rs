//! The output folder: what is kept of a comparison, so that it can be continued.
//!
//! ```text
//! plan.json                     everything that decides the numbers
//! comparison.json               the report, once all runs are done
//! gru-seed1.safetensors         the model of each final run that did not diverge
//! runs/gru-seed1.json           what was measured of each finished run
//! runs/gru-seed1.checkpoint     where a run that is not finished continues; of one that diverged, the last good one
//! ```
//! With several tasks, the models and `runs` stand in one folder for each: `1-adding`, `2-mackey-glass`. Those of a study's
//! questions stand in folders such as `memory/copy-lag-50`, and its report is `report.json`.

mod plan;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tidegate_model::{Model, replace_file};
use tidegate_train::Checkpointing;

use crate::error::StudyError;
use crate::record::Outcome;
use crate::run::{RunName, Stage};

/// Updates between checkpoints inside an epoch. One is written after each epoch too.
const CHECKPOINT_EVERY: u64 = 1_000;

/// Largest record that is read, in bytes: its curve has about a hundred for each of up to a million epochs.
const LARGEST_RECORD: u64 = 1 << 28;

const LOCK: &str = ".lock";

/// An output folder that belongs to this comparison and to this process.
pub(crate) struct Folder {
    path: PathBuf,
    /// One for each experiment.
    tasks: Vec<PathBuf>,
    /// Locked until the comparison ends.
    _lock: File,
}

impl Folder {
    /// Opens a folder, or makes it, and checks that it can be written and holds nothing but this comparison. In it each
    /// experiment has a folder of the given name, relative to it.
    pub(crate) fn open<'a>(
        path: &Path,
        plan: &Value,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Folder, StudyError> {
        let fail = |action: &str, error| StudyError::Folder {
            folder: path.to_owned(),
            action: action.to_owned(),
            error,
        };
        fs::create_dir_all(path).map_err(|error| fail("make it", error))?;
        let lock = lock(path)?;
        if !path.join(plan::FILE).exists() && holds_files(path).map_err(|e| fail("list it", e))? {
            // What was not there before is taken away again.
            if lock.made {
                let _ = fs::remove_file(path.join(LOCK));
            }
            return Err(StudyError::FolderOccupied {
                folder: path.to_owned(),
            });
        }
        let clean = |folder: &Path| remove_temporary_files(folder).map_err(|e| fail("clean it", e));
        clean(path)?;
        plan::settle(path, plan)?;
        let tasks: Vec<PathBuf> = names.map(|name| path.join(name)).collect();
        for task in &tasks {
            let runs = task.join("runs");
            fs::create_dir_all(&runs).map_err(|error| fail("make a folder in it", error))?;
            clean(task)?;
            clean(&runs)?;
        }
        Ok(Folder {
            path: path.to_owned(),
            tasks,
            _lock: lock.file,
        })
    }

    fn run_path(&self, experiment: usize, name: &RunName, extension: &str) -> PathBuf {
        let file = format!("{}.{extension}", name.file_stem());
        self.tasks[experiment].join("runs").join(file)
    }

    fn model_path(&self, experiment: usize, name: &RunName) -> PathBuf {
        self.tasks[experiment].join(format!("{}.safetensors", name.file_stem()))
    }

    fn fail(&self, action: String, error: io::Error) -> StudyError {
        StudyError::Folder {
            folder: self.path.clone(),
            action,
            error,
        }
    }

    /// Where a run writes its checkpoints.
    pub(crate) fn checkpointing(&self, experiment: usize, name: &RunName) -> Checkpointing {
        Checkpointing {
            every_updates: Some(CHECKPOINT_EVERY),
            ..Checkpointing::new(self.run_path(experiment, name, "checkpoint"))
        }
    }

    /// What was measured of a run that is finished; none if it is not, or if its model has gone.
    pub(crate) fn read_record(
        &self,
        experiment: usize,
        name: &RunName,
    ) -> Result<Option<Outcome>, StudyError> {
        let path = self.run_path(experiment, name, "json");
        let damaged = |reason| StudyError::Damaged {
            path: path.clone(),
            reason,
        };
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(metadata) if metadata.len() > LARGEST_RECORD => {
                return Err(damaged("it is too large".to_owned()));
            }
            _ => {}
        }
        let bytes = fs::read(&path)
            .map_err(|error| self.fail(format!("read {}", path.display()), error))?;
        let outcome: Outcome =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if let Outcome::Finished(measured) = &outcome {
            let is_final = name.stage == Stage::Final;
            if measured.tested.is_some() != is_final || measured.epochs == 0 {
                return Err(damaged("it is of another kind of run".to_owned()));
            }
            // A run whose model has gone or is damaged is made again.
            if is_final && Model::load(self.model_path(experiment, name)).is_err() {
                return Ok(None);
            }
        }
        Ok(Some(outcome))
    }

    /// Keeps what was measured of a run. One that finished needs its checkpoint no longer; of one that diverged, it holds
    /// the last good parameters.
    pub(crate) fn write_record(
        &self,
        experiment: usize,
        name: &RunName,
        outcome: &Outcome,
    ) -> Result<(), StudyError> {
        self.write(&self.run_path(experiment, name, "json"), &json(outcome)?)?;
        if let Outcome::Diverged(_) = outcome {
            return Ok(());
        }
        match fs::remove_file(self.run_path(experiment, name, "checkpoint")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.fail(
                "remove a checkpoint that is no longer needed".to_owned(),
                error,
            )),
            _ => Ok(()),
        }
    }

    /// Keeps the model of a final run.
    pub(crate) fn save_model(
        &self,
        experiment: usize,
        name: &RunName,
        model: &Model,
    ) -> Result<(), StudyError> {
        let path = self.model_path(experiment, name);
        model.save(&path).map_err(|error| StudyError::Model {
            run: name.to_string(),
            error: Box::new(error),
        })
    }

    /// The model of a final run; none if it is not there or cannot be read.
    pub(crate) fn model(&self, experiment: usize, name: &RunName) -> Option<Model> {
        Model::load(self.model_path(experiment, name)).ok()
    }

    /// Keeps a report under this name.
    pub(crate) fn write_json(
        &self,
        name: &str,
        report: &impl serde::Serialize,
    ) -> Result<(), StudyError> {
        self.write(&self.path.join(name), &json(report)?)
    }

    /// Keeps a text under this name.
    pub(crate) fn write_text(&self, name: &str, text: &str) -> Result<(), StudyError> {
        self.write(&self.path.join(name), text.as_bytes())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StudyError> {
        replace_file(path, bytes)
            .map_err(|error| self.fail(format!("write {}", path.display()), error))
    }
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, StudyError> {
    let mut json = serde_json::to_vec_pretty(value).map_err(StudyError::Json)?;
    json.push(b'\n');
    Ok(json)
}

/// A folder that no other process uses.
struct Lock {
    file: File,
    /// Whether its file was not there before.
    made: bool,
}

fn lock(folder: &Path) -> Result<Lock, StudyError> {
    let fail = |action: &str, error| StudyError::Folder {
        folder: folder.to_owned(),
        action: action.to_owned(),
        error,
    };
    let path = folder.join(LOCK);
    let made = !path.exists();
    let file = File::create(path).map_err(|error| fail("write to it", error))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(StudyError::FolderInUse {
            folder: folder.to_owned(),
        }),
        // Some file systems have no locks.
        Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
            Err(fail("lock it", error))
        }
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Lock { file, made }),
    }
}

/// Whether the folder holds anything but what opening it leaves behind.
fn holds_files(path: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        if name != LOCK && !is_temporary(&name.to_string_lossy()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a process that was killed while writing left behind.
fn remove_temporary_files(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if is_temporary(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_temporary(name: &str) -> bool {
    name.starts_with(".tidegate-") && name.ends_with(".tmp")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::Candidate;
    use crate::cell_variant::CellVariant;

    #[test]
    fn long_epochs_have_checkpoints_inside() {
        let place = tempfile::tempdir().unwrap();
        let plan = Value::from("plan");
        let folder = Folder::open(place.path(), &plan, [""].into_iter()).unwrap();
        let name = RunName {
            id: 0,
            task: "adding problem".to_owned(),
            cell: CellVariant::Gru,
            stage: Stage::Final,
            seed: 1,
            candidate: Candidate::plain(0.1),
            work: 1.0,
        };
        let checkpointing = folder.checkpointing(0, &name);
        assert_eq!(checkpointing.every_updates, Some(1_000));
        assert_eq!(
            checkpointing.path,
            place.path().join("runs/gru-seed1.checkpoint")
        );
    }
}
