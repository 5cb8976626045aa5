//! `tidegate generate`: from a seed to a file.

pub(crate) mod arguments;
mod corpus_arguments;
mod machine;
mod model;
mod model_arguments;
pub(crate) mod model_form;
mod readings_arguments;
mod recordings_arguments;

use tidegate_data::{
    GeneratedRecordings, MusicOptions, ReadingsKind, ReadingsOptions, RecordingsKind, TextLanguage,
    TextOptions, generated_music, generated_readings, generated_recordings, generated_text,
};
use tidegate_model::replace_file;

use crate::failure::Failure;
use crate::standard_output::print;
use arguments::{GenerateArguments, GenerateKind, OutputArguments};
use corpus_arguments::{MusicArguments, TextArguments, TextLanguageName};
use readings_arguments::ReadingsArguments;
use recordings_arguments::RecordingsArguments;

pub(crate) fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    match &arguments.kind {
        GenerateKind::Load(arguments) => readings(ReadingsKind::Load, arguments),
        GenerateKind::Sales(arguments) => readings(ReadingsKind::Sales, arguments),
        GenerateKind::Machine(arguments) => machine::run(arguments),
        GenerateKind::Gestures(arguments) => recordings(RecordingsKind::Gestures, arguments),
        GenerateKind::Activity(arguments) => recordings(RecordingsKind::Activity, arguments),
        GenerateKind::Text(arguments) => text(arguments),
        GenerateKind::Music(arguments) => music(arguments),
        GenerateKind::Model(arguments) => model::run(arguments),
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

fn recordings(kind: RecordingsKind, arguments: &RecordingsArguments) -> Result<(), Failure> {
    check_new(&arguments.output)?;
    let options = GeneratedRecordings {
        recordings: arguments.recordings,
        seed: arguments.output.seed,
    };
    write(&arguments.output, &generated_recordings(kind, options)?)
}

fn text(arguments: &TextArguments) -> Result<(), Failure> {
    check_new(&arguments.output)?;
    let options = TextOptions {
        language: match arguments.language {
            TextLanguageName::English => TextLanguage::English,
            TextLanguageName::Korean => TextLanguage::Korean,
        },
        sentences: arguments.sentences,
        seed: arguments.output.seed,
    };
    write(&arguments.output, &generated_text(options)?)
}

fn music(arguments: &MusicArguments) -> Result<(), Failure> {
    check_new(&arguments.output)?;
    let options = MusicOptions {
        pieces: arguments.pieces,
        seed: arguments.output.seed,
    };
    let pieces = serde_json::to_string(&generated_music(options)?)?;
    write(&arguments.output, &(pieces + "\n"))
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
