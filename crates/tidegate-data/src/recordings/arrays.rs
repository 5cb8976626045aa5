//! NumPy arrays, one for each recording: `[steps, channels]`, or `[steps]` of one channel.

mod folder;
mod label_file;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use super::assembly::{Assembly, check_size};
use super::channels::unnamed;
use super::error::{RecordingsError, short};
use super::recording::{Label, Recording, RecordingPlace};
use super::{Recordings, RecordingsFormat, RecordingsOptions};
use crate::npy::{Array, Element, steps_and_features};
use crate::regular_file::read_regular_file;

/// Reads a folder of arrays.
pub(super) fn read_folder(
    path: Arc<Path>,
    options: &RecordingsOptions,
) -> Result<Recordings, RecordingsError> {
    let mut files = folder::files(&path, options)?.into_iter();
    let Some(first) = files.next() else {
        return Err(RecordingsError::NoArrays {
            path: path.to_path_buf(),
        });
    };
    let array = load(&first.path, &read_regular_file(&first.path)?)?;
    let mut assembly = Assembly::new(path, unnamed(array.size));
    add(&mut assembly, first, array, options.every_step)?;
    for file in files {
        let array = load(&file.path, &read_regular_file(&file.path)?)?;
        add(&mut assembly, file, array, options.every_step)?;
    }
    assembly.finish(RecordingsFormat::Arrays, Vec::new())
}

/// Reads one array as one recording without a label.
pub(super) fn read_file(path: Arc<Path>, bytes: &[u8]) -> Result<Recordings, RecordingsError> {
    let array = load(&path, bytes)?;
    let name = path.file_stem().unwrap_or(path.as_os_str());
    let file = File {
        name: name.to_string_lossy().into_owned(),
        path: path.clone(),
        label: None,
    };
    let mut assembly = Assembly::new(path, unnamed(array.size));
    add(&mut assembly, file, array, false)?;
    assembly.finish(RecordingsFormat::Arrays, Vec::new())
}

/// One file of a folder.
struct File {
    /// The path within the folder, without its extension.
    name: String,
    path: Arc<Path>,
    label: Option<String>,
}

/// What a file holds.
struct Measurements {
    size: usize,
    values: Vec<f32>,
}

fn add(
    assembly: &mut Assembly,
    file: File,
    array: Measurements,
    every_step: bool,
) -> Result<(), RecordingsError> {
    let place = of_file(&file.path);
    let expected = assembly.channels().len();
    if array.size != expected {
        return Err(RecordingsError::ChannelCount {
            place,
            recording: short(&file.name),
            found: array.size,
            expected,
            declared: false,
        });
    }
    let label = match &file.label {
        Some(_) if every_step => {
            return Err(RecordingsError::LabelKind {
                place,
                recording: short(&file.name),
                every_step,
            });
        }
        Some(label) => Label::Whole(assembly.label(label)),
        None => Label::None,
    };
    let recording = Recording {
        name: file.name,
        values: array.values,
        label,
        place: place.clone(),
    };
    assembly.add(recording, |_| place.clone())
}

fn load(path: &Arc<Path>, bytes: &[u8]) -> Result<Measurements, RecordingsError> {
    let malformed = |reason| RecordingsError::Malformed {
        place: of_file(path),
        reason,
    };
    let array = Array::read(bytes).map_err(malformed)?;
    if matches!(array.element, Element::Text { .. } | Element::Time(_)) {
        return Err(malformed(format!(
            "the array has the type {:?}: numbers are expected",
            array.descr
        )));
    }
    let (steps, size) = steps_and_features(&array.shape).map_err(malformed)?;
    check_size(steps.saturating_mul(size), &of_file(path))?;
    let places = (0..steps).flat_map(|step| (0..size).map(move |channel| (step, channel)));
    let values =
        places.map(|(step, channel)| array.number(array.place(step, channel, size)) as f32);
    Ok(Measurements {
        values: values.collect(),
        size,
    })
}

fn of_file(path: &Arc<Path>) -> RecordingPlace {
    RecordingPlace {
        path: path.clone(),
        place: None,
    }
}
