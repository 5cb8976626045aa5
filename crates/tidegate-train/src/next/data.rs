//! A text or pieces of music, prepared: their tokens as sequences to train, to validate and to test on.

use std::collections::HashSet;

use tidegate_data::{
    Characters, InputKind, Inputs, MusicToken, NoteStatistics, Piece, Sequence, SequenceSet, Split,
    Supervision, TargetKind, Targets, decode_utf8, music_tokens,
};

use super::corpus::{Corpus, TokenKind};
use super::model::{Material, TextPart};
use super::recipe::NextRecipe;
use crate::error::TrainError;
use crate::fingerprint::of_tokens;

/// Windows that a stream of the training part has at least, unless the text is shorter than that.
const LEAST_WINDOWS: usize = 8;

/// The window by which streams are counted where sequences are not cut into windows.
const USUAL_WINDOW: usize = 100;

/// Sequences of tokens whose targets are the tokens that follow.
#[derive(Clone, Debug, PartialEq)]
pub struct NextData {
    /// What the model will know of its tokens.
    pub material: Material,
    /// Streams of the training part of a text, of equal length; or training pieces, each as often as it is moved.
    pub train: SequenceSet,
    /// The validation part: of a text one stream.
    pub valid: SequenceSet,
    /// The test part, where there is one.
    pub test: Option<SequenceSet>,
    /// Distinct characters that stand in the validation or test part alone: the model never learns what they are like.
    pub unlearnt: usize,
}

impl NextData {
    pub(super) fn of(recipe: &NextRecipe, corpus: &Corpus) -> Result<NextData, TrainError> {
        match corpus {
            Corpus::Text(bytes) => text(recipe, bytes),
            Corpus::Music(pieces) => {
                if let Some(TokenKind::Characters | TokenKind::Bytes) = recipe.tokens {
                    return Err(TrainError::Option {
                        option: "tokens",
                        reason: "are those of a text, but the file holds music".to_owned(),
                    });
                }
                let shifts = |piece: &Piece| shifts(piece, &pieces.train, recipe.transpose);
                let moved = pieces.train.iter().flat_map(|piece| {
                    let shifts = shifts(piece).into_iter();
                    shifts.map(|shift| music_tokens(piece, shift))
                });
                let vocabulary = MusicToken::COUNT;
                let still = |split| music_set(pieces.get(split));
                Ok(NextData {
                    material: Material::Music {
                        transpose: recipe.transpose,
                        statistics: NoteStatistics::of(&pieces.train),
                    },
                    train: set(vocabulary, moved.collect())?,
                    valid: still(Split::Valid)?,
                    test: Some(still(Split::Test)?),
                    unlearnt: 0,
                })
            }
        }
    }
}

fn text(recipe: &NextRecipe, bytes: &[u8]) -> Result<NextData, TrainError> {
    recipe.training.validate()?;
    let (tokens, characters) = match recipe.tokens.unwrap_or(TokenKind::Characters) {
        TokenKind::Characters => {
            let text = decode_utf8(bytes)?;
            let characters = Characters::of(text);
            (characters.encode(text)?, Some(characters))
        }
        TokenKind::Bytes => (byte_tokens(bytes), None),
        TokenKind::Music => {
            return Err(TrainError::Option {
                option: "tokens",
                reason: "are those of music, but the file holds a text".to_owned(),
            });
        }
    };
    let [validation, test] = recipe.held_back(tokens.len())?;
    let training = tokens.len() - validation - test;
    let (train, rest) = tokens.split_at(training);
    let (valid, test) = rest.split_at(validation);
    let part = TextPart {
        training,
        validation,
        fingerprint: of_tokens(train),
    };
    let learnt: HashSet<u32> = train.iter().copied().collect();
    let material = match characters {
        Some(characters) => Material::Characters { characters, part },
        None => Material::Bytes { part },
    };
    let vocabulary = material.vocabulary();
    let unlearnt = match &material {
        Material::Characters { .. } => vocabulary - learnt.len(),
        _ => 0,
    };
    let window = recipe.training.window.unwrap_or(USUAL_WINDOW);
    let predicted = training - 1;
    let streams = predicted / window.saturating_mul(LEAST_WINDOWS);
    let streams = streams.clamp(1, recipe.training.batch_size);
    let length = predicted / streams;
    // Neighbours share a token: the last target of one is the first input of the next.
    let streams = (0..streams).map(|stream| &train[stream * length..][..=length]);
    let test = (!test.is_empty()).then(|| set(vocabulary, vec![test.to_vec()]));
    Ok(NextData {
        train: set(vocabulary, streams.map(<[u32]>::to_vec).collect())?,
        valid: set(vocabulary, vec![valid.to_vec()])?,
        test: test.transpose()?,
        unlearnt,
        material,
    })
}

/// Shifts by which a training piece is moved: no more than so many semitones, and not beyond the lowest and the highest
/// pitch of all training pieces.
fn shifts(piece: &Piece, training: &[Piece], most: u8) -> Vec<i8> {
    let range = |pieces: &[Piece]| {
        let pitches = || pieces.iter().flatten().flatten().copied();
        Some((pitches().min()?, pitches().max()?))
    };
    let (Some(all), Some(own)) = (range(training), range(std::slice::from_ref(piece))) else {
        return vec![0];
    };
    let most = i16::from(most);
    let down = most.min(i16::from(own.0) - i16::from(all.0));
    let up = most.min(i16::from(all.1) - i16::from(own.1));
    (-down..=up)
        .filter_map(|shift| i8::try_from(shift).ok())
        .collect()
}

/// One token a byte.
pub(super) fn byte_tokens(bytes: &[u8]) -> Vec<u32> {
    bytes.iter().copied().map(u32::from).collect()
}

/// Pieces as they are.
pub(super) fn music_set(pieces: &[Piece]) -> Result<SequenceSet, TrainError> {
    let tokens = pieces.iter().map(|piece| music_tokens(piece, 0));
    set(MusicToken::COUNT, tokens.collect())
}

/// Sequences of two tokens or more, each of which is to predict its next.
pub(super) fn set(vocabulary: usize, sequences: Vec<Vec<u32>>) -> Result<SequenceSet, TrainError> {
    let sequences = sequences.into_iter().map(|mut tokens| {
        let targets = tokens[1..].to_vec();
        tokens.pop();
        Sequence {
            inputs: Inputs::Tokens(tokens),
            targets: Targets::Classes(targets),
        }
    });
    SequenceSet::new(
        InputKind::Tokens { vocabulary },
        TargetKind::Classes { count: vocabulary },
        Supervision::EveryStep,
        sequences.collect(),
    )
    .map_err(|problem| TrainError::Data {
        part: "token",
        problem: Box::new(problem),
    })
}

#[cfg(test)]
mod tests {
    use tidegate_data::MusicPieces;

    use super::*;

    fn inputs(set: &SequenceSet) -> Vec<Vec<u32>> {
        let tokens = set.sequences.iter().map(|sequence| match &sequence.inputs {
            Inputs::Tokens(tokens) => tokens.clone(),
            Inputs::Features { .. } => Vec::new(),
        });
        tokens.collect()
    }

    #[test]
    fn the_training_part_is_cut_into_streams_of_equal_length_and_the_last_tenth_is_held_back() {
        let mut recipe = NextRecipe::default();
        recipe.training.window = Some(2);
        recipe.training.batch_size = 3;
        let text: String = ('a'..='j').cycle().take(100).collect();
        let data = NextData::of(&recipe, &Corpus::Text(text.into_bytes())).unwrap();
        // 90 tokens hold 89 pairs of a token and its next: three streams of 29.
        assert_eq!(data.train.len(), 3);
        assert!((0..3).all(|stream| data.train.sequence_length(stream) == 29));
        let streams = inputs(&data.train);
        assert_eq!((streams[0][0], streams[1][0], streams[2][0]), (0, 9, 8));
        assert_eq!((data.valid.len(), data.valid.total_steps()), (1, 9));
        assert!(data.test.is_none());
        // Where eight windows a stream are too many, there are fewer streams.
        recipe.training.window = Some(6);
        let text: String = ('a'..='j').cycle().take(100).collect();
        let data = NextData::of(&recipe, &Corpus::Text(text.into_bytes())).unwrap();
        assert_eq!((data.train.len(), data.train.total_steps()), (1, 89));
    }

    #[test]
    fn there_are_no_more_streams_than_are_learnt_side_by_side() {
        let mut recipe = NextRecipe::default();
        recipe.training.window = Some(1);
        for (batch_size, length) in [(6, 10), (7, 8), (1, 60)] {
            recipe.training.batch_size = batch_size;
            // 60 tokens to learn from and one before them, and six held back.
            let text = "a".repeat(67);
            let data = NextData::of(&recipe, &Corpus::Text(text.into_bytes())).unwrap();
            assert_eq!(data.train.len(), batch_size.min(7));
            assert_eq!(data.train.sequence_length(0), length);
        }
        recipe.training.window = Some(0);
        let error = NextData::of(&recipe, &Corpus::Text("a".repeat(67).into())).unwrap_err();
        assert!(error.to_string().contains("window is 0"), "{error}");
    }

    #[test]
    fn a_text_too_short_for_its_parts_is_refused() {
        let corpus = Corpus::Text(b"abcdefgh".to_vec());
        let error = NextData::of(&NextRecipe::default(), &corpus).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("8 tokens"), "{message}");
    }

    #[test]
    fn characters_that_are_only_held_back_are_counted() {
        let text = "ab".repeat(45) + "abcde한abcd";
        let data = NextData::of(&NextRecipe::default(), &Corpus::Text(text.into_bytes())).unwrap();
        assert_eq!(data.unlearnt, 4);
        assert_eq!(data.material.vocabulary(), 6);
    }

    #[test]
    fn training_pieces_are_moved_within_the_range_of_all() {
        let pieces = MusicPieces {
            train: vec![vec![vec![60, 50]], vec![vec![62, 48]]],
            valid: vec![vec![vec![60]]],
            test: vec![vec![vec![60], vec![]]],
        };
        let recipe = NextRecipe {
            transpose: 5,
            ..NextRecipe::default()
        };
        let data = NextData::of(&recipe, &Corpus::Music(pieces)).unwrap();
        let highest: Vec<u32> = inputs(&data.train).iter().map(|tokens| tokens[1]).collect();
        let pitch = |pitch| MusicToken::Pitch(pitch).number();
        let expected = [58, 59, 60, 61, 62, 62].map(pitch);
        assert_eq!(highest, expected);
        assert_eq!(data.valid.total_steps(), 3);
        assert_eq!(data.test.unwrap().total_steps(), 4);
    }
}
