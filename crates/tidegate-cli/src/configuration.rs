//! The configuration of a run: a TOML file, the options of the command line, and the defaults.
//!
//! Each task has a configuration of its own. Here live their keys, what each may be set to, reading and writing them. Options
//! override the file, which overrides the defaults. What the data decides (`"auto"`) stays open here, and is settled where the
//! data is known.

mod allowed;
mod classify;
mod commented;
mod detect;
mod error;
mod file;
mod forecast;
mod key;
mod next;
mod options;
mod shared_keys;
mod space;
mod word;

use std::fmt::Debug;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tidegate_train::ModelTask;
use toml::{Table, Value};

pub(crate) use classify::ClassifyConfiguration;
pub(crate) use detect::DetectConfiguration;
pub(crate) use error::ConfigurationError;
pub(crate) use forecast::{ForecastConfiguration, LossName, ModelKind, NormaliseName};
pub(crate) use key::Key;
pub(crate) use next::NextConfiguration;
pub(crate) use options::Overrides;
pub(crate) use space::Candidates;

/// The configuration of the runs of one task: sections of keys, each key a field of its section.
pub(crate) trait Configuration:
    Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What is done with it.
    const TASK: ModelTask;
    /// Names and meanings of the sections, in the order of the file.
    const SECTIONS: &'static [(&'static str, &'static str)];
    /// All keys, in the order of the file.
    const KEYS: &'static [Key];

    /// The key that names the data.
    fn data_file(&mut self) -> &mut Option<String>;

    /// Threads of the run; none for what the machine offers.
    fn threads(&self) -> Option<usize>;

    /// The key of this name in this section.
    fn key(section: &str, name: &str) -> Option<&'static Key> {
        let mut keys = Self::KEYS.iter();
        keys.find(|key| key.section == section && key.name == name)
    }

    /// The key of this name that `[tune.space]` may hold.
    fn tunable_key(name: &str) -> Option<&'static Key> {
        Self::KEYS
            .iter()
            .find(|key| key.tunable && key.name == name)
    }

    /// The file, if one is named, below the options.
    fn layered(file: Option<&Path>, options: &Overrides<Self>) -> Result<Self, ConfigurationError> {
        let mut settings = match file {
            Some(path) => file::read::<Self>(path)?,
            None => Vec::new(),
        };
        settings.extend(options.settings.iter().cloned());
        Ok(Self::of(&settings))
    }

    /// What a file says, below nothing.
    fn read(path: &Path) -> Result<Self, ConfigurationError> {
        Self::layered(Some(path), &Overrides::default())
    }

    /// The defaults with these settings on them, each of which overrides those before it.
    fn of(settings: &[Setting]) -> Self {
        Self::default().with(settings)
    }

    /// With these settings on it, each of which overrides those before it.
    fn with(&self, settings: &[Setting]) -> Self {
        let mut sections = sections(self);
        for Setting { key, value } in settings {
            if let Some(Value::Table(section)) = sections.get_mut(key.section) {
                section.insert(key.name.to_owned(), value.clone());
            }
        }
        // Every setting has been accepted by its key, whose values are those of the field: a test holds them together.
        sections.try_into().unwrap_or_default()
    }

    /// The value of a key.
    fn value(&self, key: &Key) -> Option<Value> {
        sections(self).get(key.section)?.get(key.name).cloned()
    }

    /// As a file, with a comment to each key.
    fn commented(&self) -> String {
        commented::text(self)
    }
}

fn sections(configuration: &impl Configuration) -> Table {
    Table::try_from(configuration).unwrap_or_default()
}

/// The task that a configuration file is for.
pub(crate) fn task_of_file(path: &Path) -> Result<ModelTask, ConfigurationError> {
    file::task(path)
}

/// A key that a file or an option sets.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static Key,
    pub(crate) value: Value,
}
