//! Sentences in lines of readable length.

/// Characters that a line has at most, unless a single word is longer.
const WIDTH: usize = 100;

/// Breaks a text between words; every line ends with a line feed.
pub(crate) fn paragraph(text: &str) -> String {
    let (mut lines, mut width) = (String::new(), 0);
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > WIDTH {
            lines.push('\n');
            width = 0;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_none_is_lost() {
        let text = "one thirteen ± ".repeat(30);
        let broken = paragraph(&text);
        assert!(broken.lines().count() > 3);
        assert!(broken.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(broken.split_whitespace().eq(text.split_whitespace()));
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let word = "x".repeat(2 * WIDTH);
        assert_eq!(paragraph(&format!("a {word} b")), format!("a\n{word}\nb\n"));
    }
}
