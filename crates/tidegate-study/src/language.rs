//! The languages that pages and pictures speak.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean, with the field's Korean terms.
    Korean,
}

impl Language {
    /// Its code: `en` or `ko`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.pick("en", "ko")
    }

    /// The text in this language.
    #[must_use]
    pub fn pick<'a>(self, english: &'a str, korean: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Korean => korean,
        }
    }
}
