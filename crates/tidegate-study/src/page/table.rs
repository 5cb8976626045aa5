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
                                @if index == 0 { th scope="row" { (cell) } }
                                @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
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
    fn thousands_stand_apart() {
        let texts = [0, 12, 123, 1234, 20_000, 1_234_567].map(count);
        assert_eq!(texts, ["0", "12", "123", "1,234", "20,000", "1,234,567"]);
    }
}
