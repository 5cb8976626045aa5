//! Sequences of NumPy as recordings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use numpy::{PyReadonlyArray2, PyReadonlyArray3};
use pyo3::prelude::*;
use tidegate_data::{Label, Recording, RecordingPlace, Recordings, RecordingsFormat};

use crate::error::{Failure, Outcome};

/// What errors call the sequences.
const NAME: &str = "X";

/// Recordings of an array `[n, steps, channels]` of `float32`, or of a list of arrays `[steps, channels]`, with labels if
/// there are any. Python has made the arrays and counted the channels.
///
/// # Errors
/// `ValueError` for no sequence, a sequence without steps or with other channels, or a number that is not finite, with its
/// place.
pub(super) fn recordings(
    sequences: &Bound<'_, PyAny>,
    labels: Option<&[String]>,
) -> Outcome<Recordings> {
    let path: Arc<Path> = Path::new(NAME).into();
    let mut recordings = Vec::new();
    let mut channels = None;
    let mut add = |index: usize, size: usize, values: Vec<f32>| {
        let expected = *channels.get_or_insert(size);
        check(index, size, expected, &values)?;
        let label = labels.and_then(|labels| labels.get(index));
        recordings.push(Recording {
            name: index.to_string(),
            values,
            label: label.map_or(Label::None, |label| Label::Whole(label.as_str().into())),
            place: RecordingPlace {
                path: Arc::clone(&path),
                place: None,
            },
        });
        Outcome::Ok(())
    };
    if let Ok(array) = sequences.extract::<PyReadonlyArray3<'_, f32>>() {
        let array = array.as_array();
        for (index, sequence) in array.outer_iter().enumerate() {
            add(index, sequence.ncols(), sequence.iter().copied().collect())?;
        }
    } else {
        for (index, sequence) in sequences.try_iter()?.enumerate() {
            let sequence = sequence?;
            let sequence: PyReadonlyArray2<'_, f32> = sequence.extract()?;
            let sequence = sequence.as_array();
            add(index, sequence.ncols(), sequence.iter().copied().collect())?;
        }
    }
    let Some(size) = channels else {
        return Err(Failure::value(
            "X holds no sequence (0 samples): at least one is needed",
        ));
    };
    Ok(Recordings {
        path: PathBuf::from(NAME),
        format: RecordingsFormat::Arrays,
        channels: (0..size)
            .map(|channel| format!("channel_{channel}"))
            .collect(),
        recordings,
        notes: Vec::new(),
    })
}

fn check(index: usize, size: usize, expected: usize, values: &[f32]) -> Outcome<()> {
    if size != expected {
        return Err(Failure::value(format!(
            "X[{index}] has {size} channels, and X[0] has {expected}: every sequence has the same"
        )));
    }
    if values.is_empty() {
        let what = if size == 0 { "channels" } else { "steps" };
        return Err(Failure::value(format!(
            "X[{index}] has no {what}: a sequence needs at least one step and one channel"
        )));
    }
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(position) => Err(Failure::value(format!(
            "X[{index}], step {}, channel {} is {}: every number has to be finite",
            position / size,
            position % size,
            values[position]
        ))),
    }
}
