//! The text format of the UEA and UCR archives, `.ts`: a header, then a line for each recording.

mod header;
mod line;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::assembly::{Assembly, place};
use super::channels::unnamed;
use super::error::{RecordingsError, short};
use super::recording::{Label, Recording};
use super::{Recordings, RecordingsFormat, RecordingsNote, RecordingsOptions};
use crate::table::{Place, quoted};
use header::Header;

/// Whether a text is in this format: what follows empty lines and comments begins with `@`.
pub(super) fn is_ts(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with('@'))
}

/// Whether it is Weka's format, whose header looks alike.
pub(super) fn is_arff(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(['#', '%']));
    let word = first.and_then(|line| line.split_ascii_whitespace().next());
    word.is_some_and(|word| word.eq_ignore_ascii_case("@relation"))
}

pub(super) fn read(
    text: &str,
    path: Arc<Path>,
    options: &RecordingsOptions,
) -> Result<Recordings, RecordingsError> {
    let mut lines = (1..).zip(text.lines().map(str::trim_ascii));
    let header = Header::read(&mut lines, &path)?;
    let declared: HashSet<&str> = header
        .classes
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let mut assembly = None;
    for (line, text) in lines {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let at = place(&path, Place::Line(line));
        let malformed = |reason| RecordingsError::Malformed {
            place: at.clone(),
            reason,
        };
        let (measured, label) = match &header.classes {
            None => (text, None),
            Some(_) => {
                let (measured, label) = text.rsplit_once(':').ok_or_else(|| {
                    malformed("no label follows the values, and the header says @classLabel true: the line is cut short".to_owned())
                })?;
                (measured, Some(label.trim_ascii()))
            }
        };
        let channels = match header.timestamps {
            true => line::timed_channels(measured),
            false => line::channels(measured),
        };
        let channels = channels.map_err(malformed)?;
        let assembly = assembly.get_or_insert_with(|| {
            Assembly::new(
                path.clone(),
                unnamed(header.channels.unwrap_or(channels.len())),
            )
        });
        let name = (assembly.len() + 1).to_string();
        let expected = assembly.channels().len();
        if channels.len() != expected {
            return Err(RecordingsError::ChannelCount {
                place: at,
                recording: name.into(),
                found: channels.len(),
                expected,
                declared: header.channels.is_some(),
            });
        }
        let steps = channels[0].len();
        if let Some(channel) = channels.iter().position(|channel| channel.len() != steps) {
            return Err(RecordingsError::ChannelLength {
                place: at,
                recording: name.into(),
                channel: short(&assembly.channels()[channel]),
                found: channels[channel].len(),
                expected: steps,
            });
        }
        if let (true, Some(declared)) = (header.equal_length, header.steps)
            && steps != declared
        {
            return Err(malformed(format!(
                "recording {name:?} has {steps} steps, and the header says @equalLength true and @seriesLength {declared}"
            )));
        }
        let mut values = Vec::with_capacity(steps * expected);
        for step in 0..steps {
            values.extend(channels.iter().map(|channel| channel[step]));
        }
        let label = match (label, &header.classes) {
            (Some(label), Some(classes)) if label != "?" && !options.ignore_labels => {
                if !declared.contains(label) {
                    return Err(RecordingsError::UndeclaredLabel {
                        place: at,
                        recording: name.into(),
                        label: quoted(label).into(),
                        declared: classes.clone(),
                    });
                }
                if options.every_step {
                    return Err(RecordingsError::LabelKind {
                        place: at,
                        recording: name.into(),
                        every_step: true,
                    });
                }
                Label::Whole(assembly.label(label))
            }
            _ => Label::None,
        };
        let recording = Recording {
            name,
            values,
            label,
            place: at.clone(),
        };
        assembly.add(recording, |_| at.clone())?;
    }
    let Some(assembly) = assembly else {
        return Err(RecordingsError::NoRecordings {
            path: path.to_path_buf(),
        });
    };
    let notes = match options.ignore_labels {
        true => Vec::new(),
        false => declared_only(&header, &assembly),
    };
    assembly.finish(RecordingsFormat::Ts, notes)
}

fn declared_only(header: &Header, assembly: &Assembly) -> Vec<RecordingsNote> {
    let declared = header.classes.iter().flatten();
    let classes: Vec<String> = declared
        .filter(|class| !assembly.has_label(class))
        .cloned()
        .collect();
    match classes.is_empty() {
        true => Vec::new(),
        false => vec![RecordingsNote::DeclaredOnly { classes }],
    }
}
