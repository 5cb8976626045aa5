//! Text that comes from outside, such as a file's name, made safe to show.

/// Control characters, which a terminal would obey, as escapes.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_all_else_stays() {
        assert_eq!(visible("bach, opus 2 \"é\""), "bach, opus 2 \"é\"");
        assert_eq!(visible("a\u{1b}[2Jb\r\nc\u{9b}"), r"a\u{1b}[2Jb\r\nc\u{9b}");
    }
}
