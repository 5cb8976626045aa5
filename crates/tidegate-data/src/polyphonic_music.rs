//! Polyphonic music: predict the next chord from those before.

mod document;
mod frame;

use std::fmt;
use std::path::Path;

use crate::error::DataError;
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::regular_file::read_regular_file;
use crate::sequence::{Inputs, Sequence, Targets};
use crate::sequence_set::SequenceSet;
use crate::splits::{Split, Splits};
use document::Piece;
use frame::{Frame, KEYS};

/// A place in a file of music, as far as a reader knows it. Pieces and steps are counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MusicPlace {
    /// The set.
    pub split: Option<Split>,
    /// Index of the piece in its set.
    pub piece: Option<usize>,
    /// Index of the step in its piece.
    pub step: Option<usize>,
}

/// Reads piano music in the form that Boulanger-Lewandowski et al. 2012 (arXiv 1206.6392) made a
/// benchmark: to predict which of the 88 keys sound at a step from all steps before it.
///
/// The file is a JSON object with the keys `train`, `valid` and `test`, in any order; other keys
/// are passed over. Each holds a list of pieces, a piece is a list of steps, a step is the list of
/// the MIDI pitches that sound, from 21 to 108; `[]` is a silent step. A step is a set: neither the
/// order of its pitches nor a pitch listed twice means anything.
///
/// ```json
/// {"train": [[[60, 64, 67], [62], []], [[60], [60]]], "valid": [[[60], [62]]], "test": [[[60], [62]]]}
/// ```
///
/// Column `pitch − 21` of a step's features is 1 where the pitch sounds and 0 elsewhere. Every step of
/// a piece is a label, and the input at each step is the step before it; before the first stands
/// silence. So the first step is predicted too, and a loss per step is pooled over all steps that the
/// published tables count (a model of independent keys scores their 11.060 nats on JSB Chorales and
/// 10.252 on Nottingham). Experiments that are given the first step instead, as those of Bai et al.
/// 2018 (arXiv 1803.01271), pool over fewer steps. The name of the task is the file's, without
/// its extension.
///
/// The file may be up to 1 GiB large; the sets take 704 bytes for each predicted step.
///
/// ```
/// let folder = std::env::temp_dir().join(format!("tidegate-music-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let path = folder.join("organ.json");
/// std::fs::write(&path, r#"{"train": [[[60, 64], [62]], [[48], [12]]], "valid": [], "test": []}"#)?;
/// let error = tidegate_data::polyphonic_music(&path).unwrap_err().to_string();
/// assert!(error.ends_with(
///     "organ.json, line 1, column 39 (training set, piece 1, step 1): \
///      pitch 12 is not on the piano, which has the MIDI pitches 21 to 108"
/// ), "{error}");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// - [`DataError::Unreadable`], [`DataError::IsFolder`] or, for a pipe or a device,
///   [`DataError::NotRegular`] where there is no file to read;
/// - [`DataError::MalformedMusic`] for anything but such a document, also one that is cut short,
///   with line, column, set, piece and step;
/// - [`DataError::PitchOutOfRange`] for a pitch that is not on the piano, with the same;
/// - [`DataError::MissingSplit`], [`DataError::EmptySplit`] and [`DataError::EmptyPiece`] for a set
///   that is missing or holds no piece, and for a piece without steps.
pub fn polyphonic_music(path: impl AsRef<Path>) -> Result<Splits, DataError> {
    let path = path.as_ref();
    let [train, valid, test] = document::read(path, &read_regular_file(path)?)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Splits::new(
        name,
        sequence_set(path, Split::Train, train)?,
        sequence_set(path, Split::Valid, valid)?,
        sequence_set(path, Split::Test, test)?,
    )
}

/// The pieces of the training, validation and test sets as lists of pitches, the highest first. `path` only names the bytes
/// in errors.
pub(crate) fn read_pieces(path: &Path, bytes: &[u8]) -> Result<[Vec<Vec<Vec<u8>>>; 3], DataError> {
    let sets = document::read(path, bytes)?;
    for (split, pieces) in Split::ALL.into_iter().zip(&sets) {
        check_pieces(path, split, pieces)?;
    }
    let pitches = |piece: Piece| piece.into_iter().map(Frame::pitches).collect();
    Ok(sets.map(|pieces| pieces.into_iter().map(pitches).collect()))
}

fn check_pieces(path: &Path, split: Split, pieces: &[Piece]) -> Result<(), DataError> {
    let path = || path.to_owned();
    if pieces.is_empty() {
        return Err(DataError::EmptySplit {
            path: path(),
            split,
        });
    }
    match pieces.iter().position(Vec::is_empty) {
        Some(piece) => Err(DataError::EmptyPiece {
            path: path(),
            split,
            piece,
        }),
        None => Ok(()),
    }
}

fn sequence_set(path: &Path, split: Split, pieces: Vec<Piece>) -> Result<SequenceSet, DataError> {
    check_pieces(path, split, &pieces)?;
    let sequences = pieces
        .iter()
        .map(|frames| {
            let last = frames.len().saturating_sub(1);
            let before = std::iter::once(Frame::default()).chain(frames[..last].iter().copied());
            Sequence {
                inputs: Inputs::Features {
                    size: KEYS,
                    values: piano_roll(before),
                },
                targets: Targets::Labels(piano_roll(frames.iter().copied())),
            }
        })
        .collect();
    SequenceSet::new(
        InputKind::Features { size: KEYS },
        TargetKind::Labels { count: KEYS },
        Supervision::EveryStep,
        sequences,
    )
}

/// Zeros and ones, `[frames, keys]`.
fn piano_roll(frames: impl Iterator<Item = Frame>) -> Vec<f32> {
    frames.flat_map(Frame::columns).collect()
}

impl fmt::Display for MusicPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(split) = self.split else {
            return f.write_str("outside the sets");
        };
        write!(f, "{split} set")?;
        if let Some(piece) = self.piece {
            write!(f, ", piece {piece}")?;
        }
        if let Some(step) = self.step {
            write!(f, ", step {step}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
