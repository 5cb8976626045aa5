//! What tables become, whole and malformed.

mod forecasts;
mod gaps;
mod properties;
mod refusals;
mod schemas;
mod splits;

use super::*;
use crate::splits::Split;
use crate::table::Table;

fn table(text: &str) -> Table {
    Table::from_bytes(text.as_bytes()).unwrap()
}

fn counts(train: usize, valid: usize, test: usize) -> SplitOptions {
    SplitOptions {
        by: SplitBy::Counts([train, valid, test]),
        gap: 0,
    }
}

fn fit(text: &str, options: &SeriesOptions, split: &SplitOptions) -> (SeriesSchema, Panel) {
    SeriesSchema::fit(&table(text), options, split).unwrap()
}

fn refusal(text: &str, options: &SeriesOptions, split: &SplitOptions) -> String {
    SeriesSchema::fit(&table(text), options, split)
        .unwrap_err()
        .to_string()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

/// Days of January 2020 with a value, written as it stands.
fn days(values: &[&str]) -> String {
    let rows = values.iter().enumerate();
    let rows = rows.map(|(day, value)| format!("2020-01-{:02},{value}\n", day + 1));
    "ds,y\n".to_owned() + &rows.collect::<String>()
}
