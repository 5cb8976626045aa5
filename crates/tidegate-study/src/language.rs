//! The languages of what people read.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::English, Language::Korean];

    /// Its code, as in HTML: `en` or `ko`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.pick("en", "ko")
    }

    /// Which of two, by the language.
    #[must_use]
    pub fn pick<T>(self, english: T, korean: T) -> T {
        match self {
            Language::English => english,
            Language::Korean => korean,
        }
    }
}
