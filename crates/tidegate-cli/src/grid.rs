//! A table with headings of two lines.

/// The first column stands at the left, the others at the right, a rule below the headings.
pub(crate) fn grid(headings: &[[String; 2]], rows: &[Vec<String>]) -> String {
    let heading = |line: usize| headings.iter().map(|lines| lines[line].clone()).collect();
    let mut lines: Vec<Vec<String>> = vec![heading(0), heading(1)];
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
