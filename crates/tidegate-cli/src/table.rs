//! The table of a comparison.

use tidegate_study::{Spread, Summary};

use crate::number::{significant, thousands};

const HEADINGS: [[&str; 2]; 9] = [
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

/// One line for each cell; the first column stands at the left, the others at the right.
pub(crate) fn table(summaries: &[Summary]) -> String {
    let mut lines: Vec<[String; 9]> = [0, 1]
        .map(|line| HEADINGS.map(|heading| heading[line].to_owned()))
        .into();
    lines.extend(summaries.iter().map(cells));
    let mut widths = [0; 9];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let padded = line.iter().zip(widths).enumerate();
        let padded = padded.map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        text += padded.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
        if index == 1 {
            text += &rule.join("──");
            text.push('\n');
        }
    }
    text
}

fn cells(summary: &Summary) -> [String; 9] {
    [
        summary.cell.to_string(),
        summary.gates.to_string(),
        thousands(summary.hidden_size),
        thousands(summary.parameters),
        thousands(summary.multiply_adds_per_step),
        loss(&summary.test_loss),
        rounded(summary.epochs),
        significant(summary.seconds_per_epoch, 3),
        significant(summary.seconds_to_best, 3),
    ]
}

/// Mean ± sample standard deviation; the mean alone of a single run.
pub(crate) fn loss(spread: &Spread) -> String {
    let mean = significant(spread.mean, 4);
    match spread.standard_deviation {
        Some(deviation) => format!("{mean} ± {}", significant(deviation, 2)),
        None => mean,
    }
}

fn rounded(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
