//! Sentences in lines of readable length.

/// Breaks a text between words into lines of at most `width` characters, unless a single word is longer; every line
/// ends with a line feed.
pub(crate) fn paragraph(text: &str, width: usize) -> String {
    let (mut lines, mut filled) = (String::new(), 0);
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if filled > 0 && filled + 1 + length > width {
            lines.push('\n');
            filled = 0;
        } else if filled > 0 {
            lines.push(' ');
            filled += 1;
        }
        lines.push_str(word);
        filled += length;
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
        for width in [20, 100] {
            let broken = paragraph(&text, width);
            assert!(broken.lines().count() > 3);
            assert!(broken.lines().all(|line| line.chars().count() <= width));
            assert!(broken.split_whitespace().eq(text.split_whitespace()));
        }
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let word = "x".repeat(60);
        assert_eq!(
            paragraph(&format!("a {word} b"), 40),
            format!("a\n{word}\nb\n")
        );
    }
}
