//! The files of a training run: the model, its configuration, and what an interruption leaves.

use std::io;
use std::path::{Path, PathBuf};

use tidegate_model::replace_file;

use crate::configuration::{Configuration, ConfigurationError};
use crate::failure::Failure;

/// Where a run writes.
#[derive(Debug)]
pub(crate) struct RunFiles {
    pub(crate) model: PathBuf,
    /// Beside the model, once it is there.
    pub(crate) configuration: PathBuf,
    pub(crate) checkpoint: PathBuf,
    /// Beside the checkpoint, so that a model from before keeps its own.
    pub(crate) unfinished: PathBuf,
}

impl RunFiles {
    pub(crate) fn of(model: &Path) -> RunFiles {
        let beside = |suffix: &str| {
            let mut name = model.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        RunFiles {
            model: model.to_owned(),
            configuration: beside(".toml"),
            checkpoint: beside(".checkpoint"),
            unfinished: beside(".checkpoint.toml"),
        }
    }

    /// Everything that a run writes.
    pub(crate) fn outputs<'a>(&'a self, plot: Option<&'a Path>) -> Vec<&'a Path> {
        let own = [
            &self.model,
            &self.configuration,
            &self.checkpoint,
            &self.unfinished,
        ];
        own.into_iter().map(PathBuf::as_path).chain(plot).collect()
    }

    /// Refuses what could not be written after the training.
    pub(crate) fn check_writable(&self, plot: Option<&Path>) -> Result<(), Failure> {
        for path in [Some(self.model.as_path()), plot].into_iter().flatten() {
            let folder = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            let problem = match std::fs::metadata(folder) {
                _ if path.is_dir() => Some(io::Error::from(io::ErrorKind::IsADirectory)),
                Ok(folder) if !folder.is_dir() => {
                    Some(io::Error::from(io::ErrorKind::NotADirectory))
                }
                Ok(_) => None,
                Err(error) => Some(error),
            };
            if let Some(error) = problem {
                return Err(Failure::write(path, error));
            }
        }
        Ok(())
    }

    /// Keeps the configuration of a run that begins. It is the first file that is written: a folder that takes none is known
    /// before the training.
    pub(crate) fn begin(&self, configuration: &impl Configuration) -> Result<(), Failure> {
        save(configuration, &self.unfinished)
    }

    /// The model is there: its configuration comes beside it, and what an interruption would need goes.
    pub(crate) fn finish(&self, configuration: &impl Configuration) -> Result<(), Failure> {
        save(configuration, &self.configuration)?;
        self.clear();
        Ok(())
    }

    /// Removes what an interruption would need.
    pub(crate) fn clear(&self) {
        for path in [&self.checkpoint, &self.unfinished] {
            // What cannot be removed is in nobody's way: the model is there.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn save(configuration: &impl Configuration, path: &Path) -> Result<(), Failure> {
    let text = configuration.commented();
    replace_file(path, text.as_bytes()).map_err(|error| {
        let path = path.to_owned();
        ConfigurationError::Write { path, error }.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_stand_beside_the_model_under_its_whole_name() {
        let files = RunFiles::of(Path::new("runs/load.safetensors"));
        for (file, name) in [
            (&files.configuration, "runs/load.safetensors.toml"),
            (&files.checkpoint, "runs/load.safetensors.checkpoint"),
            (&files.unfinished, "runs/load.safetensors.checkpoint.toml"),
        ] {
            assert_eq!(file, Path::new(name));
        }
    }

    #[test]
    fn a_place_that_cannot_hold_a_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        std::fs::write(within("file"), "").unwrap();
        assert!(RunFiles::of(folder.path()).check_writable(None).is_err());
        assert!(
            RunFiles::of(&within("gone/model"))
                .check_writable(None)
                .is_err()
        );
        assert!(
            RunFiles::of(&within("file/model"))
                .check_writable(None)
                .is_err()
        );
        let files = RunFiles::of(&within("model"));
        assert!(files.check_writable(None).is_ok());
        assert!(
            files
                .check_writable(Some(&within("gone/page.html")))
                .is_err()
        );
    }
}
