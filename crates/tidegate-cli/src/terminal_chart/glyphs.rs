//! The characters of a drawing.

use std::env;

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyphs {
    /// Braille, of 2 by 4 dots in each character, and shades.
    Braille,
    /// Letters and signs that every terminal has.
    Ascii,
}

impl Glyphs {
    /// What the terminal says of itself in `TERM`, and the locale of its encoding.
    pub(crate) fn of_environment() -> Glyphs {
        Glyphs::of(|name| env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Glyphs {
        let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        // The first that is set counts (POSIX, "Internationalization Variables"). Without a locale, terminals of today
        // show UTF-8 on macOS and Windows only.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set);
        let is_utf_8 = match locale {
            Some(locale) => {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            }
            None => cfg!(any(target_os = "macos", windows)),
        };
        match is_utf_8 && !is_dumb {
            true => Glyphs::Braille,
            false => Glyphs::Ascii,
        }
    }

    /// Dots of a character, across and up.
    pub(super) fn dots(self) -> [usize; 2] {
        match self {
            Glyphs::Braille => [2, 4],
            Glyphs::Ascii => [1, 1],
        }
    }

    /// What stands left of the drawing.
    pub(super) fn axis(self) -> char {
        match self {
            Glyphs::Braille => '│',
            Glyphs::Ascii => '|',
        }
    }

    /// A character with some of its dots, from the top left to the right and then down.
    pub(super) fn character(self, dots: u8, is_forecast: bool, is_shaded: bool) -> char {
        match (self, dots) {
            (Glyphs::Braille, 0) if is_shaded => '░',
            (Glyphs::Ascii, 0) if is_shaded => ':',
            (_, 0) => ' ',
            (Glyphs::Braille, dots) => braille(dots),
            (Glyphs::Ascii, _) if is_forecast => 'o',
            (Glyphs::Ascii, _) => '*',
        }
    }

    /// History, forecast and band in the legend.
    pub(super) fn samples(self) -> [&'static str; 3] {
        match self {
            Glyphs::Braille => ["⠒⠒", "⠂⠂", "░░"],
            Glyphs::Ascii => ["*", "o", ":"],
        }
    }
}

/// Unicode numbers the dots down the left column, down the right one, and then the lowest two.
fn braille(dots: u8) -> char {
    const BITS: [u32; 8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
    let bits = BITS.iter().enumerate();
    let set = bits.filter(|(index, _)| dots & (1 << index) != 0);
    char::from_u32(0x2800 + set.map(|(_, bit)| bit).sum::<u32>()).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Glyphs {
        let found = |name: &str| variables.iter().find(|(other, _)| *other == name);
        Glyphs::of(|name| found(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn braille_is_for_terminals_that_show_utf_8() {
        for (variables, glyphs) in [
            (&[("LANG", "en_GB.UTF-8")][..], Glyphs::Braille),
            (&[("LANG", "C.utf8"), ("TERM", "xterm")], Glyphs::Braille),
            (&[("LANG", "C.utf8"), ("TERM", "dumb")], Glyphs::Ascii),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], Glyphs::Ascii),
            (
                &[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8"), ("LANG", "C")],
                Glyphs::Braille,
            ),
            (&[("LANG", "de_DE.ISO-8859-1")], Glyphs::Ascii),
        ] {
            assert_eq!(of(variables), glyphs, "{variables:?}");
        }
    }

    #[test]
    fn dots_are_those_of_unicode() {
        assert_eq!(braille(0b0000_0001), '⠁');
        assert_eq!(braille(0b0000_0010), '⠈');
        assert_eq!(braille(0b0000_1100), '⠒');
        assert_eq!(braille(0b1100_0000), '⣀');
        assert_eq!(braille(0xff), '⣿');
    }
}
