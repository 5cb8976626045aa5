//! The tokens that write a piece, and the pieces that they write.
//!
//! A piece begins with [`MusicToken::Piece`]. Each step is written as its pitches from the highest to the lowest, then
//! [`MusicToken::Step`]. After the last step stands [`MusicToken::Piece`] again. So a piece has one spelling only, and the
//! probability of a step is the product of those of its tokens.

use super::pieces::Piece;

/// The lowest and the highest key of a piano, as MIDI pitches.
const KEYS: [u8; 2] = [21, 108];

/// Tokens before those of the pitches.
const BEFORE_PITCHES: u32 = 2;

/// One token of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MusicToken {
    /// A piece begins, or has ended.
    Piece,
    /// The step is complete.
    Step,
    /// A key sounds, by its MIDI pitch.
    Pitch(u8),
}

impl MusicToken {
    /// Number of tokens.
    pub const COUNT: usize = BEFORE_PITCHES as usize + (KEYS[1] - KEYS[0]) as usize + 1;

    /// Number of the token.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            MusicToken::Piece => 0,
            MusicToken::Step => 1,
            MusicToken::Pitch(pitch) => BEFORE_PITCHES + u32::from(pitch.saturating_sub(KEYS[0])),
        }
    }

    /// The token of a number below [`MusicToken::COUNT`].
    #[must_use]
    pub fn of(number: u32) -> Option<MusicToken> {
        match number {
            0 => Some(MusicToken::Piece),
            1 => Some(MusicToken::Step),
            _ => {
                let key = u8::try_from(number - BEFORE_PITCHES).ok()?;
                let pitch = key.checked_add(KEYS[0])?;
                (pitch <= KEYS[1]).then_some(MusicToken::Pitch(pitch))
            }
        }
    }

    /// Whether `next` may follow this token: a piece has at least one step and ends only after a step, and a pitch lies below
    /// the one before it in the step.
    #[must_use]
    pub fn may_precede(self, next: MusicToken) -> bool {
        match (self, next) {
            (MusicToken::Pitch(above), MusicToken::Pitch(below)) => below < above,
            (MusicToken::Piece | MusicToken::Pitch(_), MusicToken::Piece) => false,
            _ => true,
        }
    }
}

/// The tokens of a piece whose every pitch is moved by `shift` semitones.
///
/// ```
/// use tidegate_data::{MusicToken, music_tokens};
///
/// let tokens = music_tokens(&[vec![67, 60], vec![]], 2);
/// let expected = [
///     MusicToken::Piece, MusicToken::Pitch(69), MusicToken::Pitch(62), MusicToken::Step, MusicToken::Step, MusicToken::Piece,
/// ];
/// assert_eq!(tokens, expected.map(MusicToken::number));
/// ```
#[must_use]
pub fn music_tokens(piece: &[Vec<u8>], shift: i8) -> Vec<u32> {
    let mut tokens = vec![MusicToken::Piece];
    for chord in piece {
        let pitches = chord.iter().map(|pitch| pitch.saturating_add_signed(shift));
        tokens.extend(pitches.map(MusicToken::Pitch));
        tokens.push(MusicToken::Step);
    }
    tokens.push(MusicToken::Piece);
    tokens.into_iter().map(MusicToken::number).collect()
}

/// Puts pieces together from tokens.
#[derive(Clone, Debug, Default)]
pub struct PieceWriter {
    chord: Vec<u8>,
    steps: Piece,
}

impl PieceWriter {
    /// Takes the next token; gives the chord that it completes.
    pub fn push(&mut self, token: MusicToken) -> Option<&[u8]> {
        match token {
            MusicToken::Piece => None,
            MusicToken::Pitch(pitch) => {
                self.chord.push(pitch);
                None
            }
            MusicToken::Step => {
                self.steps.push(std::mem::take(&mut self.chord));
                self.steps.last().map(Vec::as_slice)
            }
        }
    }

    /// Steps that are complete.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// The steps that are complete.
    #[must_use]
    pub fn into_piece(self) -> Piece {
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Chords whose pitches fall.
    fn pieces() -> impl Strategy<Value = Piece> {
        let chord = prop::collection::btree_set(KEYS[0]..=KEYS[1], 0..6);
        let falling = chord.prop_map(|pitches| pitches.into_iter().rev().collect());
        prop::collection::vec(falling, 1..20)
    }

    #[test]
    fn every_number_is_one_token() {
        for number in 0..MusicToken::COUNT as u32 {
            assert_eq!(MusicToken::of(number).map(MusicToken::number), Some(number));
        }
        assert_eq!(MusicToken::of(MusicToken::COUNT as u32), None);
        assert_eq!(MusicToken::of(u32::MAX), None);
        assert_eq!(
            MusicToken::Pitch(108).number() as usize,
            MusicToken::COUNT - 1
        );
    }

    #[test]
    fn only_lower_pitches_follow_a_pitch_and_no_piece_is_empty() {
        use MusicToken::{Piece, Pitch, Step};
        assert!(Pitch(60).may_precede(Pitch(59)) && Pitch(60).may_precede(Step));
        assert!(!Pitch(60).may_precede(Pitch(60)) && !Pitch(60).may_precede(Pitch(61)));
        assert!(!Pitch(60).may_precede(Piece) && !Piece.may_precede(Piece));
        assert!(Step.may_precede(Piece) && Step.may_precede(Step) && Piece.may_precede(Step));
    }

    proptest! {
        #[test]
        fn a_piece_comes_back_from_its_tokens_and_each_may_follow_the_one_before(piece in pieces()) {
            let tokens: Option<Vec<MusicToken>> = music_tokens(&piece, 0).into_iter().map(MusicToken::of).collect();
            let tokens = tokens.unwrap();
            prop_assert!(tokens.windows(2).all(|pair| pair[0].may_precede(pair[1])));
            let mut writer = PieceWriter::default();
            for token in tokens {
                writer.push(token);
            }
            prop_assert_eq!(writer.into_piece(), piece);
        }
    }
}
