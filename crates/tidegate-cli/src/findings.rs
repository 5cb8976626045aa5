//! What a comparison showed, in a few sentences that say no more than what was measured.

use tidegate_study::{Spread, Summary};

use crate::number::significant;
use crate::paragraph::paragraph;
use crate::table::with_spread;

/// Sentences on the cells of one task.
pub(crate) fn findings(summaries: &[Summary], width: usize) -> String {
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
    sentences.extend(summaries.iter().filter_map(divergence));
    sentences.extend(lowest(summaries));
    sentences.push(tuning(summaries));
    sentences.extend(seconds(summaries));
    let lines = sentences.iter().map(|sentence| paragraph(sentence, width));
    lines.collect()
}

/// How many runs of a cell have no numbers.
fn divergence(summary: &Summary) -> Option<String> {
    let (cell, diverged, seeds) = (summary.cell, summary.diverged, summary.seeds);
    match diverged {
        0 => None,
        _ if diverged == seeds => Some(format!("Every run of {cell} diverged.")),
        _ => Some(format!(
            "{diverged} of {seeds} runs of {cell} diverged: its numbers are those of the others."
        )),
    }
}

/// Which cell had the lowest mean, and whether its distance to the next exceeds the spread.
fn lowest(summaries: &[Summary]) -> Option<String> {
    let measured = |summary: &Summary| Some((summary.cell, summary.test_loss?));
    let mut order: Vec<_> = summaries.iter().filter_map(measured).collect();
    order.sort_by(|(_, a), (_, b)| a.mean.total_cmp(&b.mean));
    let [(best, low), (next, high), ..] = order[..] else {
        return None;
    };
    let difference = high.mean - low.mean;
    let comparison = match (low.standard_deviation, high.standard_deviation) {
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
        _ => "with a single run there is no spread to hold the difference against".to_owned(),
    };
    Some(format!(
        "On this test set the lowest mean was that of {best}, {}, the next that of {next}, {}: {comparison}. Another \
         test set would give other numbers: the spread does not include that.",
        with_spread(&low),
        with_spread(&high),
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
            let diverged = match summary.tuning_diverged {
                0 => String::new(),
                diverged => format!(", {diverged} of {} diverged", summary.tuning_runs),
            };
            format!(
                "{} {} ({} s{diverged})",
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

/// How much the times of the seeds differ; nothing of single runs.
fn seconds(summaries: &[Summary]) -> Option<String> {
    let list = |of: fn(&Summary) -> Option<Spread>| {
        let cells: Vec<String> = summaries
            .iter()
            .filter_map(|summary| Some((summary.cell, of(summary)?)))
            .filter(|(_, spread)| spread.standard_deviation.is_some())
            .map(|(cell, spread)| format!("{cell} {}", with_spread(&spread)))
            .collect();
        (!cells.is_empty()).then(|| cells.join(", "))
    };
    Some(format!(
        "Spread of the times over the seeds: seconds per epoch {}; seconds to best {}.",
        list(|summary| summary.seconds_per_epoch)?,
        list(|summary| summary.seconds_to_best)?
    ))
}

#[cfg(test)]
mod tests {
    use tidegate_study::CellVariant::{Gru, Lstm, Rnn};

    use super::*;
    use crate::example::{diverged, single, summary};

    #[test]
    fn the_lowest_and_the_next_are_named_and_a_clear_difference_exceeds_the_spread() {
        let summaries = [
            summary(Rnn, 0.169, 0.001),
            summary(Gru, 0.0123, 0.0021),
            summary(Lstm, 0.0456, 0.0011),
        ];
        let expected = "\
Test loss: mean squared error, mean ± sample standard deviation over 3 seeds.
On this test set the lowest mean was that of gru, 0.0123 ± 0.0021, the next that of lstm, 0.0456 ± 0.0011: the \
difference, 0.033, exceeds the seeds' spread (the larger standard deviation of the two, 0.0021). Another test set would \
give other numbers: the spread does not include that.
In tuning, each cell tried the same 2 settings with a seed of their own and took the one with the lowest validation \
loss: rnn learning rate 0.01 (12.3 s); gru learning rate 0.01 (12.3 s); lstm learning rate 0.01 (12.3 s).
Spread of the times over the seeds: seconds per epoch rnn 0.250 ± 0.010, gru 0.250 ± 0.010, lstm 0.250 ± 0.010; \
seconds to best rnn 1.75 ± 0.50, gru 1.75 ± 0.50, lstm 1.75 ± 0.50.
";
        assert_eq!(findings(&summaries, 1_000), expected);
    }

    #[test]
    fn a_small_difference_lies_within_the_larger_spread() {
        let text = findings(
            &[summary(Gru, 8.41, 0.02), summary(Lstm, 8.40, 0.005)],
            1_000,
        );
        let expected = "\
On this test set the lowest mean was that of lstm, 8.4000 ± 0.0050, the next that of gru, 8.410 ± 0.020: the \
difference, 0.010, lies within the seeds' spread (the larger standard deviation of the two, 0.020).";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn single_runs_have_no_spread() {
        let expected = "\
Test loss: mean squared error, of one run.
On this test set the lowest mean was that of lstm, 8.400, the next that of gru, 8.410: with a single run there is no \
spread to hold the difference against. Another test set would give other numbers: the spread does not include that.
In tuning,";
        let text = findings(&[single(Gru, 8.41), single(Lstm, 8.4)], 1_000);
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("Spread of the times"), "{text}");
        assert!(!findings(&[single(Gru, 8.41)], 100).contains("lowest mean"));
    }

    #[test]
    fn runs_that_diverged_are_counted() {
        let partly = Summary {
            diverged: 1,
            tuning_diverged: 2,
            ..summary(Rnn, 0.2, 0.1)
        };
        let text = findings(&[diverged(Gru), partly], 1_000);
        for expected in [
            "Every run of gru diverged.\n1 of 3 runs of rnn diverged: its numbers are those of the others.\n",
            "rnn learning rate 0.01 (12.3 s, 2 of 2 diverged)",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        assert!(!text.contains("lowest mean"), "{text}");
    }

    #[test]
    fn without_tuning_the_common_settings_are_named() {
        let untuned = Summary {
            tuning_runs: 0,
            ..single(Gru, 8.41)
        };
        let expected =
            "Every cell was trained with the same settings, without tuning: learning rate 0.01.\n";
        assert!(findings(&[untuned], 1_000).ends_with(expected));
    }
}
