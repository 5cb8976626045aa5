//! JSON objects, one for each recording: one a line, in a list, or in the parts of one document.

mod labels;
mod nested;
mod numbers;
mod object;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeSeed;
use serde_json::error::Category;

use super::assembly::{Assembly, place};
use super::channels::unnamed;
use super::error::{RecordingsError, short};
use super::recording::{Label, Recording, RecordingPlace};
use super::{Recordings, RecordingsFormat, RecordingsOptions};
use crate::nearest_name::nearest_name;
use crate::table::{Place, quoted};
use labels::Labels;
pub(super) use nested::is_json;
use object::{Measured, Object, Raw, Recorded, Roles, TopSeed};

pub(super) fn read(
    text: &str,
    path: Arc<Path>,
    options: &RecordingsOptions,
) -> Result<Recordings, RecordingsError> {
    let roles = Roles::of(options);
    let mut lines = (1..).zip(text.lines());
    let mut lines = lines
        .by_ref()
        .filter(|(_, line)| !line.trim_ascii().is_empty());
    let Some((first, line)) = lines.next() else {
        return Err(RecordingsError::NoRecordings {
            path: path.to_path_buf(),
        });
    };
    let next = lines.next();
    let at = place(&path, Place::Line(first));
    let raw = match (parse(line, &roles), next) {
        (Ok(raw), _) => raw,
        // The object goes on in the next lines.
        (Err(error), Some(_)) if error.classify() == Category::Eof => {
            let raw = parse(text, &roles);
            let raw = raw.map_err(|error| malformed(&path, error.line() as u64, &error))?;
            let object = object(raw, &at)?;
            return finish(object, at, std::iter::empty(), &roles, path, options);
        }
        (Err(error), _) => return Err(malformed(&path, first, &error)),
    };
    let object = object(raw, &at)?;
    finish(
        object,
        at,
        next.into_iter().chain(lines),
        &roles,
        path,
        options,
    )
}

/// The recordings of the first object, and of those in the lines that follow.
fn finish<'a>(
    object: Object,
    at: RecordingPlace,
    lines: impl Iterator<Item = (u64, &'a str)>,
    roles: &Roles,
    path: Arc<Path>,
    options: &RecordingsOptions,
) -> Result<Recordings, RecordingsError> {
    let mut lines = lines;
    let mut builder = Builder::new(path.clone(), options);
    match object {
        Object::Recording(recorded) => {
            check_part(&path, options, &[])?;
            builder.add(recorded, at)?;
            for (line, text) in lines {
                let raw = parse(text, roles).map_err(|error| malformed(&path, line, &error))?;
                let at = place(&path, Place::Line(line));
                let recorded = raw.recorded().map_err(|reason| refused(&at, reason))?;
                builder.add(recorded, at)?;
            }
        }
        Object::Parts(parts) => {
            if let Some((line, _)) = lines.next() {
                let at = place(&path, Place::Line(line));
                return Err(refused(
                    &at,
                    "something follows the list of recordings".to_owned(),
                ));
            }
            let names: Vec<String> = parts.iter().map(|(name, _)| name.clone()).collect();
            let part = check_part(&path, options, &names)?;
            let chosen = parts.into_iter().nth(part);
            for (row, raw) in (1..).zip(chosen.into_iter().flat_map(|(_, part)| part)) {
                let at = place(&path, Place::Row(row));
                let recorded = raw.recorded().map_err(|reason| refused(&at, reason))?;
                builder.add(recorded, at)?;
            }
        }
    }
    builder.finish()
}

/// The index of the part that is asked for, or of the only one. A list alone is a part without a name.
fn check_part(
    path: &Path,
    options: &RecordingsOptions,
    parts: &[String],
) -> Result<usize, RecordingsError> {
    let found = match &options.part {
        Some(asked) => parts.iter().position(|part| part == asked),
        None => (parts.len() <= 1).then_some(0),
    };
    found.ok_or_else(|| RecordingsError::Part {
        path: path.to_owned(),
        part: options.part.clone(),
        parts: parts
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect(),
    })
}

fn parse(text: &str, roles: &Roles) -> Result<Raw, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let raw = TopSeed(roles).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(raw)
}

fn object(raw: Raw, at: &RecordingPlace) -> Result<Object, RecordingsError> {
    raw.object().map_err(|reason| refused(at, reason))
}

fn refused(at: &RecordingPlace, reason: String) -> RecordingsError {
    RecordingsError::Malformed {
        place: at.clone(),
        reason,
    }
}

fn malformed(path: &Arc<Path>, line: u64, error: &serde_json::Error) -> RecordingsError {
    let text = error.to_string();
    // The line that follows is that of the text that was read, which may be one of many.
    let reason = text.split(" at line ").next().unwrap_or(&text);
    let hint = match error.classify() {
        Category::Eof => ": the file is cut short",
        Category::Syntax if reason == "expected value" => ": a missing number is null",
        _ => "",
    };
    refused(
        &place(path, Place::Line(line)),
        format!("byte {}: {reason}{hint}", error.column()),
    )
}

/// Recordings as they are found, put together.
struct Builder<'a> {
    path: Arc<Path>,
    options: &'a RecordingsOptions,
    assembly: Option<Assembly>,
    names: HashMap<String, Place>,
}

impl<'a> Builder<'a> {
    fn new(path: Arc<Path>, options: &'a RecordingsOptions) -> Builder<'a> {
        Builder {
            path,
            options,
            assembly: None,
            names: HashMap::new(),
        }
    }

    fn add(&mut self, recorded: Recorded, at: RecordingPlace) -> Result<(), RecordingsError> {
        let count = self.assembly.as_ref().map_or(0, Assembly::len);
        if let (Some(keys), Some(asked)) = (recorded.keys_without_id, &self.options.id) {
            let known = keys.iter().map(String::as_str);
            return Err(RecordingsError::NoSuchColumn {
                path: self.path.to_path_buf(),
                role: "id",
                name: short(asked),
                nearest: nearest_name(asked, known).map(short),
                columns: keys,
            });
        }
        let name = recorded.id.unwrap_or_else(|| (count + 1).to_string());
        if let Some(place) = at.place
            && let Some(first) = self.names.insert(name.clone(), place)
        {
            return Err(RecordingsError::RepeatedName {
                place: at,
                name: short(&name),
                first,
            });
        }
        let found = match &recorded.measured {
            Measured::Rows { size, .. } => *size,
            Measured::Columns(columns) => columns.len(),
        };
        if found == 0 {
            return Err(RecordingsError::NoSteps {
                place: at,
                recording: short(&name),
            });
        }
        let names = recorded.names.unwrap_or_else(|| unnamed(found));
        let assembly = self
            .assembly
            .get_or_insert_with(|| Assembly::new(self.path.clone(), names.clone()));
        let values = match recorded.measured {
            Measured::Rows { values, .. } if *assembly.channels() == names[..] => values,
            Measured::Rows { .. } => return Err(other_channels(assembly, &names, &name, at)),
            Measured::Columns(columns) => {
                let steps = columns[0].len();
                if let Some(channel) = columns.iter().position(|column| column.len() != steps) {
                    return Err(RecordingsError::ChannelLength {
                        place: at,
                        recording: short(&name),
                        channel: short(&names[channel]),
                        found: columns[channel].len(),
                        expected: steps,
                    });
                }
                let Some(order) = order(assembly.channels(), &names) else {
                    return Err(other_channels(assembly, &names, &name, at));
                };
                let rows =
                    (0..steps).flat_map(|step| order.iter().map(move |&index| (step, index)));
                rows.map(|(step, index)| columns[index][step]).collect()
            }
        };
        let steps = values.len() / assembly.channels().len();
        let label = match self.options.ignore_labels {
            true => Label::None,
            false => label(recorded.label, steps, self.options.every_step, &name, &at)?,
        };
        let recording = Recording {
            name,
            values,
            label,
            place: at.clone(),
        };
        assembly.add(recording, |_| at.clone())
    }

    fn finish(self) -> Result<Recordings, RecordingsError> {
        match self.assembly {
            Some(assembly) => assembly.finish(RecordingsFormat::Json, Vec::new()),
            None => Err(RecordingsError::NoRecordings {
                path: self.path.to_path_buf(),
            }),
        }
    }
}

/// For each channel its index among these; none where they are not the same.
fn order(channels: &[String], found: &[String]) -> Option<Vec<usize>> {
    if channels.len() != found.len() {
        return None;
    }
    if channels == found {
        return Some((0..channels.len()).collect());
    }
    let indices: HashMap<&String, usize> = found
        .iter()
        .enumerate()
        .map(|(index, name)| (name, index))
        .collect();
    channels
        .iter()
        .map(|name| indices.get(name).copied())
        .collect()
}

fn other_channels(
    assembly: &Assembly,
    found: &[String],
    name: &str,
    place: RecordingPlace,
) -> RecordingsError {
    let channels = assembly.channels();
    if found.len() != channels.len() {
        return RecordingsError::ChannelCount {
            place,
            recording: short(name),
            found: found.len(),
            expected: channels.len(),
            declared: false,
        };
    }
    let shown = |names: &[String]| quoted(&names.join(", "));
    refused(
        &place,
        format!(
            "recording {:?} has the channels {}, and those before have {}: all recordings have the same",
            quoted(name),
            shown(found),
            shown(channels)
        ),
    )
}

fn label(
    labels: Labels,
    steps: usize,
    every_step: bool,
    name: &str,
    at: &RecordingPlace,
) -> Result<Label, RecordingsError> {
    let other_kind = || RecordingsError::LabelKind {
        place: at.clone(),
        recording: short(name),
        every_step,
    };
    let labels = match labels {
        Labels::None => return Ok(Label::None),
        Labels::Whole(_) if every_step => return Err(other_kind()),
        Labels::Whole(label) => return Ok(Label::Whole(label)),
        Labels::Steps(_) if !every_step => return Err(other_kind()),
        Labels::Steps(labels) => labels,
    };
    if labels.len() != steps {
        return Err(RecordingsError::LabelCount {
            place: at.clone(),
            recording: short(name),
            steps,
            labels: labels.len(),
        });
    }
    if labels.iter().all(Option::is_none) {
        return Ok(Label::None);
    }
    let labels: Option<Vec<_>> = labels.into_iter().collect();
    let labels = labels.ok_or_else(|| RecordingsError::StepWithoutLabel {
        place: at.clone(),
        recording: short(name),
    })?;
    Ok(Label::Steps(labels))
}
