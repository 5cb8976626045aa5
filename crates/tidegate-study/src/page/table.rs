//! Tables.

use maud::{Markup, html};

use crate::chart::short_number;
use crate::spread::Spread;

/// A table whose first column names the rows.
pub(crate) fn table(caption: &str, heads: &[String], rows: &[Vec<String>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (index, cell) in row.iter().enumerate() {
                                @if index == 0 { th.number[!is_words(cell)] scope="row" { (cell) } }
                                @else if is_words(cell) { td.words { (cell) } }
                                @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a cell holds words, which may be broken over lines, and not a number: that has one letter at most, of its exponent.
fn is_words(cell: &str) -> bool {
    cell.chars().filter(|letter| letter.is_alphabetic()).count() > 1
}

/// Headings as a table takes them.
pub(crate) fn heads(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Mean ± deviation.
pub(crate) fn spread(spread: &Spread) -> String {
    match spread.standard_deviation {
        Some(deviation) => format!(
            "{} ± {}",
            short_number(spread.mean),
            short_number(deviation)
        ),
        None => short_number(spread.mean),
    }
}

/// The same, or a dash.
pub(crate) fn optional_spread(value: Option<&Spread>) -> String {
    value.map_or_else(|| "–".to_owned(), spread)
}

/// A count with its thousands apart.
pub(crate) fn count(count: usize) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first % 3 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_words() {
        for number in [
            "0.05 ± 0.001",
            "2.34e−5",
            "12 / 15",
            "–",
            "0.123 (3/5)",
            "1/32",
        ] {
            assert!(!is_words(number), "{number}");
        }
        for words in [
            "adding problem, length 100",
            "학습률 0.01",
            "GRU / LSTM = 0.75",
            "Holds",
        ] {
            assert!(is_words(words), "{words}");
        }
    }

    #[test]
    fn thousands_stand_apart() {
        let texts = [0, 12, 123, 1234, 20_000, 1_234_567].map(count);
        assert_eq!(texts, ["0", "12", "123", "1,234", "20,000", "1,234,567"]);
    }
}
