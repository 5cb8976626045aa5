//! `tidegate evaluate`: from a model and data to what the model's task is measured by.

pub(crate) mod arguments;
mod classify;
mod detect;
mod forecast;
mod labels;
mod next;

use std::path::PathBuf;

use tidegate_train::ModelTask;

use crate::failure::Failure;
use crate::outputs::check_outputs;
use arguments::EvaluateArguments;

pub(crate) fn run(arguments: &EvaluateArguments) -> Result<(), Failure> {
    let inputs = [arguments.model.as_path(), &arguments.data];
    check_outputs(
        &arguments
            .plot
            .iter()
            .map(PathBuf::as_path)
            .collect::<Vec<_>>(),
        &inputs,
    )?;
    match ModelTask::of_file(&arguments.model)? {
        Some(ModelTask::Detect) => detect::evaluate(arguments),
        _ if arguments.labels.is_some() => Err(Failure::UselessOption {
            model: arguments.model.clone(),
            option: "--labels",
            what: "no detector of anomalies",
        }),
        Some(ModelTask::Classify) => classify::evaluate(arguments),
        Some(ModelTask::Next) => next::evaluate(arguments),
        // A model without a plan is refused with what it lacks.
        _ => forecast::evaluate(arguments),
    }
}
