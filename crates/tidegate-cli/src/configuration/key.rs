//! A key of the configuration: what it means and what it may be set to.

use toml::Value;

use super::allowed::Allowed;

/// A key in a section of the configuration.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) section: &'static str,
    pub(crate) name: &'static str,
    /// The option of the command line without its dashes; none where there is none.
    pub(crate) option: Option<&'static str>,
    /// A word that stands for what is not a value, such as `auto`.
    pub(crate) word: Option<&'static str>,
    pub(crate) allowed: Allowed,
    /// What it means, with unit.
    pub(crate) meaning: &'static str,
    /// What the word stands for.
    pub(crate) word_meaning: &'static str,
    /// Whether `[tune.space]` may hold it.
    pub(crate) tunable: bool,
}

impl Key {
    /// Whether it takes whole numbers.
    pub(crate) fn is_count(&self) -> bool {
        matches!(self.allowed, Allowed::Count { .. })
    }

    /// Such as `model.hidden`.
    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The value in the form in which it is kept; none where it is not allowed.
    pub(crate) fn accept(&self, value: Value) -> Option<Value> {
        match (self.word, &value) {
            (Some(word), Value::String(text)) if text == word => Some(value),
            _ => self.allowed.accept(value),
        }
    }

    /// The same of a word of the command line.
    pub(crate) fn read(&self, text: &str) -> Result<Value, String> {
        let value = match self.word {
            Some(word) if text == word => Some(text.into()),
            _ => self.allowed.read(text),
        };
        value.ok_or_else(|| format!("must be {}", self.describe()))
    }

    /// What is allowed, after the words `must be`.
    pub(crate) fn describe(&self) -> String {
        match self.word {
            Some(word) => format!("{} or \"{word}\"", self.allowed.describe()),
            None => self.allowed.describe(),
        }
    }
}

pub(super) const fn key(
    section: &'static str,
    name: &'static str,
    allowed: Allowed,
    meaning: &'static str,
) -> Key {
    Key {
        section,
        name,
        option: None,
        word: None,
        allowed,
        meaning,
        word_meaning: "",
        tunable: false,
    }
}

impl Key {
    pub(super) const fn option(self, option: &'static str) -> Key {
        Key {
            option: Some(option),
            ..self
        }
    }

    pub(super) const fn word(self, word: &'static str, meaning: &'static str) -> Key {
        Key {
            word: Some(word),
            word_meaning: meaning,
            ..self
        }
    }

    pub(super) const fn tunable(self) -> Key {
        Key {
            tunable: true,
            ..self
        }
    }
}
