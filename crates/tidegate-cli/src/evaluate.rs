//! `tidegate evaluate`: from a model and data to what the model's task is measured by.

pub(crate) mod arguments;
mod classify;
mod detect;
mod forecast;
mod labels;
mod next;

use std::path::{Path, PathBuf};

use tidegate_train::ModelTask;

use crate::failure::Failure;
use crate::outputs::check_outputs;
use arguments::EvaluateArguments;

pub(crate) fn run(arguments: &EvaluateArguments) -> Result<(), Failure> {
    let inputs: Vec<&Path> = [arguments.model.as_path(), &arguments.data]
        .into_iter()
        .chain(arguments.labels.as_deref())
        .collect();
    check_outputs(
        &arguments
            .plot
            .iter()
            .map(PathBuf::as_path)
            .collect::<Vec<_>>(),
        &inputs,
    )?;
    let useless = |option, what| Failure::UselessOption {
        model: arguments.model.clone(),
        option,
        what,
    };
    let task = ModelTask::of_file(&arguments.model)?;
    if let (Some(option), true) = (
        arguments.reading.first_given(),
        task != Some(ModelTask::Classify),
    ) {
        return Err(useless(option, "no classifier"));
    }
    match task {
        Some(ModelTask::Detect) => detect::evaluate(arguments),
        Some(ModelTask::Regress) => Err(Failure::Regressor {
            model: arguments.model.clone(),
        }),
        _ if arguments.labels.is_some() => Err(useless("--labels", "no detector of anomalies")),
        Some(ModelTask::Classify) => classify::evaluate(arguments),
        Some(ModelTask::Next) => next::evaluate(arguments),
        // A model without a plan is refused with what it lacks.
        _ => forecast::evaluate(arguments),
    }
}
