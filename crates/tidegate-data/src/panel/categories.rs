//! Columns as numbers: numbers as they are, texts as indices of categories.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::error::SeriesError;
use super::schema::CovariateKind;
use crate::table::{Column, Place, Table, Values};
use crate::time_column::TimeFormat;

/// Categories that a covariate may have.
pub(super) const MOST_CATEGORIES: usize = 100;

/// The numbers of a column, one for each row of the table, not a number where missing.
pub(super) fn numbers<'a>(
    table: &Table,
    column: &'a Column,
    role: &'static str,
) -> Result<Cow<'a, [f64]>, SeriesError> {
    if let Values::Numbers(values) = &column.values {
        return Ok(Cow::Borrowed(values));
    }
    let (line, cell) = match &column.stray {
        Some(stray) => (Place::Line(stray.line), stray.cell.clone()),
        None => {
            let present = |row: &usize| column.missing.binary_search(row).is_err();
            let row = (0..table.rows()).find(present).unwrap_or(0);
            (table.place(row), shortened(&cell(column, row)))
        }
    };
    Err(SeriesError::NotANumber {
        role,
        column: column.name.clone(),
        line,
        cell,
    })
}

/// What a covariate holds: numbers, or the categories that occur in the training rows, in alphabetical order.
pub(super) fn kind(
    column: &Column,
    training_rows: impl Iterator<Item = usize>,
) -> Result<CovariateKind, SeriesError> {
    // A column of numbers with a text among them is meant as one of numbers.
    let Values::Texts(texts) = &column.values else {
        return Ok(CovariateKind::Number);
    };
    if column.stray.is_some() {
        return Ok(CovariateKind::Number);
    }
    let present = |row: &usize| column.missing.binary_search(row).is_err();
    let values: BTreeSet<&str> = training_rows
        .filter(present)
        .map(|row| texts.get(row))
        .collect();
    if values.len() > MOST_CATEGORIES {
        return Err(SeriesError::TooManyCategories {
            column: column.name.clone(),
            count: values.len(),
            limit: MOST_CATEGORIES,
        });
    }
    Ok(CovariateKind::Category {
        values: values.into_iter().map(str::to_owned).collect(),
    })
}

/// The values of a covariate, one for each row of the table: numbers, or indices of categories; not a number where missing.
pub(super) fn values<'a>(
    table: &Table,
    column: &'a Column,
    kind: &CovariateKind,
) -> Result<Cow<'a, [f64]>, SeriesError> {
    let known = match kind {
        CovariateKind::Number => return numbers(table, column, "covariate"),
        CovariateKind::Category { values } => values,
    };
    let indices = known.iter().enumerate();
    let indices: HashMap<&str, f64> = indices
        .map(|(index, value)| (value.as_str(), index as f64))
        .collect();
    let code = |row: usize| {
        if column.missing.binary_search(&row).is_ok() {
            return Ok(f64::NAN);
        }
        let text = cell(column, row);
        indices
            .get(&*text)
            .copied()
            .ok_or_else(|| SeriesError::UnseenCategory {
                column: column.name.clone(),
                line: table.place(row),
                category: shortened(&text),
                known: known.clone(),
            })
    };
    let codes: Result<Vec<f64>, _> = (0..table.rows()).map(code).collect();
    Ok(Cow::Owned(codes?))
}

/// A cell as text.
pub(super) fn cell(column: &Column, row: usize) -> Cow<'_, str> {
    match &column.values {
        Values::Numbers(values) => Cow::Owned(values[row].to_string()),
        Values::Texts(texts) => Cow::Borrowed(texts.get(row)),
        Values::Times(times) => {
            Cow::Owned(TimeFormat::Typed(times.kind).text(times.microseconds[row]))
        }
    }
}

/// An error quotes the file, which may hold a text of any length.
pub(super) fn shortened(text: &str) -> String {
    let mut quote: String = text.chars().take(40).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    quote
}
