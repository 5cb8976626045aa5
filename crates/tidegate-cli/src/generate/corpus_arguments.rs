//! The options of `tidegate generate` for text and music.

use clap::{Args, ValueEnum};

use super::arguments::OutputArguments;
use crate::arguments::number;

/// What a generated text is to be.
#[derive(Debug, Args)]
pub(crate) struct TextArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Sentences
    #[arg(long, value_name = "N", default_value = "2000", value_parser = number(1, 1_000_000))]
    pub(crate) sentences: usize,

    /// The language
    #[arg(long, value_enum, default_value_t = TextLanguageName::English)]
    pub(crate) language: TextLanguageName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextLanguageName {
    /// Verbs agree with their subjects
    English,
    /// 한국어: particles follow from the last letter of their word
    Korean,
}

/// What generated music is to be.
#[derive(Debug, Args)]
pub(crate) struct MusicArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Pieces: of every ten one is for validation and one for the test
    #[arg(long, value_name = "N", default_value = "60", value_parser = number(3, 100_000))]
    pub(crate) pieces: usize,
}
