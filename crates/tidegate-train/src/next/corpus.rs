//! What is read from a file: text or music.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::{DataError, MusicPieces, read_text};

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
    /// Those of [`read_text`] and of [`MusicPieces::read`].
    pub fn read(path: impl AsRef<Path>, tokens: Option<TokenKind>) -> Result<Corpus, DataError> {
        let path = path.as_ref();
        let text = match tokens {
            Some(TokenKind::Music) => None,
            Some(TokenKind::Characters | TokenKind::Bytes) => Some(read_text(path)?),
            None => Some(read_text(path)?).filter(|bytes| !MusicPieces::is_likely(bytes)),
        };
        match text {
            Some(bytes) => Ok(Corpus::Text(bytes)),
            None => Ok(Corpus::Music(MusicPieces::read(path)?)),
        }
    }
}
