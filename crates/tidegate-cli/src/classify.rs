//! `tidegate classify`: from a model and recordings to their classes, with probabilities; and what other commands say of
//! classes.

pub(crate) mod arguments;
mod lines;
mod reading;
mod words;

use tidegate_model::replace_file;
use tidegate_train::ClassifyModel;

use crate::failure::Failure;
use crate::outputs::check_outputs;
use crate::standard_output::print;
use arguments::ClassifyArguments;
pub(crate) use reading::{ReadingArguments, read_recordings};
pub(crate) use words::{percent, sentence};

pub(crate) fn run(arguments: &ClassifyArguments) -> Result<(), Failure> {
    let inputs = [arguments.model.as_path(), &arguments.data];
    let outputs: Vec<_> = arguments.out.iter().map(AsRef::as_ref).collect();
    check_outputs(&outputs, &inputs)?;
    let model = ClassifyModel::load(&arguments.model)?;
    // Labels are not looked at: a file may have none, or others than those of training.
    let mut options = arguments.reading.options(&model);
    options.every_step = false;
    let recordings = read_recordings(&arguments.data, &options).or_else(|error| {
        match model.plan.schema.every_step {
            // A label for each step, which a file may have, contradicts a label of the whole.
            true => read_recordings(&arguments.data, &arguments.reading.options(&model)),
            false => Err(error),
        }
    })?;
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
