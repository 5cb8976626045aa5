//! `tidegate generate`: from a seed to a file.

pub(crate) mod arguments;
pub(crate) mod model_form;
mod readings_arguments;

use tidegate_data::{ReadingsKind, ReadingsOptions, generated_readings};
use tidegate_model::replace_file;

use crate::failure::Failure;
use crate::standard_output::print;
use arguments::{GenerateArguments, GenerateKind, OutputArguments};
use readings_arguments::ReadingsArguments;

pub(crate) fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    match &arguments.kind {
        GenerateKind::Load(arguments) => readings(ReadingsKind::Load, arguments),
        GenerateKind::Sales(arguments) => readings(ReadingsKind::Sales, arguments),
    }
}

fn readings(kind: ReadingsKind, arguments: &ReadingsArguments) -> Result<(), Failure> {
    check_new(&arguments.output)?;
    let options = ReadingsOptions {
        rows: arguments.rows,
        ahead: arguments.ahead,
        missing: arguments.missing,
        seed: arguments.output.seed,
    };
    write(&arguments.output, &generated_readings(kind, options)?)
}

/// Refuses to write over a file, unless that is asked for.
fn check_new(output: &OutputArguments) -> Result<(), Failure> {
    match &output.out {
        Some(path) if !output.force && path.symlink_metadata().is_ok() => {
            Err(Failure::Exists { path: path.clone() })
        }
        _ => Ok(()),
    }
}

/// Writes to the file that is named, whole or not at all, else to standard output.
fn write(output: &OutputArguments, text: &str) -> Result<(), Failure> {
    match &output.out {
        Some(path) => {
            replace_file(path, text.as_bytes()).map_err(|error| Failure::write(path, error))
        }
        None => print(text),
    }
}
