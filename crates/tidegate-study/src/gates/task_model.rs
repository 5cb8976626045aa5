//! A sequence as a model that was trained for a task reads it: scaled as in its training, or as its tokens.

use std::path::Path;

use tidegate_data::{Inputs, Recordings, RecordingsError, Split, Table};
use tidegate_train::{
    ClassifyModel, Corpus, DetectData, DetectModel, ModelTask, NextModel, RegressModel, TrainError,
};

use super::error::GatesError;
use super::sequence::{SequenceSource, ShownSequence};

impl ShownSequence {
    /// The sequence of `data` as the model of a file reads it: the recording of this index for a classifier; the text, or the
    /// piece of this index in a set of music, for a next-step model; the readings for a detector; the table or
    /// array for a regressor. None for a model that says no task, whose data is read
    /// as it is.
    ///
    /// # Errors
    /// [`GatesError::Train`] where the model, or the data for it, cannot be read; [`GatesError::NoSuchSequence`] says
    /// how many there are.
    pub fn for_task_model(
        model: &Path,
        data: &Path,
        split: Split,
        sequence: usize,
    ) -> Result<Option<ShownSequence>, GatesError> {
        let name = || {
            let name = data.file_name().unwrap_or_default().to_string_lossy();
            name.into_owned()
        };
        let missing = |split, count| GatesError::NoSuchSequence {
            name: name(),
            split,
            sequence,
            count,
        };
        match ModelTask::of_file(model)? {
            Some(ModelTask::Classify) => {
                let plan = ClassifyModel::load(model)?.plan;
                let recordings = Recordings::read(data, &plan.recordings).map_err(refused)?;
                let mut inputs = plan.schema.inputs(&recordings).map_err(refused)?;
                if sequence >= inputs.len() {
                    return Err(missing(None, inputs.len()));
                }
                let recording = &recordings.recordings[sequence];
                Ok(Some(ShownSequence {
                    name: format!("{}, {}", name(), recording.name),
                    split: None,
                    sequence,
                    inputs: inputs.swap_remove(sequence),
                    names: Some(plan.schema.channels),
                    pitches: false,
                }))
            }
            Some(ModelTask::Next) => {
                let material = NextModel::load(model)?.plan.material;
                let (split, inputs) = match Corpus::read(data, Some(material.kind()))? {
                    Corpus::Text(_) if sequence > 0 => return Err(missing(None, 1)),
                    Corpus::Text(bytes) => (None, Inputs::Tokens(material.encode_text(&bytes)?)),
                    Corpus::Music(pieces) => {
                        let pieces = pieces.get(split);
                        let piece = pieces.get(sequence);
                        let piece = piece.ok_or_else(|| missing(Some(split), pieces.len()))?;
                        (Some(split), Inputs::Tokens(material.encode_music(piece)?))
                    }
                };
                Ok(Some(ShownSequence {
                    name: name(),
                    split,
                    sequence,
                    inputs,
                    names: Some(vec![material.noun().to_owned()]),
                    pitches: false,
                }))
            }
            Some(ModelTask::Detect) if sequence > 0 => Err(missing(None, 1)),
            Some(ModelTask::Detect) => {
                let model = DetectModel::load(model)?;
                let channels = &model.plan.channels;
                let columns: Vec<String> = channels.iter().map(|one| one.name.clone()).collect();
                let table = Table::read(data)?;
                let readings = DetectData::of(&table, model.plan.time.as_deref(), Some(&columns))?;
                let names = columns
                    .iter()
                    .flat_map(|name| [name.clone(), format!("{name}, beside what was expected")]);
                Ok(Some(ShownSequence {
                    name: name(),
                    split: None,
                    sequence,
                    inputs: Inputs::Features {
                        size: 2 * columns.len(),
                        values: model.inputs(&readings)?,
                    },
                    names: Some(names.collect()),
                    pitches: false,
                }))
            }
            Some(ModelTask::Regress) if sequence > 0 => Err(missing(None, 1)),
            Some(ModelTask::Regress) => {
                let schema = RegressModel::load(model)?.plan.schema;
                let mut shown = SequenceSource::of_file(data, split, sequence)?.read()?;
                // Of another size, it is refused for that where it is held against the model.
                if let Inputs::Features { size, values } = &mut shown.inputs
                    && *size == schema.channels.len()
                {
                    for row in values.chunks_mut(*size) {
                        for (value, scaling) in row.iter_mut().zip(&schema.scaling) {
                            *value = scaling.to_scaled(f64::from(*value)) as f32;
                        }
                    }
                }
                shown.names = shown.names.or(Some(schema.channels));
                Ok(Some(shown))
            }
            Some(ModelTask::Forecast) | None => Ok(None),
        }
    }
}

fn refused(error: RecordingsError) -> TrainError {
    TrainError::from(error)
}
