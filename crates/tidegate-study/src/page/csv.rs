//! The table of the report for a spreadsheet: one row for each experiment and cell.

use crate::spread::Spread;
use crate::study_report::StudyReport;

const HEADS: &str = "task,equal,share,training_sequences,cell,gates,hidden_size,parameters,multiply_adds_per_step,seeds,\
diverged,loss,test_loss,test_loss_standard_deviation,valid_loss,train_loss,seconds_per_epoch,tuning_runs,tuning_seconds,\
learning_rate,weight_decay,input_dropout,recurrent_dropout,output_dropout";

/// Comma-separated values with a line of names (RFC 4180), the same in every language. What was not measured is empty.
#[must_use]
pub fn summary_csv(report: &StudyReport) -> String {
    let mut text = format!("{HEADS}\r\n");
    for experiment in &report.experiments {
        for row in &experiment.summary {
            let mean = |spread: &Option<Spread>| number(spread.map(|spread| spread.mean));
            let deviation = row.test_loss.and_then(|spread| spread.standard_deviation);
            let equal = match experiment.equal {
                crate::Equal::Parameters => "parameters",
                crate::Equal::Hidden => "hidden",
            };
            let fields = [
                row.task.clone(),
                equal.to_owned(),
                experiment.share.to_string(),
                experiment.sequences.to_string(),
                row.cell.to_string(),
                row.gates.to_string(),
                row.hidden_size.to_string(),
                row.parameters.to_string(),
                row.multiply_adds_per_step.to_string(),
                row.seeds.to_string(),
                row.diverged.to_string(),
                row.loss.clone(),
                mean(&row.test_loss),
                number(deviation),
                mean(&row.valid_loss),
                mean(&row.train_loss),
                mean(&row.seconds_per_epoch),
                row.tuning_runs.to_string(),
                row.tuning_seconds.to_string(),
                row.candidate.learning_rate.to_string(),
                row.candidate.weight_decay.to_string(),
                row.candidate.input_dropout.to_string(),
                row.candidate.recurrent_dropout.to_string(),
                row.candidate.output_dropout.to_string(),
            ];
            let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
            text.push_str(&fields.join(","));
            text.push_str("\r\n");
        }
    }
    text
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::report;

    #[test]
    fn every_row_has_every_column_and_commas_are_quoted() {
        let text = summary_csv(&report());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() > 1);
        assert!(lines[1].starts_with("\"adding, </script><b>\",parameters,1,"));
        // One comma stands in the task's name, quoted.
        let commas = |line: &str| line.matches(',').count();
        assert_eq!(commas(lines[1]), commas(lines[0]) + 1);
    }
}
