//! What a model goes on from.

use std::collections::BTreeSet;

use tidegate_data::{Piece, TextError, read_text};
use tidegate_train::{NextModel, TrainError};

use crate::failure::Failure;
use crate::generate::model_arguments::ModelArguments;

/// The bytes of the prompt, and what it is called in messages; none where nothing is given, or nothing in quotes.
fn given(arguments: &ModelArguments) -> Result<Option<(Vec<u8>, String)>, Failure> {
    Ok(match (&arguments.prompt, &arguments.prompt_file) {
        (_, Some(path)) => Some((read_text(path)?, path.display().to_string())),
        (Some(text), None) if !text.is_empty() => {
            Some((text.clone().into_bytes(), "the prompt".to_owned()))
        }
        _ => None,
    })
}

/// The tokens of a text to go on from.
pub(super) fn text(arguments: &ModelArguments, model: &NextModel) -> Result<Vec<u32>, Failure> {
    let Some((bytes, name)) = given(arguments)? else {
        return Ok(Vec::new());
    };
    match model.plan.material.encode_text(&bytes) {
        // A byte order mark alone.
        Err(TrainError::Text(TextError::Empty)) => Ok(Vec::new()),
        result => result.map_err(|error| Failure::of_data(&name, error)),
    }
}

/// The steps of a piece to go on from.
pub(super) fn music(arguments: &ModelArguments) -> Result<Piece, Failure> {
    let Some((bytes, name)) = given(arguments)? else {
        return Ok(Piece::new());
    };
    steps(&bytes).map_err(|reason| Failure::MusicalPrompt { name, reason })
}

/// The steps that bytes hold as a JSON list of lists of pitches; else what is wrong.
fn steps(bytes: &[u8]) -> Result<Piece, String> {
    let chords: Vec<Vec<i64>> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut steps = Piece::new();
    for (step, chord) in chords.into_iter().enumerate() {
        let pitches = chord.into_iter().map(|pitch| match u8::try_from(pitch) {
            Ok(pitch @ 21..=108) => Ok(pitch),
            _ => Err(format!(
                "step {step}: pitch {pitch} is not on the piano, which has the MIDI pitches 21 to 108"
            )),
        });
        // From the highest to the lowest, each once.
        let pitches: BTreeSet<u8> = pitches.collect::<Result<_, _>>()?;
        steps.push(pitches.into_iter().rev().collect());
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pitches_of_a_step_may_stand_in_any_order() {
        assert_eq!(steps(b"[[60, 67, 60], []]"), Ok(vec![vec![67, 60], vec![]]));
    }

    #[test]
    fn what_is_no_music_is_named() {
        for (text, part) in [
            ("[[60, 12]]", "step 0: pitch 12 is not on the piano"),
            ("[[60], [-1]]", "step 1: pitch -1"),
            ("[60]", "line 1"),
            ("[[60", "EOF"),
            ("do re mi", "line 1"),
        ] {
            let error = steps(text.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
