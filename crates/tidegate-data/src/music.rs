//! Music as tokens: pieces of chords, the tokens that write them, the statistics of their notes, and MIDI files.
//!
//! Here lives what a next-step model of music needs beside its network. The document that pieces are read from is that of
//! [`polyphonic_music`](crate::polyphonic_music()).

mod midi;
mod pieces;
mod statistics;
mod tokens;

pub use midi::{MidiOptions, midi_file};
pub use pieces::{MusicPieces, Piece};
pub use statistics::{NoteStatistics, StatisticsDistance};
pub use tokens::{MusicToken, PieceWriter, music_tokens};
