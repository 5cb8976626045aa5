//! What is written for a line.

use std::fmt::Write;

use serde_json::json;
use tidegate_train::Detection;

/// Appends lines of CSV, or of JSON.
#[derive(Debug)]
pub(super) struct Answers {
    /// The name of the column of times; without one, readings are numbered.
    pub(super) time: Option<String>,
    pub(super) json: bool,
    /// What is not written yet.
    pub(super) text: String,
}

impl Answers {
    pub(super) fn header(&mut self) {
        if !self.json {
            let name = self.time.as_deref().unwrap_or("reading").to_owned();
            self.cell(&name);
            self.text.push_str(",score,alarm\n");
        }
    }

    /// Of a reading; `number` is its own, from 1.
    pub(super) fn reading(&mut self, time: &str, number: u64, detection: Detection) {
        let Detection { score, alarm } = detection;
        if self.json {
            let mut line = json!({"score": score, "alarm": alarm});
            match &self.time {
                Some(_) => line["time"] = json!(time),
                None => line["reading"] = json!(number),
            }
            let _ = writeln!(self.text, "{line}");
            return;
        }
        match self.time {
            Some(_) => self.cell(time),
            None => {
                let _ = write!(self.text, "{number}");
            }
        }
        let _ = match score {
            Some(score) => writeln!(self.text, ",{score:.4},{}", u8::from(alarm)),
            None => writeln!(self.text, ",,{}", u8::from(alarm)),
        };
    }

    /// Of a line that is passed over, after so many readings.
    pub(super) fn skipped(&mut self, time: &str, before: u64, problem: &str) {
        if self.json {
            let mut line = json!({"score": null, "alarm": null, "problem": problem});
            match &self.time {
                Some(_) => line["time"] = json!(time),
                None => line["after_reading"] = json!(before),
            }
            let _ = writeln!(self.text, "{line}");
            return;
        }
        self.cell(time);
        self.text.push_str(",,\n");
    }

    /// A cell, within quotation marks where it needs them.
    fn cell(&mut self, text: &str) {
        match text.contains([',', '"', '\r', '\n']) {
            true => {
                let _ = write!(self.text, "\"{}\"", text.replace('"', "\"\""));
            }
            false => self.text.push_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(json: bool) -> Answers {
        Answers {
            time: Some("at, local".to_owned()),
            json,
            text: String::new(),
        }
    }

    #[test]
    fn a_line_of_csv_has_time_score_and_alarm() {
        let mut answers = answers(false);
        answers.header();
        let detection = Detection {
            score: Some(4.25),
            alarm: true,
        };
        answers.reading("1,5", 1, detection);
        answers.reading(
            "2",
            2,
            Detection {
                score: None,
                alarm: false,
            },
        );
        answers.skipped("3", 2, "it is empty");
        assert_eq!(
            answers.text,
            "\"at, local\",score,alarm\n\"1,5\",4.2500,1\n2,,0\n3,,\n"
        );
    }

    #[test]
    fn a_line_of_json_says_why_there_is_no_score() {
        let mut answers = answers(true);
        answers.header();
        answers.skipped("3", 2, "it is empty");
        assert_eq!(
            answers.text,
            "{\"alarm\":null,\"problem\":\"it is empty\",\"score\":null,\"time\":\"3\"}\n"
        );
        answers.time = None;
        answers.text.clear();
        answers.skipped("", 2, "it is empty");
        assert_eq!(
            answers.text,
            "{\"after_reading\":2,\"alarm\":null,\"problem\":\"it is empty\",\"score\":null}\n"
        );
    }
}
