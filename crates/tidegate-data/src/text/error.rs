//! What can be wrong with a text, and where.

use std::fmt;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPlace {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Bytes before it.
    pub offset: usize,
}

impl TextPlace {
    /// The place behind `text`.
    #[must_use]
    pub fn after(text: &str) -> TextPlace {
        let line = text.rsplit('\n').next().unwrap_or_default();
        TextPlace {
            line: 1 + text.matches('\n').count(),
            column: 1 + line.chars().count(),
            offset: text.len(),
        }
    }
}

impl fmt::Display for TextPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TextPlace {
            line,
            column,
            offset,
        } = self;
        write!(f, "line {line}, column {column} (byte {offset})")
    }
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// There is no character.
    #[error("it is empty: there is nothing to read")]
    Empty,

    /// A byte belongs to no character.
    #[error(
        "{place}: {}: save the text as UTF-8, or take its bytes as tokens",
        not_utf8(*byte, *is_cut_short)
    )]
    NotUtf8 {
        /// Where.
        place: TextPlace,
        /// The byte.
        byte: u8,
        /// Whether the text ends inside of a character.
        is_cut_short: bool,
    },

    /// A character that the vocabulary does not hold.
    #[error(
        "{place}: the character {character:?} (U+{:04X}) is not among the {known} that the model was trained on: \
         leave it out, or train a model whose tokens are bytes",
        u32::from(*character)
    )]
    UnknownCharacter {
        /// Where.
        place: TextPlace,
        /// The character.
        character: char,
        /// Characters that are known.
        known: usize,
    },
}

fn not_utf8(byte: u8, is_cut_short: bool) -> String {
    if is_cut_short {
        "the text ends inside of a character".to_owned()
    } else {
        format!("the byte 0x{byte:02X} is not UTF-8")
    }
}
