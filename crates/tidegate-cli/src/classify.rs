//! `tidegate classify`: from a model and recordings to their classes, with probabilities; and what other commands say of
//! classes.

pub(crate) mod arguments;
mod lines;
mod reading;
mod words;

use tidegate_data::RecordingsOptions;
use tidegate_model::replace_file;
use tidegate_train::{ClassifyModel, ModelTask};

use crate::failure::Failure;
use crate::model_task::check_task;
use crate::outputs::check_outputs;
use crate::standard_output::print;
use arguments::ClassifyArguments;
pub(crate) use reading::{ReadingArguments, read_recordings};
pub(crate) use words::{percent, sentence};

pub(crate) fn run(arguments: &ClassifyArguments) -> Result<(), Failure> {
    let inputs = [arguments.model.as_path(), &arguments.data];
    let outputs: Vec<_> = arguments.out.iter().map(AsRef::as_ref).collect();
    check_outputs(&outputs, &inputs)?;
    check_task(&arguments.model, "classify", ModelTask::Classify)?;
    let model = ClassifyModel::load(&arguments.model)?;
    // Labels are not looked at: a file may have none, or others than those of training.
    let options = RecordingsOptions {
        ignore_labels: true,
        ..arguments.reading.options(&model)
    };
    let recordings = read_recordings(&arguments.data, &options)?;
    let predictions = model.predict(&recordings)?;
    let text = match arguments.json {
        true => lines::json(&model, &recordings, &predictions)?,
        false => lines::csv(&model, &recordings, &predictions),
    };
    match &arguments.out {
        Some(path) => {
            replace_file(path, text.as_bytes()).map_err(|error| Failure::write(path, error))
        }
        None => print(&text),
    }
}
