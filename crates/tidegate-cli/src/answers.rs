//! The answers of a study on the terminal: a table for each question, and the verdicts.

use tidegate_study::{
    DataAnswer, Equal, Evidence, Finding, MemoryAnswer, Omission, Spread, StructureAnswer,
    StudyReport, TimeAnswer, Verdict,
};

use crate::columns::columns;
use crate::number::{ratio, significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::table::with_spread;
use crate::visible::visible;

/// What was asked, and the verdict on each sentence that was held against it.
pub(crate) fn answers(report: &StudyReport, page: Page) -> String {
    let mut text = String::new();
    if let Some(answer) = &report.memory {
        text += &memory(answer, report.seeds, page);
    }
    if let Some(answer) = &report.structure {
        text += &structure(answer, page);
    }
    if let Some(answer) = &report.time {
        text += &time(answer, page);
    }
    if let Some(answer) = &report.data {
        text += &data(answer, page);
    }
    let asked = |verdict: &&Verdict| verdict.omissions != [Omission::NotAsked];
    let verdicts: Vec<&Verdict> = report.verdicts.iter().filter(asked).collect();
    if !verdicts.is_empty() {
        text += "What the textbooks say\n\n";
        text.extend(verdicts.into_iter().map(|one| verdict(one, page)));
    }
    text
}

fn omissions(omissions: &[Omission], page: Page) -> String {
    let lines = omissions
        .iter()
        .map(|omission| paragraph(&visible(&format!("Left out: {omission}.")), page.text));
    lines.collect()
}

fn equal(equal: Equal) -> String {
    match equal {
        Equal::Parameters => "parameters".to_owned(),
        Equal::Hidden => "hidden size".to_owned(),
    }
}

fn mean(spread: &Spread) -> String {
    significant(spread.mean, 3)
}

fn nothing() -> String {
    "–".to_owned()
}

fn memory(answer: &MemoryAnswer, seeds: usize, page: Page) -> String {
    let mut text = "Memory: the longest lag that a cell solves\n\n".to_owned();
    for task in &answer.tasks {
        let lags: Vec<String> = task.lags.iter().map(|lag| format!("lag {lag}")).collect();
        let mut headings: Vec<[&str; 2]> = vec![["", &task.key], ["longest lag", "solved"]];
        headings.extend(lags.iter().map(|lag| [lag.as_str(), "test loss"]));
        let rows = task.cells.iter().map(|cell| {
            let losses = cell
                .test_loss
                .iter()
                .zip(&cell.solved)
                .map(|(loss, solved)| {
                    let loss = loss.as_ref().map_or_else(nothing, mean);
                    format!("{loss} ({solved}/{seeds})")
                });
            let longest = longest(&cell.longest_lag);
            [cell.cell.to_string(), longest]
                .into_iter()
                .chain(losses)
                .collect()
        });
        text += &columns(&headings, &rows.collect::<Vec<Vec<String>>>(), page.table);
        text.push('\n');
    }
    if let Some(task) = answer.tasks.first() {
        text += &paragraph(
            &format!(
                "Within {} updates; solved is a test loss below {} of the lowest that is possible without memory; in \
                 brackets the seeds that solved it.",
                thousands(task.updates),
                answer.solved_below
            ),
            page.text,
        );
    }
    text + &omissions(&answer.omissions, page) + "\n"
}

/// Over the seeds: one number, or the least and the greatest.
fn longest(lags: &[Option<usize>]) -> String {
    let one = |lag: Option<usize>| lag.map_or_else(|| "none".to_owned(), thousands);
    // None is less than every lag.
    match (lags.iter().min(), lags.iter().max()) {
        (Some(&least), Some(&greatest)) if least == greatest => one(least),
        (Some(&least), Some(&greatest)) => format!("{} to {}", one(least), one(greatest)),
        _ => nothing(),
    }
}

fn structure(answer: &StructureAnswer, page: Page) -> String {
    let headings: [[&str; 2]; 10] = [
        ["", "cell"],
        ["", "equal"],
        ["", "gates"],
        ["hidden", "size"],
        ["", "parameters"],
        ["multiply-adds", "of the layers"],
        ["the same", "padded"],
        ["bytes of", "state"],
        ["bytes of", "weights"],
        ["bytes of tape", "per step"],
    ];
    let mut text = "Structure: what a cell is made of\n\n".to_owned();
    for rows in answer.rows.chunk_by(|a, b| a.task == b.task) {
        text += &paragraph(&visible(&rows[0].task), page.text);
        let lines = rows.iter().map(|row| {
            vec![
                row.cell.to_string(),
                equal(row.equal),
                row.gates.to_string(),
                thousands(row.hidden_size),
                thousands(row.parameters),
                thousands(row.multiply_adds),
                thousands(row.padded_multiply_adds),
                thousands(row.state_bytes),
                thousands(row.weight_bytes),
                thousands(row.allocated_tape_bytes_per_step.round() as usize),
            ]
        });
        text += &columns(&headings, &lines.collect::<Vec<_>>(), page.table);
        text.push('\n');
    }
    text
}

fn time(answer: &TimeAnswer, page: Page) -> String {
    let headings: [[&str; 2]; 8] = [
        ["", "cell"],
        ["", "equal"],
        ["hidden", "size"],
        ["ms per", "update"],
        ["seconds", "per epoch"],
        ["runs at", "target"],
        ["updates", "to target"],
        ["seconds", "to target"],
    ];
    let mut text = "Time: how long a cell takes to train\n\n".to_owned();
    for tasks in answer.tasks.chunk_by(|a, b| a.task == b.task) {
        text += &paragraph(&visible(&tasks[0].task), page.text);
        let mut lines = Vec::new();
        let mut targets = Vec::new();
        for task in tasks {
            lines.extend(task.cells.iter().map(|cell| {
                let target = |spread: &Option<Spread>| spread.as_ref().map_or_else(nothing, mean);
                vec![
                    cell.cell.to_string(),
                    equal(task.equal),
                    thousands(cell.hidden_size),
                    significant(1e3 * cell.seconds_per_update.mean, 3),
                    mean(&cell.seconds_per_epoch),
                    format!("{}/{}", cell.reached, cell.runs),
                    cell.updates_to_target
                        .as_ref()
                        .map_or_else(nothing, |updates| thousands(updates.mean.round() as usize)),
                    target(&cell.seconds_to_target),
                ]
            }));
            let of = |target| format!("{} at equal {}", significant(target, 3), equal(task.equal));
            targets.extend(task.target_loss.map(of));
        }
        text += &columns(&headings, &lines, page.table);
        if !targets.is_empty() {
            let sentence = format!(
                "Target: the lowest validation loss that every run of both gated cells reached, {}.",
                targets.join(", ")
            );
            text += &paragraph(&sentence, page.text);
        }
        text.push('\n');
    }
    text + &omissions(&answer.omissions, page)
        + if answer.omissions.is_empty() {
            ""
        } else {
            "\n"
        }
}

fn data(answer: &DataAnswer, page: Page) -> String {
    let mut text = "Data: the test loss against the share of the training data\n\n".to_owned();
    for task in &answer.tasks {
        text += &paragraph(&visible(&task.task), page.text);
        let shares = task.shares.iter().zip(&task.sequences);
        let shares: Vec<[String; 2]> = shares
            .map(|(share, sequences)| [share.to_string(), thousands(*sequences)])
            .collect();
        let mut headings: Vec<[&str; 2]> = vec![["share", "sequences"]];
        headings.extend(
            shares
                .iter()
                .map(|[share, sequences]| [share.as_str(), sequences]),
        );
        let rows = task.cells.iter().map(|cell| {
            let losses = cell.test_loss.iter();
            let losses = losses.map(|loss| loss.as_ref().map_or_else(nothing, with_spread));
            std::iter::once(cell.cell.to_string())
                .chain(losses)
                .collect()
        });
        text += &columns(&headings, &rows.collect::<Vec<Vec<String>>>(), page.table);
        for crossing in &task.crossings {
            let sentence = format!(
                "Of the two, {} has the lower loss below about {} sequences, and {} above.",
                crossing.first,
                thousands(crossing.sequences.round() as usize),
                crossing.second
            );
            text += &paragraph(&sentence, page.text);
        }
        text.push('\n');
    }
    text + &omissions(&answer.omissions, page)
        + if answer.omissions.is_empty() {
            ""
        } else {
            "\n"
        }
}

fn verdict(verdict: &Verdict, page: Page) -> String {
    let finding = match verdict.finding {
        _ if verdict.evidence.is_empty() => "no evidence",
        Finding::Holds => "holds",
        Finding::DoesNotHold => "does not hold",
        Finding::Undecided => "undecided",
    };
    let sentence = format!("{} {}", verdict.sentence.in_words(), finding.to_uppercase());
    let mut text = paragraph(&sentence, page.text);
    text.extend(verdict.evidence.iter().map(evidence));
    text + &omissions(&verdict.omissions, page) + "\n"
}

fn evidence(evidence: &Evidence) -> String {
    let measure = evidence.measure;
    let finding = match evidence.finding {
        Finding::Holds => "for",
        Finding::DoesNotHold => "against",
        Finding::Undecided => "open",
    };
    let interval = match evidence.interval {
        Some(_) if evidence.pairs == 0 => String::new(),
        Some([Some(low), Some(high)]) => format!(" ({} to {})", ratio(low), ratio(high)),
        Some([Some(low), None]) => format!(" (at least {})", ratio(low)),
        Some([None, Some(high)]) => format!(" (at most {})", ratio(high)),
        Some([None, None]) | None => String::new(),
    };
    let share = match evidence.share {
        tidegate_study::Share::ALL => String::new(),
        share => format!(", {share} of the data"),
    };
    let line = format!(
        "  {finding:<7}  {measure} {}/{} = {}{interval}: {}, equal {}{share}",
        evidence.cell,
        evidence.other,
        ratio(evidence.ratio),
        evidence.task,
        equal(evidence.equal),
    );
    visible(&line) + "\n"
}
