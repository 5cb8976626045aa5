//! The confusion matrix as a table whose cells are shaded, and the most frequent confusions.

use maud::{Markup, html};

use super::ClassifyPicture;
use crate::page::table::{heads, table};

/// Classes of a matrix that a page has room for.
const MOST_CLASSES: usize = 40;

/// Confusions that are listed.
const MOST_CONFUSIONS: usize = 20;

/// How much of its colour the fullest cell has, in percent: text stays readable on it.
const FULLEST: f64 = 45.0;

impl ClassifyPicture {
    pub(super) fn confusion(&self) -> Markup {
        let classes = self.classes.len();
        html! {
            @if classes <= MOST_CLASSES {
                p {
                    "A row for each class that is the case, a column for each that was predicted. The numbers count "
                    (self.counted) "; a cell has the more colour, the larger its share of its row."
                }
                (self.matrix())
            } @else {
                p.missing {
                    "A matrix of " (classes) " classes has no room on a page; its largest cells beside the diagonal are listed."
                }
            }
            (self.confusions())
        }
    }

    fn matrix(&self) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label="Confusion matrix" {
                table.confusion {
                    caption { "Confusion matrix" }
                    thead {
                        tr {
                            th scope="col" { "is \\ predicted" }
                            @for name in &self.classes { th scope="col" { (name) } }
                        }
                    }
                    tbody {
                        @for (actual, (name, counts)) in self.classes.iter().zip(self.confusion.rows()).enumerate() {
                            tr {
                                th scope="row" { (name) }
                                @for (predicted, &count) in counts.iter().enumerate() {
                                    td.wrong[actual != predicted] style=(shade(count, counts)) { (count) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn confusions(&self) -> Markup {
        let mut wrong: Vec<(u64, usize, usize, u64)> = Vec::new();
        for (actual, counts) in self.confusion.rows().enumerate() {
            let support: u64 = counts.iter().sum();
            let cells = counts.iter().enumerate();
            let cells = cells.filter(|&(predicted, &count)| predicted != actual && count > 0);
            wrong.extend(cells.map(|(predicted, &count)| (count, actual, predicted, support)));
        }
        wrong.sort_by_key(|&(count, actual, predicted, _)| {
            (std::cmp::Reverse(count), actual, predicted)
        });
        let more = wrong.len().saturating_sub(MOST_CONFUSIONS);
        let rows = wrong.iter().take(MOST_CONFUSIONS);
        let rows = rows.map(|&(count, actual, predicted, support)| {
            vec![
                self.classes[actual].clone(),
                self.classes[predicted].clone(),
                count.to_string(),
                format!("{:.1} %", 100.0 * count as f64 / support as f64),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let names = heads(&["is", "taken for", &self.counted, "of the class"]);
        html! {
            @if rows.is_empty() {
                p { "No class was taken for another." }
            } @else {
                (table("The most frequent confusions", &names, &rows))
                @if more > 0 { p { "… and " (more) " more." } }
            }
        }
    }
}

/// The share of a cell in its row, as a style.
fn shade(count: u64, row: &[u64]) -> String {
    let support: u64 = row.iter().sum();
    let share = match support {
        0 => 0.0,
        _ => FULLEST * count as f64 / support as f64,
    };
    // The smallest share is seen too.
    let share = if count > 0 { share.max(12.0) } else { 0.0 };
    format!("--share:{share:.1}%")
}
