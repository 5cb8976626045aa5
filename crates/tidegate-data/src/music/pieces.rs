//! Pieces as lists of chords.

use std::path::Path;

use serde::Serialize;

use crate::error::DataError;
use crate::polyphonic_music::read_pieces;
use crate::splits::Split;

/// The steps of a piece: at each the MIDI pitches that sound, from 21 to 108, the highest first, each once.
pub type Piece = Vec<Vec<u8>>;

/// The pieces of a file of polyphonic music.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MusicPieces {
    /// What weights are fitted to.
    pub train: Vec<Piece>,
    /// What choices are made on.
    pub valid: Vec<Piece>,
    /// What is reported.
    pub test: Vec<Piece>,
}

impl MusicPieces {
    /// Reads the document that [`polyphonic_music`](crate::polyphonic_music()) reads; `path` only names it in errors.
    ///
    /// # Errors
    /// The same, but for those of reading a file.
    pub fn of_bytes(bytes: &[u8], path: &Path) -> Result<MusicPieces, DataError> {
        let [train, valid, test] = read_pieces(path, bytes)?;
        Ok(MusicPieces { train, valid, test })
    }

    /// The pieces of one set.
    #[must_use]
    pub fn get(&self, split: Split) -> &[Piece] {
        match split {
            Split::Train => &self.train,
            Split::Valid => &self.valid,
            Split::Test => &self.test,
        }
    }

    /// Whether bytes look like a document of music rather than like text: they begin with a brace, and one of the keys
    /// `train`, `valid` and `test` with a list stands near the beginning.
    #[must_use]
    pub fn is_likely(bytes: &[u8]) -> bool {
        const NEAR: usize = 4096;
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(NEAR)]);
        let dense: String = start.split_whitespace().collect();
        let dense = dense.trim_start_matches('\u{feff}');
        let has = |split: &Split| dense.contains(&format!("\"{}\":[", split.key()));
        dense.starts_with('{') && Split::ALL.iter().any(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitches_are_read_from_the_highest_to_the_lowest_each_once() {
        let text =
            r#"{"train": [[[48, 60, 52, 60], []]], "valid": [[[60]]], "test": [[[21, 108]]]}"#;
        let pieces = MusicPieces::of_bytes(text.as_bytes(), Path::new("m.json")).unwrap();
        assert_eq!(pieces.train, [vec![vec![60, 52, 48], vec![]]]);
        assert_eq!(pieces.test, [vec![vec![108, 21]]]);
    }

    #[test]
    fn music_is_told_from_text() {
        for text in [
            "{\"train\": [[[60]]]}",
            " {\n\"name\": \"x\",\n \"valid\" : [",
            "{\"test\":[]",
        ] {
            assert!(MusicPieces::is_likely(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "{",
            "{ int train = 3; }",
            "\"train\": [",
            "First Citizen:",
        ] {
            assert!(!MusicPieces::is_likely(text.as_bytes()), "{text}");
        }
    }
}
