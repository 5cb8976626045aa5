//! Reading recordings for a trained model.

use std::io;
use std::path::Path;

use clap::Args;
use tidegate_data::{Recordings, RecordingsOptions};
use tidegate_train::{ClassifyModel, TrainError};

use crate::failure::Failure;
use crate::reading::{data_name, is_standard_input};

/// How the recordings are read, where it is not as in training.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ReadingArguments {
    /// The column, or key, that tells recordings apart [default: as in training]
    #[arg(long, value_name = "COLUMN", help_heading = "Recordings")]
    id: Option<String>,

    /// The column of a table that orders the steps of a recording [default: as in training]
    #[arg(long, value_name = "COLUMN", help_heading = "Recordings")]
    time: Option<String>,

    /// The column, or key, with the classes [default: as in training]
    #[arg(long, value_name = "COLUMN", help_heading = "Recordings")]
    label: Option<String>,

    /// Which part of a JSON document is read [default: as in training]
    #[arg(long, value_name = "NAME", help_heading = "Recordings")]
    part: Option<String>,
}

impl ReadingArguments {
    /// The first option that is given.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let options = [
            ("--id", &self.id),
            ("--time", &self.time),
            ("--label", &self.label),
            ("--part", &self.part),
        ];
        let mut given = options.into_iter().filter(|(_, value)| value.is_some());
        given.next().map(|(option, _)| option)
    }

    /// Those of training, with what is given here.
    pub(crate) fn options(&self, model: &ClassifyModel) -> RecordingsOptions {
        let trained = model.plan.recordings.clone();
        RecordingsOptions {
            id: self.id.clone().or(trained.id),
            time: self.time.clone().or(trained.time),
            label: self.label.clone().or(trained.label),
            part: self.part.clone().or(trained.part),
            ..trained
        }
    }
}

/// The recordings of a file or a folder; - reads standard input.
pub(crate) fn read_recordings(
    path: &Path,
    options: &RecordingsOptions,
) -> Result<Recordings, Failure> {
    let read = match is_standard_input(path) {
        true => Recordings::read_from(io::stdin().lock(), &data_name(path), options),
        false => Recordings::read(path, options),
    };
    read.map_err(|error| Failure::Train(TrainError::from(error)))
}
