//! Classes and probabilities, line by line.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value};
use tidegate_data::Recordings;
use tidegate_train::{ClassProbabilities, ClassifyModel};

/// CSV with a header: the recording's name, the step where each has a class, the class, and a column `p_` for each class.
pub(super) fn csv(
    model: &ClassifyModel,
    recordings: &Recordings,
    predictions: &[ClassProbabilities],
) -> String {
    let schema = &model.plan.schema;
    let mut text = String::from(match schema.every_step {
        true => "recording,step,class",
        false => "recording,class",
    });
    for class in &schema.classes {
        let _ = write!(text, ",{}", cell(&format!("p_{class}")));
    }
    text.push('\n');
    for (recording, prediction) in recordings.recordings.iter().zip(predictions) {
        let name = cell(&recording.name);
        for row in 0..prediction.len() {
            text += &name;
            if schema.every_step {
                let _ = write!(text, ",{row}");
            }
            let _ = write!(text, ",{}", cell(&schema.classes[prediction.class(row)]));
            for probability in prediction.probabilities(row) {
                let _ = write!(text, ",{probability:.6}");
            }
            text.push('\n');
        }
    }
    text
}

/// A recording, or one of its steps.
#[derive(Serialize)]
struct Line<'a> {
    recording: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<usize>,
    class: &'a str,
    probabilities: Map<String, Value>,
}

/// One JSON object on each line.
pub(super) fn json(
    model: &ClassifyModel,
    recordings: &Recordings,
    predictions: &[ClassProbabilities],
) -> Result<String, serde_json::Error> {
    let schema = &model.plan.schema;
    let mut text = String::new();
    for (recording, prediction) in recordings.recordings.iter().zip(predictions) {
        for row in 0..prediction.len() {
            let classes = schema.classes.iter().cloned();
            let line = Line {
                recording: &recording.name,
                step: schema.every_step.then_some(row),
                class: &schema.classes[prediction.class(row)],
                probabilities: classes
                    .zip(prediction.probabilities(row).map(Value::from))
                    .collect(),
            };
            text += &serde_json::to_string(&line)?;
            text.push('\n');
        }
    }
    Ok(text)
}

/// A cell of CSV, in quotes where it has to be (RFC 4180).
fn cell(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"', '\n', '\r']) {
        true => Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_would_end_early() {
        assert_eq!(cell("left"), "left");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"a\"\n"), "\"say \"\"a\"\"\n\"");
    }
}
