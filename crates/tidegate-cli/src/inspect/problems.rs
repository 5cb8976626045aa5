//! What would be wrong with a table for forecasting.

use serde::Serialize;
use tidegate_data::Place;

use super::Inspection;
use super::document::{ColumnDocument, Document, TimeDocument};
use super::report::shortened;
use crate::number::counted;

#[derive(Debug, Serialize)]
pub(super) struct Problem {
    kind: &'static str,
    column: Option<String>,
    /// Where in the file it is found first.
    place: Option<Place>,
    pub(super) message: String,
}

/// All problems: those of the rows, of the times, and of each column.
pub(super) fn problems(document: &Document, inspection: &Inspection) -> Vec<Problem> {
    let mut problems = Vec::new();
    let short = document.series.iter().filter(|series| series.rows == 1);
    if document.rows == 1 {
        let message = "the table has one row: a forecast needs a past and a future".to_owned();
        problems.push(problem("one_row", message, Some(inspection.table.place(0))));
    } else if let Some(first) = short.clone().next() {
        let count = counted(short.count(), "series has", "series have");
        let message = format!(
            "{count} one row only; the first is {:?}",
            shortened(&first.name)
        );
        problems.push(problem("short_series", message, Some(first.first)));
    }
    match (&inspection.time, &document.time) {
        (Err(error), _) => {
            problems.push(problem("unreadable_time", format!("time: {error}"), None))
        }
        (Ok(_), None) => {
            let message =
                "no column holds times: rows are taken in their order, and equal steps are assumed";
            problems.push(problem("no_time", message.to_owned(), None));
        }
        (Ok(_), Some(time)) => of_times(time, &mut problems),
    }
    for (column, content) in document.columns.iter().zip(inspection.table.columns()) {
        if let Some(stray) = &content.stray {
            let others = counted(stray.count, "cell is", "cells are");
            let message = format!(
                "column {:?} holds numbers, but {others} text; the first is {:?} in line {}",
                shortened(&column.name),
                stray.cell,
                stray.line
            );
            problems.push(of_column(
                "text_among_numbers",
                column,
                message,
                Some(Place::Line(stray.line)),
            ));
        }
        if column.role == "value" {
            problems.extend(of_value(column, document.rows));
        }
    }
    problems
}

fn of_times(time: &TimeDocument, problems: &mut Vec<Problem>) {
    let frequency = time.frequency.as_ref();
    if let (Some(places), step) = (&time.uneven, frequency.map_or("", |one| &one.text)) {
        let message = format!(
            "times are uneven: {} no whole number of steps of {step} after the row before, the first in {}",
            counted(places.count, "row is", "rows are"),
            places.first
        );
        problems.push(problem("uneven_times", message, Some(places.first)));
    }
    if let Some(gaps) = &time.gaps {
        let steps = |count: i64| counted(count as usize, "step", "steps");
        let longest = match gaps.count {
            1 => format!("before {}", gaps.first.before),
            _ => format!(
                "the first before {}, the longest before {} with {}",
                gaps.first.before,
                gaps.longest.before,
                steps(gaps.longest.missing_steps)
            ),
        };
        let message = format!(
            "{} missing in {}, {longest}",
            counted(gaps.missing_steps as usize, "step is", "steps are"),
            counted(gaps.count, "gap", "gaps"),
        );
        problems.push(problem("gaps", message, Some(gaps.first.before)));
    }
    if let Some(places) = &time.repeated {
        let message = format!(
            "{} a time that the series had before, the first in {}",
            counted(places.count, "row repeats", "rows repeat"),
            places.first
        );
        problems.push(problem("repeated_times", message, Some(places.first)));
    }
    if let Some(places) = &time.backwards {
        let message = format!(
            "time goes back in {}, the first in {}",
            counted(places.count, "place", "places"),
            places.first
        );
        problems.push(problem("backward_times", message, Some(places.first)));
    }
}

fn of_value(column: &ColumnDocument, rows: usize) -> Option<Problem> {
    let name = shortened(&column.name);
    let first = column
        .missing_markers
        .iter()
        .map(|marker| marker.first)
        .min();
    if column.kind == "empty" {
        let message = format!("column {name:?} is empty: all its values are missing");
        return Some(of_column("empty_column", column, message, first));
    }
    let missing = first.map(|place| {
        let values = counted(column.missing, "value is", "values are");
        format!("{values} missing, the first in {place}")
    });
    let one_number = column.minimum.is_some() && column.minimum == column.maximum;
    if rows > 1 && (one_number || column.distinct == Some(1)) {
        let value = column.minimum.map_or(String::new(), |value| {
            format!(": it is always {}", plain(value))
        });
        let also = missing.map_or(String::new(), |missing| format!("; {missing}"));
        let message = format!("column {name:?} is constant{value}{also}");
        return Some(of_column("constant_column", column, message, None));
    }
    missing.map(|missing| {
        let message = format!("column {name:?}: {missing}");
        of_column("missing_values", column, message, first)
    })
}

fn problem(kind: &'static str, message: String, place: Option<Place>) -> Problem {
    Problem {
        kind,
        column: None,
        place,
        message,
    }
}

fn of_column(
    kind: &'static str,
    column: &ColumnDocument,
    message: String,
    place: Option<Place>,
) -> Problem {
    Problem {
        column: Some(column.name.clone()),
        ..problem(kind, message, place)
    }
}

/// All digits of a number, with an exponent where there would be many zeros.
fn plain(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
