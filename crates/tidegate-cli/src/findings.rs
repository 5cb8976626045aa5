//! What a comparison showed, in a few sentences that say no more than what was measured.

use tidegate_study::Summary;

use crate::number::significant;
use crate::paragraph::paragraph;

/// Sentences on the cells of one task.
pub(crate) fn findings(summaries: &[Summary]) -> String {
    let Some(first) = summaries.first() else {
        return String::new();
    };
    let mut sentences = vec![match first.seeds {
        1 => format!("Test loss: {}, of one run.", first.loss),
        seeds => format!(
            "Test loss: {}, mean ± sample standard deviation over {seeds} seeds.",
            first.loss
        ),
    }];
    sentences.extend(lowest(summaries));
    sentences.push(tuning(summaries));
    let lines = sentences.iter().map(|sentence| paragraph(sentence));
    lines.collect()
}

/// Which cell had the lowest mean, and whether its distance to the next exceeds the spread.
fn lowest(summaries: &[Summary]) -> Option<String> {
    let mut order: Vec<&Summary> = summaries.iter().collect();
    order.sort_by(|a, b| a.test_loss.mean.total_cmp(&b.test_loss.mean));
    let [best, next, ..] = order[..] else {
        return None;
    };
    let difference = next.test_loss.mean - best.test_loss.mean;
    let deviation = |summary: &Summary| summary.test_loss.standard_deviation;
    let comparison = match (deviation(best), deviation(next)) {
        (Some(a), Some(b)) => {
            let spread = a.max(b);
            let relation = if difference > spread {
                "exceeds"
            } else {
                "lies within"
            };
            format!(
                "the difference, {}, {relation} the seeds' spread (the larger standard deviation of the two, {})",
                significant(difference, 2),
                significant(spread, 2)
            )
        }
        _ => "with one run each there is no spread to hold the difference against".to_owned(),
    };
    Some(format!(
        "The lowest mean was that of {}, {}, the next that of {}, {}: {comparison}.",
        best.cell,
        significant(best.test_loss.mean, 4),
        next.cell,
        significant(next.test_loss.mean, 4),
    ))
}

/// What was tried, what was chosen, and what it cost.
fn tuning(summaries: &[Summary]) -> String {
    let runs = summaries.first().map_or(0, |summary| summary.tuning_runs);
    if runs == 0 {
        let settings = summaries.first().map(|summary| summary.candidate);
        let settings = settings.map_or_else(String::new, |candidate| candidate.to_string());
        return format!(
            "Every cell was trained with the same settings, without tuning: {settings}."
        );
    }
    let cells: Vec<String> = summaries
        .iter()
        .map(|summary| {
            format!(
                "{} {} ({} s)",
                summary.cell,
                summary.candidate,
                significant(summary.tuning_seconds, 3)
            )
        })
        .collect();
    format!(
        "In tuning, each cell tried the same {runs} settings with a seed of their own and took the one with the lowest \
         validation loss: {}.",
        cells.join("; ")
    )
}
