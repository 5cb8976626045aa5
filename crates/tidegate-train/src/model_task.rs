//! The tasks that models are trained for, and the one of a model file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use tidegate_model::description_of_file;

use crate::error::TrainError;

/// What a model was trained for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelTask {
    /// To forecast readings.
    Forecast,
    /// To classify sequences, or to label their steps.
    Classify,
    /// To detect anomalies in a stream.
    Detect,
    /// To say what comes next in a text or in music.
    Next,
    /// To give numbers for sequences: a model of Python's `SequenceRegressor`, which no command trains.
    Regress,
}

impl ModelTask {
    /// All of them.
    pub const ALL: [ModelTask; 5] = [
        ModelTask::Forecast,
        ModelTask::Classify,
        ModelTask::Detect,
        ModelTask::Next,
        ModelTask::Regress,
    ];

    /// Those of `tidegate train`.
    pub const OF_THE_COMMAND: [ModelTask; 4] = [
        ModelTask::Forecast,
        ModelTask::Classify,
        ModelTask::Detect,
        ModelTask::Next,
    ];

    /// The word after `tidegate train` where the command trains it, and the key of the plan in a file's description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ModelTask::Forecast => "forecast",
            ModelTask::Classify => "classify",
            ModelTask::Detect => "detect",
            ModelTask::Next => "next",
            ModelTask::Regress => "regress",
        }
    }

    /// The task of the model in a file; none of a model that says none. The parameters are not read.
    ///
    /// # Errors
    /// [`TrainError::Model`] where it is no model file.
    pub fn of_file(path: impl AsRef<Path>) -> Result<Option<ModelTask>, TrainError> {
        Ok(ModelTask::of_description(&description_of_file(path)?))
    }

    /// The task that the description of a model says; none where it says none.
    #[must_use]
    pub fn of_description(description: &BTreeMap<String, String>) -> Option<ModelTask> {
        let is_its = |task: &ModelTask| description.contains_key(task.name());
        ModelTask::ALL.into_iter().find(is_its)
    }
}

impl fmt::Display for ModelTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
