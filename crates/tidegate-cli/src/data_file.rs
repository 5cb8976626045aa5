//! The configuration of a command that reads the same data again after an interruption.

use std::path::Path;

use clap::error::ErrorKind;

use crate::compare::misuse;
use crate::configuration::{Configuration, Overrides};
use crate::failure::Failure;
use crate::reading::is_standard_input;

/// The options on the file of `config`, with the path of the data in it: what the command names, else what the file does.
/// Misuse is reported as that of the command.
pub(crate) fn with_data_file<C: Configuration>(
    data: Option<&Path>,
    config: Option<&Path>,
    overrides: &Overrides<C>,
    command: &[&str],
) -> Result<C, Failure> {
    let mut overrides = overrides.clone();
    if let Some(data) = data {
        if is_standard_input(data) {
            refuse(
                command,
                ErrorKind::InvalidValue,
                "standard input cannot be read again to go on after an interruption: give a file",
            )
        }
        let data = data.to_str().ok_or_else(|| Failure::NotText {
            path: data.to_owned(),
        })?;
        if let Some(key) = C::key("data", "file") {
            overrides.set(key, data.into());
        }
    }
    let mut configuration = C::layered(config, &overrides)?;
    let Some(file) = configuration.data_file() else {
        refuse(
            command,
            ErrorKind::MissingRequiredArgument,
            "no data is named: give a file, or data.file in the file of --config",
        )
    };
    // The run may go on from another folder.
    let path =
        std::path::absolute(&*file).map_err(|error| Failure::write(Path::new(file), error))?;
    if let Some(path) = path.to_str() {
        *file = path.to_owned();
    }
    Ok(configuration)
}

fn refuse(command: &[&str], kind: ErrorKind, message: &str) -> ! {
    misuse(command, kind, message.to_owned()).exit()
}
