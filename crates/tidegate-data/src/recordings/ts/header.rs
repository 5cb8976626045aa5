//! What stands before `@data`.

use std::path::Path;
use std::sync::Arc;

use super::super::assembly::place;
use super::super::error::RecordingsError;
use crate::nearest_name::nearest_name;
use crate::table::{Place, quoted};

/// What a header may say, in the format's own spelling.
const DIRECTIVES: [&str; 9] = [
    "problemName",
    "timeStamps",
    "missing",
    "univariate",
    "dimensions",
    "equalLength",
    "seriesLength",
    "classLabel",
    "targetLabel",
];

/// What a header says of the recordings.
#[derive(Default)]
pub(super) struct Header {
    /// Whether each value stands in brackets behind its time.
    pub(super) timestamps: bool,
    /// Channels of a recording.
    pub(super) channels: Option<usize>,
    /// Steps of each recording.
    pub(super) steps: Option<usize>,
    /// Whether recordings are equally long.
    pub(super) equal_length: bool,
    /// The declared classes; none where recordings have no label.
    pub(super) classes: Option<Vec<String>>,
    /// Whether anything was said of labels.
    label: bool,
    univariate: bool,
}

impl Header {
    /// Reads the lines up to `@data`, and says how many they are.
    pub(super) fn read<'a>(
        lines: &mut impl Iterator<Item = (u64, &'a str)>,
        path: &Arc<Path>,
    ) -> Result<Header, RecordingsError> {
        let mut header = Header::default();
        let mut last = 1;
        for (line, text) in lines.by_ref() {
            last = line;
            let refuse = |reason: String| {
                Err(RecordingsError::Malformed {
                    place: place(path, Place::Line(line)),
                    reason,
                })
            };
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let Some(directive) = text.strip_prefix('@') else {
                return refuse(format!(
                    "{:?} stands before @data: a line of the header begins with @, and one of comments with #",
                    quoted(text)
                ));
            };
            let mut words = directive.split_ascii_whitespace();
            let word = words.next().unwrap_or_default();
            let words: Vec<&str> = words.collect();
            if word.eq_ignore_ascii_case("data") {
                return match header.label {
                    true => Ok(header),
                    false => refuse(
                        "the header says nothing of labels: @classLabel true and the classes, or @classLabel false, is expected before @data"
                            .to_owned(),
                    ),
                };
            }
            if let Err(reason) = header.set(word, &words) {
                return refuse(reason);
            }
        }
        Err(RecordingsError::Malformed {
            place: place(path, Place::Line(last)),
            reason: "the file ends before @data: it is cut short".to_owned(),
        })
    }

    fn set(&mut self, directive: &str, words: &[&str]) -> Result<(), String> {
        match directive.to_ascii_lowercase().as_str() {
            "problemname" => {}
            "timestamps" => self.timestamps = truth(directive, words)?,
            // Values say themselves whether they are missing.
            "missing" => {
                truth(directive, words)?;
            }
            "univariate" => {
                self.univariate = truth(directive, words)?;
                if self.univariate {
                    self.count_channels(1)?;
                }
            }
            "dimensions" | "dimension" => self.count_channels(count(directive, words)?)?,
            "equallength" => self.equal_length = truth(directive, words)?,
            "serieslength" => self.steps = Some(count(directive, words)?),
            "classlabel" => {
                self.label = true;
                if truth(directive, &words[..words.len().min(1)])? {
                    if words.len() == 1 {
                        return Err(
                            "@classLabel true is followed by no class: the classes stand behind it"
                                .to_owned(),
                        );
                    }
                    self.classes = Some(words[1..].iter().map(|&class| class.to_owned()).collect());
                }
            }
            "targetlabel" => {
                self.label = true;
                if truth(directive, words)? {
                    return Err(
                        "@targetLabel true says that the recordings have numbers to predict: recordings with classes are read".to_owned(),
                    );
                }
            }
            _ => {
                let meant = nearest_name(directive, DIRECTIVES);
                return Err(format!(
                    "@{} is no line of a header{}: the lines are @{}, @data",
                    quoted(directive),
                    meant.map_or(String::new(), |meant| format!(", did you mean @{meant}?")),
                    DIRECTIVES.join(", @")
                ));
            }
        }
        Ok(())
    }

    fn count_channels(&mut self, count: usize) -> Result<(), String> {
        if self.univariate && count != 1 {
            return Err(format!(
                "@univariate true and @dimensions {count} contradict each other"
            ));
        }
        self.channels = Some(count);
        Ok(())
    }
}

fn truth(directive: &str, words: &[&str]) -> Result<bool, String> {
    match words {
        [word] if word.eq_ignore_ascii_case("true") => Ok(true),
        [word] if word.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(format!(
            "@{directive} is followed by {:?}: true or false is expected",
            quoted(&words.join(" "))
        )),
    }
}

fn count(directive: &str, words: &[&str]) -> Result<usize, String> {
    match words {
        [word] if word.parse::<usize>().is_ok_and(|count| count > 0) => {
            Ok(word.parse().unwrap_or(1))
        }
        _ => Err(format!(
            "@{directive} is followed by {:?}: a whole number, 1 at least, is expected",
            quoted(&words.join(" "))
        )),
    }
}
