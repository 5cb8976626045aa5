//! The characters that a model of text knows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{TextError, TextPlace};

/// Distinct characters in the order of their code points: a character's token is its index.
///
/// In JSON it is a string of all of them.
///
/// ```
/// use tidegate_data::Characters;
///
/// let characters = Characters::of("banana");
/// assert_eq!(characters.encode("nab")?, [2, 0, 1]);
/// assert_eq!(characters.decode(2), Some('n'));
/// # Ok::<(), tidegate_data::TextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Characters(Vec<char>);

impl Characters {
    /// The characters of a text.
    #[must_use]
    pub fn of(text: &str) -> Characters {
        let distinct: BTreeSet<char> = text.chars().collect();
        Characters(distinct.into_iter().collect())
    }

    /// Number of characters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The token of a character.
    #[must_use]
    pub fn token(&self, character: char) -> Option<u32> {
        let index = self.0.binary_search(&character).ok()?;
        u32::try_from(index).ok()
    }

    /// The character of a token.
    #[must_use]
    pub fn decode(&self, token: u32) -> Option<char> {
        self.0.get(token as usize).copied()
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// [`TextError::UnknownCharacter`] names the first character that is not among these, and its place.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, TextError> {
        // Nearly every character of nearly every text is among the first; a search is left for the others.
        let mut first = [None; 128];
        for (token, character) in (0..).zip(&self.0) {
            if let Some(place) = first.get_mut(*character as usize) {
                *place = Some(token);
            }
        }
        let token = |character: char| match first.get(character as usize) {
            Some(token) => *token,
            None => self.token(character),
        };
        let mut tokens = Vec::with_capacity(text.len());
        for (offset, character) in text.char_indices() {
            let token = token(character).ok_or_else(|| TextError::UnknownCharacter {
                place: TextPlace::after(&text[..offset]),
                character,
                known: self.len(),
            })?;
            tokens.push(token);
        }
        Ok(tokens)
    }
}

impl From<Characters> for String {
    fn from(characters: Characters) -> String {
        characters.0.into_iter().collect()
    }
}

impl TryFrom<String> for Characters {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Characters, Self::Error> {
        let characters: Vec<char> = text.chars().collect();
        match characters.is_sorted_by(|one, next| one < next) {
            true => Ok(Characters(characters)),
            false => Err(
                "the characters of a vocabulary stand in the order of their code points, each once",
            ),
        }
    }
}
