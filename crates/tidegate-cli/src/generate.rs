//! `tidegate generate`: from a seed to a file of readings.

pub(crate) mod arguments;

use tidegate_data::{ReadingsKind, ReadingsOptions, generated_readings};
use tidegate_model::replace_file;

use crate::failure::Failure;
use crate::standard_output::print;
use arguments::{GenerateArguments, ReadingsName};

pub(crate) fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    let out = arguments.out.as_deref();
    if let Some(path) = out
        && !arguments.force
        && path.symlink_metadata().is_ok()
    {
        return Err(Failure::Exists {
            path: path.to_owned(),
        });
    }
    let kind = match arguments.readings {
        ReadingsName::Load => ReadingsKind::Load,
        ReadingsName::Sales => ReadingsKind::Sales,
    };
    let options = ReadingsOptions {
        rows: arguments.rows,
        ahead: arguments.ahead,
        missing: arguments.missing,
        seed: arguments.seed,
    };
    let csv = generated_readings(kind, options)?;
    match out {
        Some(path) => {
            replace_file(path, csv.as_bytes()).map_err(|error| Failure::write(path, error))
        }
        None => print(&csv),
    }
}
