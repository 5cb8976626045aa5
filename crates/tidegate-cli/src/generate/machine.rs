//! `tidegate generate machine`: readings with anomalies at known places.

use std::path::PathBuf;

use clap::Args;
use tidegate_data::{MachineOptions, generated_machine};
use tidegate_model::replace_file;

use super::arguments::OutputArguments;
use super::{check_new, write};
use crate::arguments::number;
use crate::failure::Failure;
use crate::outputs::check_outputs;

/// What the labels call a file that goes to standard output.
const NAME: &str = "machine.csv";

/// What a file of readings with anomalies is to be.
#[derive(Debug, Args)]
pub(crate) struct MachineArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Rows, one every five minutes. The first 2,400 have no anomaly
    #[arg(long, value_name = "N", default_value = "12000", value_parser = number(1, 2_000_000))]
    pub(crate) rows: usize,

    /// Write the windows of the anomalies here, in the layout of the Numenta Anomaly Benchmark
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
}

pub(super) fn run(arguments: &MachineArguments) -> Result<(), Failure> {
    let MachineArguments {
        output,
        rows,
        labels,
    } = arguments;
    check_new(output)?;
    let files: Vec<_> = [&output.out, labels]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    check_outputs(&files, &[])?;
    if let Some(path) = labels
        && !output.force
        && path.symlink_metadata().is_ok()
    {
        return Err(Failure::Exists { path: path.clone() });
    }
    let machine = generated_machine(MachineOptions {
        rows: *rows,
        seed: output.seed,
    })?;
    write(output, &machine.csv)?;
    if let Some(path) = labels {
        let name = output.out.as_ref().and_then(|out| out.file_name());
        let name = name.map_or(NAME.into(), |name| name.to_string_lossy());
        replace_file(path, machine.labels(&name).as_bytes())
            .map_err(|error| Failure::write(path, error))?;
    }
    Ok(())
}
