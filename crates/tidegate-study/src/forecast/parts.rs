//! Series and channels below each other, and the choice of one of them.

use maud::{Markup, html};

use crate::page::table::{count, table};

/// Charts of a page: what is beyond is named as left out.
const MOST_CHARTS: usize = 50;

/// Charts that are shown together before anyone chooses.
const MOST_AT_ONCE: usize = 6;

/// Rows of all charts of a page together, beyond which a browser becomes slow.
const MOST_ROWS: usize = 20_000;

/// Cells of all tables of a page together.
const MOST_CELLS: usize = 20_000;

/// Rows of a table that is open from the start.
const OPEN_ROWS: usize = 12;

/// Letters of a vertical axis' name.
const AXIS_LETTERS: usize = 28;

/// Names of what is left out.
const MOST_NAMES: usize = 200;

/// How many of so many series are drawn.
pub(super) fn drawn(series: usize) -> usize {
    series.min(MOST_CHARTS)
}

/// Rows that each of so many charts has room for.
pub(super) fn rows_each(series: usize) -> usize {
    MOST_ROWS / drawn(series).max(1)
}

/// What a series and its channel are called together. `channels`: whether a series has several.
pub(super) fn name(series: &str, channel: &str, channels: bool) -> String {
    match (series.is_empty(), channels) {
        (true, _) => channel.to_owned(),
        (false, true) => format!("{series}, {channel}"),
        (false, false) => series.to_owned(),
    }
}

/// A channel's name as far as a vertical axis has room for it.
pub(super) fn axis_name(channel: &str) -> String {
    match channel.char_indices().nth(AXIS_LETTERS) {
        Some((end, _)) => format!("{}…", &channel[..end]),
        None => channel.to_owned(),
    }
}

/// Whether series have several channels: those of the first do.
pub(super) fn has_channels<'a>(mut channels: impl Iterator<Item = &'a str>) -> bool {
    let first = channels.next();
    channels.any(|channel| Some(channel) != first)
}

/// Each with its name; where there are many, one is shown and the others can be chosen.
pub(super) fn parts(parts: &[(String, Markup)]) -> Markup {
    let is_many = parts.len() > MOST_AT_ONCE;
    html! {
        @if parts.len() > 1 {
            // Without a script all are shown, one below the other.
            p.choice hidden {
                label for="choice" { "Show" }
                " "
                select #choice {
                    option value="" { "all " (parts.len()) }
                    @for (index, (name, _)) in parts.iter().enumerate() {
                        option value={ "series-" (index) } selected[is_many && index == 0] { (name) }
                    }
                }
            }
        }
        @for (index, (name, body)) in parts.iter().enumerate() {
            article.part id={ "series-" (index) } aria-label=(name) { (body) }
        }
    }
}

/// The names of what is not drawn.
pub(super) fn left_out(names: &[String]) -> Markup {
    let (named, more) = names.split_at(names.len().min(MOST_NAMES));
    html! {
        @if !names.is_empty() {
            details.missing {
                summary {
                    "Only the first " (MOST_CHARTS) " are drawn; " (count(names.len())) " more are left out"
                }
                p {
                    (named.join("; "))
                    @if !more.is_empty() { " … and " (count(more.len())) " more" }
                }
            }
        }
    }
}

/// Tables of numbers until the page is full of them.
#[derive(Default)]
pub(super) struct Tables {
    cells: usize,
}

impl Tables {
    /// A table that can be unfolded; a short one is unfolded already.
    pub(super) fn show(&mut self, caption: &str, heads: &[String], rows: &[Vec<String>]) -> Markup {
        self.cells += heads.len() * rows.len();
        html! {
            @if self.cells <= MOST_CELLS {
                details open[rows.len() <= OPEN_ROWS] {
                    summary { "Numbers" }
                    (table(caption, heads, rows))
                }
            } @else {
                p.missing { "The page has no room for a table of these " (count(rows.len())) " rows." }
            }
        }
    }
}
