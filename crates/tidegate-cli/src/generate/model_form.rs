//! `tidegate generate MODEL`: what follows `generate` and is no kind of file is a model.

use std::ffi::OsString;

use clap::Subcommand;

use super::arguments::GenerateKind;

/// The kind that may be left out.
const MODEL: &str = "model";

/// The words of the command line with the kind that was left out.
pub(crate) fn with_kind(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    let follows = words.get(1).is_some_and(|word| word == "generate");
    let is_left_out = |word: &OsString| {
        let word = word.to_string_lossy();
        let helps = ["help", "-h", "--help"].contains(&word.as_ref());
        !helps && !GenerateKind::has_subcommand(&word)
    };
    if follows && GenerateKind::has_subcommand(MODEL) && words.get(2).is_some_and(is_left_out) {
        words.insert(2, MODEL.into());
    }
    words
}
