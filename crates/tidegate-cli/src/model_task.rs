//! Whether a model is one of the task that a command is for.

use std::path::Path;

use tidegate_train::ModelTask;

use crate::failure::Failure;

/// Refuses a model of another task than the one that `tidegate` `command` is for.
pub(crate) fn check_task(
    model: &Path,
    command: &'static str,
    task: ModelTask,
) -> Result<(), Failure> {
    let found = ModelTask::of_file(model)?;
    match found == Some(task) {
        true => Ok(()),
        false => Err(Failure::OtherTask {
            model: model.to_owned(),
            found,
            command,
            task,
        }),
    }
}
