//! What is read from a file: text or music.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::{DataError, MusicPieces, read_text, read_text_from};

/// What the tokens of a model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Characters of UTF-8 (Unicode scalar values).
    Characters,
    /// Bytes, whatever they mean.
    Bytes,
    /// Notes of polyphonic music.
    Music,
}

/// The contents of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Corpus {
    /// The bytes of a text.
    Text(Vec<u8>),
    /// Pieces of music.
    Music(MusicPieces),
}

impl Corpus {
    /// Reads a file as what its tokens are to be; without that, as music where it looks like a document of music, else as
    /// text.
    ///
    /// # Errors
    /// Those of [`read_text`] and of [`MusicPieces::of_bytes`].
    pub fn read(path: impl AsRef<Path>, tokens: Option<TokenKind>) -> Result<Corpus, DataError> {
        let path = path.as_ref();
        Corpus::of(read_text(path)?, path, tokens)
    }

    /// Reads the same from another source, which errors call `name`.
    ///
    /// # Errors
    /// The same.
    pub fn read_from(
        source: impl Read,
        name: &str,
        tokens: Option<TokenKind>,
    ) -> Result<Corpus, DataError> {
        Corpus::of(read_text_from(source, name)?, Path::new(name), tokens)
    }

    fn of(bytes: Vec<u8>, path: &Path, tokens: Option<TokenKind>) -> Result<Corpus, DataError> {
        let is_music = match tokens {
            Some(tokens) => tokens == TokenKind::Music,
            None => MusicPieces::is_likely(&bytes),
        };
        match is_music {
            true => Ok(Corpus::Music(MusicPieces::of_bytes(&bytes, path)?)),
            false => Ok(Corpus::Text(bytes)),
        }
    }
}
