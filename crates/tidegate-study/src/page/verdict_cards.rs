//! A card for each sentence of the textbooks.

use maud::{Markup, html};

use super::sections::omissions;
use super::table::{heads, table};
use crate::chart::short_number;
use crate::language::Language;
use crate::share::Share;
use crate::study_report::StudyReport;
use crate::verdict::{Evidence, Finding, Verdict};

pub(crate) fn markup(report: &StudyReport, language: Language) -> Markup {
    html! {
        p { (language.rules(report.confidence)) }
        div.cards {
            @for verdict in &report.verdicts { (card(verdict, language)) }
        }
    }
}

fn card(verdict: &Verdict, language: Language) -> Markup {
    // The sign says it without colour, beside the words.
    let (class, sign) = match verdict.finding {
        Finding::Holds => ("holds", "✓"),
        Finding::DoesNotHold => ("against", "✗"),
        Finding::Undecided => ("open", "?"),
    };
    let finding = match verdict.evidence.is_empty() {
        true => language.texts().no_evidence,
        false => language.finding(verdict.finding),
    };
    let caption = format!(
        "{}: {}",
        language.texts().evidence,
        language.sentence(verdict.sentence)
    );
    html! {
        article class={ "card " (class) } {
            h3 { (language.sentence(verdict.sentence)) }
            p.finding { span aria-hidden="true" { (sign) " " } (finding) }
            @if !verdict.evidence.is_empty() { (evidence(&caption, &verdict.evidence, language)) }
            (omissions(&verdict.omissions, language))
        }
    }
}

fn evidence(caption: &str, pieces: &[Evidence], language: Language) -> Markup {
    let texts = language.texts();
    let names = heads(&[
        texts.measure,
        texts.task,
        texts.equal,
        texts.ratio,
        texts.interval,
        texts.pairs,
        texts.finding,
    ]);
    let rows: Vec<Vec<String>> = pieces
        .iter()
        .map(|piece| {
            let mut task = language.task(&piece.task);
            if piece.share != Share::ALL {
                task.push_str(&format!(", {} {}", texts.share, piece.share));
            }
            vec![
                language.measure(piece.measure).to_owned(),
                task,
                language.equal(piece.equal).to_owned(),
                format!(
                    "{} / {} = {}",
                    language.cell(piece.cell),
                    language.cell(piece.other),
                    short_number(piece.ratio)
                ),
                match piece.interval {
                    // A count is no sample.
                    Some([low, high]) if piece.pairs > 0 => {
                        let [low, high] = [low, high].map(|end| end.map(short_number));
                        match (low, high) {
                            (Some(low), Some(high)) => format!("{low} – {high}"),
                            (Some(low), None) => format!("≥ {low}"),
                            (None, Some(high)) => format!("≤ {high}"),
                            (None, None) => "–".to_owned(),
                        }
                    }
                    _ => "–".to_owned(),
                },
                match piece.pairs {
                    0 => texts.counted.to_owned(),
                    pairs => pairs.to_string(),
                },
                language.finding(piece.finding).to_owned(),
            ]
        })
        .collect();
    table(caption, &names, &rows)
}
