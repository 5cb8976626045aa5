//! Rows of a table in columns.

/// Headings of two lines, a rule and one line for each row, or, where that is wider than the page, one block of lines for each.
pub(crate) fn columns(
    headings: &[[impl AsRef<str>; 2]],
    rows: &[Vec<String>],
    width: Option<usize>,
) -> String {
    let lines = side_by_side(headings, rows);
    let widest = lines.lines().map(|line| line.chars().count()).max();
    match width {
        Some(width) if widest.is_some_and(|widest| widest > width) => stacked(headings, rows),
        _ => lines,
    }
}

/// The first column stands at the left, the others at the right.
fn side_by_side(headings: &[[impl AsRef<str>; 2]], rows: &[Vec<String>]) -> String {
    let mut lines: Vec<Vec<String>> = [0, 1]
        .map(|line| {
            headings
                .iter()
                .map(|heading| heading[line].as_ref().to_owned())
                .collect()
        })
        .into();
    lines.extend_from_slice(rows);
    let mut widths = vec![0; headings.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let padded = line.iter().zip(&widths).enumerate();
        let padded = padded.map(|(column, (cell, &width))| match column {
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

/// The first cell of each row, and below it each other one after its heading.
fn stacked(headings: &[[impl AsRef<str>; 2]], rows: &[Vec<String>]) -> String {
    let headings: Vec<String> = headings
        .iter()
        .map(|heading| format!("{} {}", heading[0].as_ref(), heading[1].as_ref()))
        .map(|heading| heading.trim_start().to_owned())
        .collect();
    let longest = headings
        .iter()
        .map(|heading| heading.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        text += &format!("{}\n", row[0]);
        for (heading, cell) in headings.iter().zip(row).skip(1) {
            text += &format!("  {heading:<longest$}  {cell}\n");
        }
    }
    text
}
