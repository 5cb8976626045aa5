//! Every final run for a spreadsheet.

use csv::{Terminator, WriterBuilder};
use serde::Serialize;

use crate::sizing::Equal;
use crate::study_report::StudyReport;

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    experiment: usize,
    questions: String,
    task: &'a str,
    share: String,
    training_sequences: usize,
    equal: Equal,
    cell: &'static str,
    hidden_size: usize,
    parameters: usize,
    seed: u64,
    train_loss: Option<f64>,
    valid_loss: Option<f64>,
    test_loss: Option<f64>,
    loss: &'a str,
    epochs: Option<usize>,
    best_epoch: Option<usize>,
    seconds_per_epoch: Option<f64>,
    seconds_to_best: Option<f64>,
    diverged: bool,
    learning_rate: f64,
    weight_decay: f64,
    input_dropout: f32,
    recurrent_dropout: f32,
    output_dropout: f32,
}

/// Comma-separated values with a line of names (RFC 4180), one line for each final run, the same in every language. What was
/// not measured is empty.
///
/// # Errors
/// None but those of the writer, which writes to memory.
pub fn runs_csv(report: &StudyReport) -> Result<String, csv::Error> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for (number, experiment) in report.experiments.iter().enumerate() {
        let questions: Vec<&str> = experiment.questions.iter().map(|q| q.name()).collect();
        for row in &experiment.rows {
            let summary = experiment
                .summary
                .iter()
                .find(|summary| summary.cell == row.cell);
            writer.serialize(Line {
                experiment: number,
                questions: questions.join(" "),
                task: &row.task,
                share: experiment.share.to_string(),
                training_sequences: experiment.sequences,
                equal: experiment.equal,
                cell: row.cell.name(),
                hidden_size: row.hidden_size,
                parameters: row.parameters,
                seed: row.seed,
                train_loss: row.train_loss,
                valid_loss: row.valid_loss,
                test_loss: row.test_loss,
                loss: summary.map_or("", |summary| summary.loss.as_str()),
                epochs: row.epochs,
                best_epoch: row.best_epoch,
                seconds_per_epoch: row.seconds_per_epoch,
                seconds_to_best: row.seconds_to_best,
                diverged: row.diverged.is_some(),
                learning_rate: row.candidate.learning_rate,
                weight_decay: row.candidate.weight_decay,
                input_dropout: row.candidate.input_dropout,
                recurrent_dropout: row.candidate.recurrent_dropout,
                output_dropout: row.candidate.output_dropout,
            })?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::report;

    #[test]
    fn every_run_is_a_line_with_every_column_and_names_are_quoted() {
        let text = runs_csv(&report()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let heads = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
        assert_eq!(&rows[0][column("task")], "adding, </script><b>");
        assert_eq!(&rows[0][column("equal")], "parameters");
        assert_eq!(&rows[0][column("test_loss")], "0.25");
        // It diverged.
        assert_eq!(&rows[1][column("test_loss")], "");
        assert_eq!(&rows[1][column("diverged")], "true");
    }
}
