//! The table of a comparison.

use tidegate_study::{Spread, Summary};

use crate::grid::grid;
use crate::number::{significant, thousands, with_deviation};

const COLUMNS: usize = 9;

const HEADINGS: [[&str; 2]; COLUMNS] = [
    ["", "cell"],
    ["", "gates"],
    ["hidden", "size"],
    ["", "parameters"],
    ["multiply-adds", "per step"],
    ["", "test loss"],
    ["", "epochs"],
    ["seconds", "per epoch"],
    ["seconds", "to best"],
];

/// One line for each cell, or, where that is wider than the page, one block of lines for each.
pub(crate) fn table(summaries: &[Summary], width: Option<usize>) -> String {
    let rows: Vec<[String; COLUMNS]> = summaries.iter().map(cells).collect();
    let lines = side_by_side(&rows);
    let widest = lines.lines().map(|line| line.chars().count()).max();
    match width {
        Some(width) if widest.is_some_and(|widest| widest > width) => stacked(&rows),
        _ => lines,
    }
}

fn side_by_side(rows: &[[String; COLUMNS]]) -> String {
    let headings = HEADINGS.map(|lines| lines.map(str::to_owned));
    grid(
        &headings,
        &rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>(),
    )
}

/// The cell's name, and below it each number after its heading.
fn stacked(rows: &[[String; COLUMNS]]) -> String {
    let headings = HEADINGS.map(|heading| heading.join(" ").trim_start().to_owned());
    let longest = headings.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        text += &format!("{}\n", row[0]);
        for (heading, cell) in headings.iter().zip(row).skip(1) {
            text += &format!("  {heading:<longest$}  {cell}\n");
        }
    }
    text
}

fn cells(summary: &Summary) -> [String; COLUMNS] {
    let seconds =
        |spread: Option<Spread>| spread.map_or_else(nothing, |spread| significant(spread.mean, 3));
    [
        summary.cell.to_string(),
        summary.gates.to_string(),
        thousands(summary.hidden_size),
        thousands(summary.parameters),
        thousands(summary.multiply_adds_per_step),
        summary
            .test_loss
            .map_or_else(|| "diverged".to_owned(), |spread| with_spread(&spread)),
        summary.epochs.map_or_else(nothing, rounded),
        seconds(summary.seconds_per_epoch),
        seconds(summary.seconds_to_best),
    ]
}

/// Stands where no run was measured.
fn nothing() -> String {
    "–".to_owned()
}

/// Mean ± sample standard deviation; the mean alone of a single run.
pub(crate) fn with_spread(spread: &Spread) -> String {
    match spread.standard_deviation {
        Some(deviation) => with_deviation(spread.mean, deviation),
        None => significant(spread.mean, 4),
    }
}

fn rounded(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use tidegate_study::CellVariant;

    use super::*;
    use crate::example::{diverged, single, summary};

    #[test]
    fn every_number_stands_below_its_heading() {
        let rows = [
            summary(CellVariant::Rnn, 0.167_2, 0.001_3),
            summary(CellVariant::Gru, 0.000_172_4, 0.000_041_3),
            diverged(CellVariant::Lstm),
        ];
        let text = table(&rows, None);
        assert_eq!(text, EXPECTED, "{text}");
        assert_eq!(table(&rows, Some(95)), EXPECTED);
    }

    #[test]
    fn a_narrow_page_has_the_numbers_below_each_other() {
        let text = table(&[single(CellVariant::Lstm, 8.404_4)], Some(60));
        assert_eq!(text, STACKED, "{text}");
    }

    const EXPECTED: &str = "             \
             hidden              multiply-adds                                 seconds  seconds
cell  gates    size  parameters       per step            test loss  epochs  per epoch  to best
───────────────────────────────────────────────────────────────────────────────────────────────
rnn       0   1,069       5,038          4,899      0.1672 ± 0.0013    10.5      0.250     1.75
gru       2   1,069       5,038          4,899  0.000172 ± 0.000041    10.5      0.250     1.75
lstm      3   1,069       5,038          4,899             diverged       –          –        –
";
    const STACKED: &str = "\
lstm
  gates                   3
  hidden size             1,069
  parameters              5,038
  multiply-adds per step  4,899
  test loss               8.404
  epochs                  12
  seconds per epoch       0.250
  seconds to best         1.75
";
}
