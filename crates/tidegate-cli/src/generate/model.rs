//! `tidegate generate MODEL`: text or music, token after token, as it is made.

mod document;
mod music;
mod prompt;
mod stream;
mod text;

use std::path::Path;

use clap::{Command, Subcommand};
use tidegate_train::{Material, ModelTask, NextModel};

use super::arguments::GenerateKind;
use super::model_arguments::ModelArguments;
use crate::failure::Failure;
use crate::model_task::check_task;
use crate::outputs::check_outputs;

pub(super) fn run(arguments: &ModelArguments) -> Result<(), Failure> {
    let path = arguments.model.as_path();
    if path.symlink_metadata().is_err() {
        return Err(Failure::NothingToGenerate {
            word: path.to_owned(),
            kinds: kinds().join(", "),
        });
    }
    check_task(path, "generate", ModelTask::Next)?;
    let model = NextModel::load(path)?;
    let midi: Vec<&Path> = arguments.midi.iter().map(AsRef::as_ref).collect();
    let prompt = arguments.prompt_file.as_deref();
    let inputs: Vec<&Path> = [Some(path), prompt].into_iter().flatten().collect();
    check_outputs(&midi, &inputs)?;
    match (&model.plan.material, arguments.midi.as_deref()) {
        (Material::Music { statistics, .. }, _) => music::run(arguments, path, &model, statistics),
        (_, Some(midi)) => Err(Failure::TextAsMidi {
            model: path.to_owned(),
            midi: midi.to_owned(),
        }),
        _ => text::run(arguments, path, &model),
    }
}

/// The kinds of files that are generated from a seed alone.
fn kinds() -> Vec<String> {
    let command = GenerateKind::augment_subcommands(Command::new("generate"));
    let names = command.get_subcommands().map(Command::get_name);
    names
        .filter(|name| *name != "model")
        .map(str::to_owned)
        .collect()
}
