//! Sentences of a small grammar, generated from a seed: to learn and to test with, where no text is at hand.

mod english;
mod korean;

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::option_limits::impossible;
use crate::random_stream::RandomStream;

/// Sentences of a text at most.
const MOST_SENTENCES: usize = 1_000_000;

/// Sentences of a paragraph, which is a line: from the first number to the second.
const PARAGRAPH: [u32; 2] = [3, 6];

/// The language of a generated text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextLanguage {
    /// English: the verb agrees with its subject, which other words stand between.
    English,
    /// Korean: the particles of subject and object follow from the last letter of their word.
    Korean,
}

/// Options of [`generated_text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextOptions {
    /// The language. Default: English.
    pub language: TextLanguage,
    /// Number of sentences, from 1 to 1,000,000. Default: 2,000.
    pub sentences: usize,
    /// Seed of all choices. Default: 1.
    pub seed: u64,
}

impl Default for TextOptions {
    fn default() -> TextOptions {
        TextOptions {
            language: TextLanguage::English,
            sentences: 2_000,
            seed: 1,
        }
    }
}

/// Generates a text, a paragraph a line. The same options give the same text, and a longer text begins with the sentences of a
/// shorter one.
///
/// ```
/// use tidegate_data::{TextLanguage, TextOptions, generated_text};
///
/// let options = TextOptions { language: TextLanguage::Korean, sentences: 10, seed: 3 };
/// let text = generated_text(options)?;
/// assert_eq!(text.matches("다.").count(), 10);
/// # Ok::<(), tidegate_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::ImpossibleOption`] for an option outside of the range that its documentation gives.
pub fn generated_text(options: TextOptions) -> Result<String, DataError> {
    let sentences = options.sentences;
    if !(1..=MOST_SENTENCES).contains(&sentences) {
        let reason = format!("a text has from 1 to {MOST_SENTENCES} sentences");
        return Err(impossible("text", "sentences", sentences, reason));
    }
    let mut random = RandomStream::of_texts(options.seed);
    let mut text = String::new();
    let mut left = 0;
    for index in 0..sentences {
        let sentence = match options.language {
            TextLanguage::English => english::sentence(&mut random),
            TextLanguage::Korean => korean::sentence(&mut random),
        };
        if left == 0 {
            left = PARAGRAPH[0] + random.below(PARAGRAPH[1] - PARAGRAPH[0] + 1);
        }
        left -= 1;
        text += &sentence;
        let ends = left == 0 || index + 1 == sentences;
        text.push(if ends { '\n' } else { ' ' });
    }
    Ok(text)
}

/// One of some words.
fn choose<T: Copy>(random: &mut RandomStream, words: &[T]) -> T {
    let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
    words[random.below(count) as usize]
}

/// Whether something happens that does so in one of `times` cases.
fn one_in(random: &mut RandomStream, times: u32) -> bool {
    random.below(times) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(language: TextLanguage, sentences: usize, seed: u64) -> String {
        let options = TextOptions {
            language,
            sentences,
            seed,
        };
        generated_text(options).unwrap()
    }

    #[test]
    fn a_seed_gives_the_same_text_and_another_seed_another() {
        for language in [TextLanguage::English, TextLanguage::Korean] {
            assert_eq!(text(language, 50, 1), text(language, 50, 1));
            assert_ne!(text(language, 50, 1), text(language, 50, 2));
            let longer = text(language, 60, 1);
            assert!(longer.starts_with(text(language, 50, 1).trim_end()));
        }
    }

    #[test]
    fn numbers_of_sentences_out_of_range_are_refused() {
        for sentences in [0, MOST_SENTENCES + 1] {
            let options = TextOptions {
                sentences,
                ..TextOptions::default()
            };
            let error = generated_text(options).unwrap_err().to_string();
            assert!(error.contains("sentences"), "{error}");
        }
    }

    #[test]
    fn a_korean_particle_follows_from_the_last_letter_of_its_word() {
        let text = text(TextLanguage::Korean, 3_000, 1);
        for (right, wrong) in [
            ("선장이 ", "선장가 "),
            ("어부가 ", "어부이 "),
            ("그물을 ", "그물를 "),
            ("배를 ", "배을 "),
        ] {
            assert!(text.contains(right) && !text.contains(wrong), "{right}");
        }
    }

    #[test]
    fn an_english_verb_agrees_with_its_subject() {
        let text = text(TextLanguage::English, 3_000, 1);
        assert!(text.contains("fisherman by the ") || text.contains("fisherman on the "));
        for sentence in text.split('.') {
            let words: Vec<&str> = sentence.split_whitespace().collect();
            let several = [
                "fishermen",
                "children",
                "gulls",
                "keepers",
                "traders",
                "seals",
            ];
            let is_several = words.iter().take(4).any(|word| several.contains(word));
            let verb = words.iter().find(|word| word.starts_with("mend"));
            if let Some(verb) = verb.filter(|_| words.contains(&"net") && !words.contains(&"and")) {
                assert_eq!(*verb == "mend", is_several, "{sentence}");
            }
        }
    }
}
