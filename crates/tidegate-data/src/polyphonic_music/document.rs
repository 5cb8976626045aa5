//! The JSON document of a file of music, read by a parser that knows where in the music it stands.

use std::cell::Cell;
use std::fmt;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::MusicPlace;
use super::frame::Frame;
use crate::error::DataError;
use crate::splits::Split;

/// A reason quotes the file; a file may hold a string of any length.
const LONGEST_REASON: usize = 200;

/// The steps of one piece.
pub(super) type Piece = Vec<Frame>;

/// The pieces of the training, validation and test sets. `path` only names the text in errors.
pub(super) fn read(path: &Path, text: &[u8]) -> Result<[Vec<Piece>; 3], DataError> {
    let progress = Progress::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let found = Sets(&progress)
        .deserialize(&mut deserializer)
        .and_then(|sets| deserializer.end().map(|()| sets))
        .map_err(|error| progress.explain(path, text, &error))?;
    let mut sets = [const { Vec::new() }; 3];
    for ((set, pieces), split) in sets.iter_mut().zip(found).zip(Split::ALL) {
        *set = pieces.ok_or_else(|| DataError::MissingSplit {
            path: path.to_owned(),
            split,
        })?;
    }
    Ok(sets)
}

/// How far the reader has come, for errors.
#[derive(Default)]
struct Progress {
    place: Cell<MusicPlace>,
    /// The pitch that ended the reading.
    refused_pitch: Cell<Option<i128>>,
}

impl Progress {
    fn at(&self, change: impl FnOnce(&mut MusicPlace)) {
        let mut place = self.place.get();
        change(&mut place);
        self.place.set(place);
    }

    fn explain(&self, path: &Path, text: &[u8], error: &serde_json::Error) -> DataError {
        let (path, place) = (path.to_owned(), self.place.get());
        let (line, column) = (error.line(), error.column());
        let reason = match self.refused_pitch.get() {
            // Cut after a digit, 64 reads as 6: a pitch is complete only with something behind it.
            Some(_) if (line, column) == end_of(text) => {
                "the file is cut short (EOF while parsing a pitch)".to_owned()
            }
            Some(pitch) => {
                return DataError::PitchOutOfRange {
                    path,
                    line,
                    column,
                    place,
                    pitch,
                };
            }
            None if error.is_eof() => format!("the file is cut short ({})", reason_of(error)),
            None => reason_of(error),
        };
        DataError::MalformedMusic {
            path,
            line,
            column,
            place,
            reason,
        }
    }
}

/// Line and column of the last byte.
fn end_of(text: &[u8]) -> (usize, usize) {
    let line = 1 + text.iter().filter(|byte| **byte == b'\n').count();
    let column = text.iter().rev().take_while(|byte| **byte != b'\n').count();
    (line, column)
}

/// What the parser says, without the position and of bounded length.
fn reason_of(error: &serde_json::Error) -> String {
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let mut reason: String = message.chars().take(LONGEST_REASON).collect();
    if reason.len() < message.len() {
        reason.push('…');
    }
    reason
}

/// The document: an object with one list of pieces a set.
struct Sets<'p>(&'p Progress);

/// The pieces of one set.
struct Pieces<'p>(&'p Progress);

/// The steps of one piece.
struct Steps<'p>(&'p Progress);

/// The pitches of one step.
struct Pitches<'p>(&'p Progress);

/// One pitch, added to the frame of its step.
struct Pitch<'p>(&'p Progress, Frame);

impl<'de> Visitor<'de> for Sets<'_> {
    type Value = [Option<Vec<Piece>>; 3];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the keys train, valid and test")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut sets = [None, None, None];
        while let Some(key) = map.next_key::<String>()? {
            let Some((set, split)) = sets
                .iter_mut()
                .zip(Split::ALL)
                .find(|(_, split)| split.key() == key)
            else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if set.is_some() {
                return Err(A::Error::custom(format_args!(
                    "the key \"{key}\" is there twice"
                )));
            }
            self.0.at(|place| place.split = Some(split));
            *set = Some(map.next_value_seed(Pieces(self.0))?);
            self.0.at(|place| place.split = None);
        }
        Ok(sets)
    }
}

impl<'de> Visitor<'de> for Pieces<'_> {
    type Value = Vec<Piece>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of pieces")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut pieces = Vec::new();
        loop {
            self.0.at(|place| place.piece = Some(pieces.len()));
            let Some(piece) = list.next_element_seed(Steps(self.0))? else {
                break;
            };
            pieces.push(piece);
        }
        self.0.at(|place| place.piece = None);
        Ok(pieces)
    }
}

impl<'de> Visitor<'de> for Steps<'_> {
    type Value = Piece;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a piece, which is a list of steps")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut frames = Vec::new();
        loop {
            self.0.at(|place| place.step = Some(frames.len()));
            let Some(frame) = list.next_element_seed(Pitches(self.0))? else {
                break;
            };
            frames.push(frame);
        }
        self.0.at(|place| place.step = None);
        Ok(frames)
    }
}

impl<'de> Visitor<'de> for Pitches<'_> {
    type Value = Frame;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step, which is a list of MIDI pitches")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut frame = Frame::default();
        while let Some(extended) = list.next_element_seed(Pitch(self.0, frame))? {
            frame = extended;
        }
        Ok(frame)
    }
}

impl Pitch<'_> {
    fn add<E: Error>(self, pitch: i128) -> Result<Frame, E> {
        self.1.with(pitch).ok_or_else(|| {
            self.0.refused_pitch.set(Some(pitch));
            E::custom("not on the piano")
        })
    }
}

impl<'de> Visitor<'de> for Pitch<'_> {
    type Value = Frame;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a MIDI pitch, which is a whole number from 21 to 108")
    }

    fn visit_u64<E: Error>(self, pitch: u64) -> Result<Frame, E> {
        self.add(i128::from(pitch))
    }

    fn visit_i64<E: Error>(self, pitch: i64) -> Result<Frame, E> {
        self.add(i128::from(pitch))
    }
}

impl<'de> DeserializeSeed<'de> for Sets<'_> {
    type Value = [Option<Vec<Piece>>; 3];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> DeserializeSeed<'de> for Pieces<'_> {
    type Value = Vec<Piece>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> DeserializeSeed<'de> for Steps<'_> {
    type Value = Piece;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> DeserializeSeed<'de> for Pitches<'_> {
    type Value = Frame;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> DeserializeSeed<'de> for Pitch<'_> {
    type Value = Frame;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

#[cfg(test)]
mod tests;
