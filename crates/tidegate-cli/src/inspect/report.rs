//! What is found in a table, as text.

use super::document::{ColumnDocument, Document, FormatDocument, TimeDocument};

use crate::columns::columns;
use crate::number::{counted, significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::visible::visible;

/// Columns and series that are shown; the JSON document has all.
const SHOWN: usize = 40;
const SHOWN_SERIES: usize = 10;

/// Longest name that is shown whole.
const LONGEST_NAME: usize = 30;

const HEADINGS: [[&str; 2]; 6] = [
    ["", "column"],
    ["", "kind"],
    ["missing", "values"],
    ["", "minimum"],
    ["", "mean"],
    ["", "maximum"],
];

pub(super) fn text(document: &Document, page: Page) -> String {
    let mut text = paragraph(&visible(&title(document)), page.text);
    if let Some(time) = &document.time {
        text += &paragraph(&visible(&times(time)), page.text);
    }
    text += &paragraph(&visible(&series(document)), page.text);
    let rows: Vec<Vec<String>> = document.columns.iter().take(SHOWN).map(row).collect();
    text += &format!("\n{}", columns(&HEADINGS, &rows, page.table));
    if let more @ 1.. = document.columns.len().saturating_sub(SHOWN) {
        text += &format!(
            "… and {} more, which --json lists\n",
            counted(more, "column", "columns")
        );
    }
    text.push('\n');
    if document.problems.is_empty() {
        text += "Nothing is wrong with it for forecasting.\n";
    } else {
        text += "Wrong with it for forecasting:\n";
    }
    for problem in &document.problems {
        let lines = paragraph(&visible(&problem.message), page.text.saturating_sub(2));
        for (index, line) in lines.lines().enumerate() {
            text += &format!("{} {line}\n", if index == 0 { "-" } else { " " });
        }
    }
    text
}

fn title(document: &Document) -> String {
    let format = match &document.format {
        FormatDocument::JsonLines => "JSON lines".to_owned(),
        FormatDocument::Parquet => "Parquet".to_owned(),
        FormatDocument::ArrowFile => "Arrow IPC file".to_owned(),
        FormatDocument::ArrowStream => "Arrow IPC stream".to_owned(),
        FormatDocument::Npy => "NumPy array".to_owned(),
        FormatDocument::Npz => "NumPy archive".to_owned(),
        FormatDocument::Csv { separator, decimal } => {
            let comma = if *decimal == "comma" {
                ", decimal comma"
            } else {
                ""
            };
            match document.columns.len() {
                1 => "CSV".to_owned(),
                _ => format!("CSV, {separator}-separated{comma}"),
            }
        }
    };
    format!(
        "{}: {format}, {}, {}.",
        document.data,
        counted(document.rows, "row", "rows"),
        counted(document.columns.len(), "column", "columns"),
    )
}

fn times(time: &TimeDocument) -> String {
    let frequency = match &time.frequency {
        Some(frequency) if time.regular_steps == time.steps => {
            format!("the step is {} throughout", frequency.text)
        }
        Some(frequency) => format!(
            "the step is {} in {} of {}",
            frequency.text,
            thousands(time.regular_steps),
            counted(time.steps, "step", "steps")
        ),
        None => "no step forward, so no frequency".to_owned(),
    };
    let columns: Vec<String> = time.columns.iter().map(|name| shortened(name)).collect();
    format!(
        "Time in {} ({}), {} to {}; {frequency}.",
        columns.join(", "),
        time.format,
        time.earliest,
        time.latest
    )
}

fn series(document: &Document) -> String {
    let Some(column) = &document.series_column else {
        return "Wide: one series, with a column for each channel.".to_owned();
    };
    let lengths = || document.series.iter().map(|series| series.rows);
    let shown = document.series.iter().take(SHOWN_SERIES);
    let shown: Vec<String> = shown
        .map(|series| format!("{} ({})", shortened(&series.name), thousands(series.rows)))
        .collect();
    let more = match document.series.len().saturating_sub(SHOWN_SERIES) {
        0 => String::new(),
        more => format!(" and {} more", thousands(more)),
    };
    format!(
        "Long: {} by {}, of {} to {}: {}{more}.",
        counted(document.series.len(), "series", "series"),
        shortened(column),
        thousands(lengths().min().unwrap_or(0)),
        counted(lengths().max().unwrap_or(0), "row", "rows"),
        shown.join(", ")
    )
}

fn row(column: &ColumnDocument) -> Vec<String> {
    let number = |value: Option<f64>| match (column.role, value) {
        ("value", Some(value)) => significant(value, 4),
        _ => "–".to_owned(),
    };
    let kind = match (column.role, column.distinct) {
        ("value", Some(distinct)) => format!("text, {} different", thousands(distinct)),
        ("value", None) => column.kind.to_owned(),
        (role, _) => role.to_owned(),
    };
    vec![
        visible(&shortened(&column.name)),
        kind,
        thousands(column.missing),
        number(column.minimum),
        number(column.mean),
        number(column.maximum),
    ]
}

/// The beginning of a name, which may be of any length.
pub(super) fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
