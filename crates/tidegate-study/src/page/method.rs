//! The plain comparison, what tuning cost, and how to repeat the study.

use maud::{Markup, html};

use super::table::{count, heads, optional_spread, table};
use crate::candidate::Candidate;
use crate::chart::short_number;
use crate::language::Language;
use crate::study_report::{Effort, StudyReport};

pub(crate) fn comparison(report: &StudyReport, language: Language) -> Markup {
    let texts = language.texts();
    if report.comparison.summary.is_empty() {
        return html! { p.missing { (texts.no_rows) } };
    }
    let names = heads(&[
        texts.task,
        texts.cell,
        texts.hidden_size,
        texts.parameters,
        texts.test_loss,
        texts.valid_loss,
        texts.train_loss,
        texts.seconds_per_epoch,
        texts.diverged,
    ]);
    let rows: Vec<Vec<String>> = report
        .comparison
        .summary
        .iter()
        .map(|row| {
            vec![
                language.task(&row.task),
                language.cell(row.cell).to_owned(),
                count(row.hidden_size),
                count(row.parameters),
                optional_spread(row.test_loss.as_ref()),
                optional_spread(row.valid_loss.as_ref()),
                optional_spread(row.train_loss.as_ref()),
                optional_spread(row.seconds_per_epoch.as_ref()),
                format!("{} / {}", row.diverged, row.seeds),
            ]
        })
        .collect();
    let equal = language.equal(report.comparison.equal);
    let mut losses: Vec<String> = Vec::new();
    for row in &report.comparison.summary {
        let line = format!("{}: {}", language.task(&row.task), language.loss(&row.loss));
        if !losses.contains(&line) {
            losses.push(line);
        }
    }
    html! {
        p { (texts.spread_note) }
        @for line in &losses { p { (line) } }
        (table(equal, &names, &rows))
    }
}

pub(crate) fn tuning(report: &StudyReport, language: Language) -> Markup {
    let texts = language.texts();
    let names = heads(&[
        texts.task,
        texts.share,
        texts.equal,
        texts.cell,
        texts.chosen,
        texts.tuning_runs,
        texts.diverged,
        texts.tuning_seconds,
    ]);
    let mut rows = Vec::new();
    let (mut runs, mut seconds, mut finals) = (0, 0.0, 0);
    for experiment in &report.experiments {
        for row in &experiment.summary {
            runs += row.tuning_runs;
            seconds += row.tuning_seconds;
            finals += row.seeds;
            // What another experiment's tuning chose is used again without a run.
            if row.tuning_runs == 0 {
                continue;
            }
            rows.push(vec![
                language.task(&experiment.task),
                experiment.share.to_string(),
                language.equal(experiment.equal).to_owned(),
                language.cell(row.cell).to_owned(),
                candidate(&row.candidate, language),
                row.tuning_runs.to_string(),
                row.tuning_diverged.to_string(),
                short_number(row.tuning_seconds),
            ]);
        }
    }
    html! {
        p { (language.tuning_cost(runs, &short_number(seconds), finals)) }
        @if !rows.is_empty() {
            details {
                summary { (texts.tuning) ": " (rows.len()) }
                (table(texts.tuning, &names, &rows))
            }
        }
    }
}

fn candidate(candidate: &Candidate, language: Language) -> String {
    let texts = language.texts();
    let mut words = vec![format!(
        "{} {}",
        texts.learning_rate,
        short_number(candidate.learning_rate)
    )];
    for (name, value) in [
        (texts.weight_decay, candidate.weight_decay),
        // As it was written down, and not as the nearest double.
        (texts.input_dropout, f64::from(candidate.input_dropout)),
        (
            texts.recurrent_dropout,
            f64::from(candidate.recurrent_dropout),
        ),
        (texts.output_dropout, f64::from(candidate.output_dropout)),
    ] {
        if value != 0.0 {
            words.push(format!("{name} {}", short_number(value)));
        }
    }
    words.join(", ")
}

pub(crate) fn repeat(report: &StudyReport, language: Language, command: &str) -> Markup {
    let texts = language.texts();
    let effort = match report.effort {
        Effort::Quick => texts.quick,
        Effort::Full => texts.full,
    };
    let machine = &report.machine;
    html! {
        dl.names {
            dt { (texts.command) } dd { code { (command) } }
            dt { (texts.effort) } dd { (effort) }
            dt { (texts.seeds) } dd { (report.seeds) }
            dt { (texts.machine) } dd {
                (machine.threads) " " (texts.threads) ", " (texts.instruction_set) " "
                (machine.instruction_set) ", Tidegate " (texts.version) " " (machine.version)
            }
        }
        p { (texts.same_seed) }
    }
}
