//! Music in four parts, generated from a seed: to learn and to test with, where no music is at hand.

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::music::{MusicPieces, Piece};
use crate::option_limits::impossible;
use crate::random_stream::RandomStream;

/// Pieces at least and at most.
const PIECES: [usize; 2] = [3, 100_000];

/// Chords of a piece before the two of its end: from the first number to the second.
const CHORDS: [u32; 2] = [8, 14];

/// Steps of a chord.
const STEPS: usize = 2;

/// Semitones of a chord's notes above the tonic, root first: I, ii, IV, V and vi of a major key.
const TRIADS: [[u8; 3]; 5] = [[0, 4, 7], [2, 5, 9], [5, 9, 0], [7, 11, 2], [9, 0, 4]];

/// Chords that may follow each of these.
const NEXT: [&[usize]; 5] = [&[1, 2, 3, 4], &[3], &[0, 1, 3], &[0, 4], &[1, 2]];

/// Lowest and highest pitch of bass, tenor, alto and soprano.
const RANGES: [[u8; 2]; 4] = [[40, 55], [50, 64], [57, 71], [62, 79]];

/// Options of [`generated_music`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MusicOptions {
    /// Number of pieces, from 3 to 100,000: of every ten, one is for validation and one for the test, at least one each.
    /// Default: 60.
    pub pieces: usize,
    /// Seed of all choices. Default: 1.
    pub seed: u64,
}

impl Default for MusicOptions {
    fn default() -> MusicOptions {
        MusicOptions {
            pieces: 60,
            seed: 1,
        }
    }
}

/// Generates chorales of a very simple kind. Each is in a major key of its own; chords follow each other as textbooks of harmony
/// have it and end with V and I; the bass sings the root, each other part the note of the chord that is nearest to its last, and
/// the highest part may move within a chord.
///
/// # Errors
/// [`DataError::ImpossibleOption`] for an option outside of the range that its documentation gives.
pub fn generated_music(options: MusicOptions) -> Result<MusicPieces, DataError> {
    if !(PIECES[0]..=PIECES[1]).contains(&options.pieces) {
        let reason = format!("there are from {} to {} pieces", PIECES[0], PIECES[1]);
        return Err(impossible("music", "pieces", options.pieces, reason));
    }
    let mut random = RandomStream::of_music(options.seed);
    let mut pieces: Vec<Piece> = (0..options.pieces).map(|_| piece(&mut random)).collect();
    let held_back = (options.pieces / 10).max(1);
    let test = pieces.split_off(options.pieces - held_back);
    let valid = pieces.split_off(pieces.len() - held_back);
    Ok(MusicPieces {
        train: pieces,
        valid,
        test,
    })
}

fn piece(random: &mut RandomStream) -> Piece {
    let tonic = random.below(12) as u8;
    let length = CHORDS[0] + random.below(CHORDS[1] - CHORDS[0] + 1);
    let mut chords = vec![0];
    while chords.len() < length as usize {
        let next = NEXT[chords[chords.len() - 1]];
        chords.push(next[random.below(next.len() as u32) as usize]);
    }
    chords.extend([3, 0]);
    let mut voices = RANGES.map(|[lowest, highest]| (lowest + highest) / 2);
    let mut steps = Piece::new();
    for (index, &chord) in chords.iter().enumerate() {
        let triad = TRIADS[chord].map(|interval| (tonic + interval) % 12);
        let mut below = 0;
        for (part, voice) in voices.iter_mut().enumerate() {
            let notes = if part == 0 { &triad[..1] } else { &triad[..] };
            *voice = nearest(*voice, notes, part, below);
            below = *voice;
        }
        for step in 0..STEPS {
            let is_last = index + 1 == chords.len();
            if step > 0 && !is_last && random.below(2) == 0 {
                // The next note of the chord above or below, if the part reaches it.
                let up = random.below(2) == 0;
                voices[3] = neighbour(voices[3], &triad, voices[2], up);
            }
            steps.push(voices.into_iter().rev().collect());
        }
    }
    steps
}

/// The pitch of some notes nearest to the last one of a part, within its range and above the part below; of two as near the
/// lower.
fn nearest(last: u8, notes: &[u8], part: usize, below: u8) -> u8 {
    let [lowest, highest] = RANGES[part];
    let pitches =
        (lowest..=highest).filter(|pitch| *pitch > below && notes.contains(&(pitch % 12)));
    // A range holds every note once at least, and reaches far enough above that of the part below.
    pitches
        .min_by_key(|pitch| pitch.abs_diff(last))
        .unwrap_or(below + 1)
}

/// The next note of a chord above or below the highest part's pitch; the same where the part does not reach it.
fn neighbour(pitch: u8, triad: &[u8], below: u8, up: bool) -> u8 {
    let [_, highest] = RANGES[3];
    let is_note = |pitch: &u8| triad.contains(&(pitch % 12));
    let next = match up {
        true => (pitch + 1..=highest).find(is_note),
        false => (below + 1..pitch).rev().find(is_note),
    };
    next.unwrap_or(pitch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::NoteStatistics;

    fn music(pieces: usize, seed: u64) -> MusicPieces {
        generated_music(MusicOptions { pieces, seed }).unwrap()
    }

    #[test]
    fn every_step_has_four_voices_of_one_chord_on_the_piano() {
        let music = music(400, 1);
        let all = [&music.train, &music.valid, &music.test];
        for chord in all.into_iter().flatten().flatten() {
            assert!(
                chord.is_sorted_by(|above, below| above > below),
                "{chord:?}"
            );
            let mut notes: Vec<u8> = chord.iter().map(|pitch| pitch % 12).collect();
            notes.sort_unstable();
            notes.dedup();
            assert!(chord.len() == 4 && notes.len() <= 3, "{chord:?}");
            assert!(chord.iter().all(|pitch| (40..=79).contains(pitch)));
        }
        let statistics = NoteStatistics::of(&music.train);
        assert!(statistics.durations.len() > 3);
    }

    #[test]
    fn a_seed_gives_the_same_music_and_one_in_ten_pieces_is_held_back_twice() {
        assert_eq!(music(60, 1), music(60, 1));
        assert_ne!(music(60, 1).train, music(60, 2).train);
        let music = music(60, 1);
        let counts = [music.train.len(), music.valid.len(), music.test.len()];
        assert_eq!(counts, [48, 6, 6]);
    }

    #[test]
    fn numbers_of_pieces_out_of_range_are_refused() {
        for pieces in [0, 2, 100_001] {
            let error = generated_music(MusicOptions { pieces, seed: 1 }).unwrap_err();
            assert!(error.to_string().contains("pieces"));
        }
    }
}
