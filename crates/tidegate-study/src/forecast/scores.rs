//! What a backtest measured: each method's scores over all origins, and its error at each step of the horizon.

use maud::{Markup, html};

use super::ForecastPageError;
use super::fan::{percent, rounded};
use crate::chart::{Axis, Chart, Line, Lines, Point, Scale, short_number};
use crate::page::table::table;

/// The scores of one method over all series and origins; none where they are not defined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MethodScores {
    /// The method: the model or a baseline.
    pub method: String,
    /// Mean absolute scaled error.
    pub mase: Option<f64>,
    /// Symmetric mean absolute percentage error, in the unit of its metric.
    pub smape: Option<f64>,
    /// Mean squared error.
    pub mse: Option<f64>,
    /// Mean absolute error.
    pub mae: Option<f64>,
    /// Weighted quantile loss.
    pub weighted_quantile_loss: Option<f64>,
    /// Share, 0 to 1, of the values that lie in the interval.
    pub coverage: Option<f64>,
}

/// The error of each method at each step of the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct StepErrors {
    /// What is measured, such as `MAE`.
    pub measure: String,
    /// The model first, then the baselines.
    pub methods: Vec<MethodErrors>,
}

/// The errors of one method.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodErrors {
    /// The method: the model or a baseline.
    pub method: String,
    /// One for each step of the horizon, the first step first; none where there is none.
    pub errors: Vec<Option<f64>>,
}

/// A column of the table.
struct Column {
    name: String,
    score: fn(&MethodScores) -> Option<f64>,
    text: fn(f64) -> String,
    /// What would be best; the lowest, where there is none.
    best: Option<f64>,
}

/// The table of scores, with a mark at the best of each column. `interval`: the share of values that the interval of the
/// coverage should hold.
pub(super) fn scores(methods: &[MethodScores], interval: Option<f64>) -> Markup {
    let columns = columns(interval);
    let columns: Vec<&Column> = columns
        .iter()
        .filter(|column| methods.iter().any(|method| value(column, method).is_some()))
        .collect();
    let mut heads = vec!["method".to_owned()];
    heads.extend(columns.iter().map(|column| column.name.clone()));
    let rows = methods.iter().map(|method| {
        let cells = columns.iter().map(|column| cell(column, method, methods));
        std::iter::once(method.method.clone())
            .chain(cells)
            .collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    html! {
        @if columns.is_empty() {
            p.missing { "No score is defined on this data." }
        } @else {
            (table("Scores over all series and origins", &heads, &rows))
            p { "★ marks the best of each column: the lowest"
                @if interval.is_some() { "; of the coverage, the closest to what was asked for" }
                "."
            }
        }
    }
}

fn columns(interval: Option<f64>) -> Vec<Column> {
    let column = |name: &str, score| Column {
        name: name.to_owned(),
        score,
        text: short_number,
        best: None,
    };
    let mut columns = vec![
        column("MASE", |method: &MethodScores| method.mase),
        column("sMAPE", |method| method.smape),
        column("MSE", |method| method.mse),
        column("MAE", |method| method.mae),
        column("weighted quantile loss", |method| {
            method.weighted_quantile_loss
        }),
    ];
    if let Some(share) = interval {
        columns.push(Column {
            name: format!("coverage of the {} interval", percent(share)),
            score: |method| method.coverage,
            text: percent,
            best: Some(share),
        });
    }
    columns
}

fn value(column: &Column, method: &MethodScores) -> Option<f64> {
    (column.score)(method).filter(|score| score.is_finite())
}

fn cell(column: &Column, method: &MethodScores, methods: &[MethodScores]) -> String {
    let loss = |method: &MethodScores| {
        let score = value(column, method)?;
        Some(column.best.map_or(score, |best| (score - best).abs()))
    };
    let least = methods
        .iter()
        .filter_map(loss)
        .fold(f64::INFINITY, f64::min);
    match value(column, method) {
        None => "–".to_owned(),
        Some(score) if loss(method) == Some(least) => format!("★\u{a0}{}", (column.text)(score)),
        Some(score) => (column.text)(score),
    }
}

impl StepErrors {
    pub(super) fn check(&self) -> Result<(), ForecastPageError> {
        let steps = self.methods.first().map_or(0, |method| method.errors.len());
        for method in &self.methods {
            let found = method.errors.len();
            ForecastPageError::unless(&method.method, "steps with an error", steps, found)?;
        }
        Ok(())
    }

    /// Each method's line. `look_of`: the method's look on the page, by its place.
    pub(super) fn chart(&self, look_of: impl Fn(usize) -> usize) -> Option<Chart> {
        let line = |(index, method): (usize, &MethodErrors)| Line {
            name: method.method.clone(),
            look: look_of(index),
            points: (1..)
                .zip(&method.errors)
                .map(|(step, &error)| Point::at(f64::from(step), error.map_or(f64::NAN, rounded)))
                .collect(),
            ..Line::default()
        };
        let ends = self.methods.iter().filter_map(|method| {
            let mut known = method.errors.iter().flatten();
            let first = known.next()?;
            let last = known.next_back().unwrap_or(first);
            let [first, last] = [*first, *last].map(short_number);
            Some(format!("{}: from {first} to {last}", method.method))
        });
        let ends: Vec<String> = ends.collect();
        let words = format!(
            "{} of the first step and of the last, over all series and origins. {}.",
            self.measure,
            ends.join("; ")
        );
        let lines = Lines {
            x: Axis::new("step of the horizon", Scale::Whole),
            y: Axis::new(&self.measure, Scale::Linear),
            series: self.methods.iter().enumerate().map(line).collect(),
            guides: Vec::new(),
        };
        let title = format!("{} by step of the horizon", self.measure);
        Chart::lines(title, words, lines)
    }

    /// The same as rows of a table: heads and cells.
    pub(super) fn numbers(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let mut heads = vec!["step".to_owned()];
        heads.extend(self.methods.iter().map(|method| method.method.clone()));
        let steps = self.methods.first().map_or(0, |method| method.errors.len());
        let rows = (0..steps).map(|step| {
            let errors = self.methods.iter().map(|method| method.errors[step]);
            let cells = errors.map(|error| error.map_or_else(|| "–".to_owned(), short_number));
            std::iter::once((step + 1).to_string())
                .chain(cells)
                .collect()
        });
        (heads, rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_each_column_is_marked_and_empty_columns_are_left_out() {
        let method = |method: &str, mase, coverage| MethodScores {
            method: method.to_owned(),
            mase,
            coverage,
            ..MethodScores::default()
        };
        let methods = [
            method("model", Some(0.8), Some(0.86)),
            method("naive", Some(1.2), Some(0.79)),
            method("drift", Some(f64::NAN), None),
        ];
        let text = scores(&methods, Some(0.8)).into_string();
        assert!(
            text.contains("★\u{a0}0.8<") && text.contains(">1.2<"),
            "{text}"
        );
        assert!(
            text.contains("★\u{a0}79\u{a0}%") && text.contains(">86\u{a0}%"),
            "{text}"
        );
        assert!(!text.contains("sMAPE") && !text.contains("NaN"), "{text}");
        assert!(text.contains("coverage of the 80\u{a0}% interval"));
        let nothing = scores(&[MethodScores::default()], None).into_string();
        assert!(nothing.contains("No score"), "{nothing}");
    }
}
