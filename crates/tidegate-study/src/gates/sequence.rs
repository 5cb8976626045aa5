//! The sequence that a model is shown.

use std::path::{Path, PathBuf};

use tidegate_data::{FeatureSequence, Inputs, NumberArray, Split};
use tidegate_model::{InputLayer, Model};

use super::error::GatesError;
use crate::memory;
use crate::task::Task;

/// Where a sequence comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum SequenceSource {
    /// A sequence of a set of a task: the same that a comparison of cells on that task uses.
    Task {
        /// The task, generated or polyphonic music.
        task: Task,
        /// The set.
        split: Split,
        /// Index in the set, from 0.
        sequence: usize,
    },
    /// The rows of a CSV file below its header.
    Table {
        /// The file.
        path: PathBuf,
    },
    /// A NumPy array.
    Array {
        /// The file.
        path: PathBuf,
    },
}

/// A sequence without its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownSequence {
    /// What it is, in words: the file, or the task.
    pub name: String,
    /// The set that it is from.
    pub split: Option<Split>,
    /// Its index there.
    pub sequence: usize,
    /// What the model reads.
    pub inputs: Inputs,
    /// The features' names, where they have some.
    pub names: Option<Vec<String>>,
    /// Whether the features are the keys of a piano, from the lowest up.
    pub pitches: bool,
}

impl SequenceSource {
    /// What a file holds, by its name: polyphonic music in `.json`, a table in `.csv`, an array in `.npy`. Set and index
    /// choose among the pieces of music.
    ///
    /// # Errors
    /// [`GatesError::UnknownFormat`].
    pub fn of_file(path: &Path, split: Split, sequence: usize) -> Result<Self, GatesError> {
        let path = path.to_owned();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        match extension.to_lowercase().as_str() {
            "json" => Ok(SequenceSource::Task {
                task: Task::polyphonic_music(path),
                split,
                sequence,
            }),
            "csv" => Ok(SequenceSource::Table { path }),
            "npy" => Ok(SequenceSource::Array { path }),
            _ => Err(GatesError::UnknownFormat { path }),
        }
    }

    /// Whether it is one of several sequences, among which set and index choose.
    #[must_use]
    pub fn is_one_of_several(&self) -> bool {
        matches!(self, SequenceSource::Task { .. })
    }

    /// Reads or generates the sequence.
    ///
    /// # Errors
    /// [`GatesError::Data`] names the place in the file or the option; [`GatesError::NoSuchSequence`] says how many there
    /// are.
    pub fn read(&self) -> Result<ShownSequence, GatesError> {
        let (path, features) = match self {
            SequenceSource::Task {
                task,
                split,
                sequence,
            } => return of_task(task, *split, *sequence),
            SequenceSource::Table { path } => (path, FeatureSequence::from_csv(path)?),
            SequenceSource::Array { path } => (path, FeatureSequence::from_npy(path)?),
        };
        let FeatureSequence {
            names,
            size,
            values,
        } = features;
        Ok(of_file(path, Inputs::Features { size, values }, names))
    }

    /// Reads or generates the sequence for a model: the whole numbers of a table or array are tokens for one that reads tokens.
    ///
    /// # Errors
    /// Those of [`SequenceSource::read`]; [`GatesError::Tokens`] for numbers that are no tokens, or do not stand in one column.
    pub fn read_for(&self, model: &Model) -> Result<ShownSequence, GatesError> {
        match (self, model.configuration().input) {
            (
                SequenceSource::Table { path } | SequenceSource::Array { path },
                InputLayer::Embedding { .. },
            ) => Ok(of_file(path, Inputs::Tokens(tokens(path)?), None)),
            _ => self.read(),
        }
    }
}

/// The one sequence of a file.
fn of_file(path: &Path, inputs: Inputs, names: Option<Vec<String>>) -> ShownSequence {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ShownSequence {
        name: name.into_owned(),
        split: None,
        sequence: 0,
        inputs,
        names,
        pitches: false,
    }
}

/// The tokens in a file: whole numbers, one for each step.
fn tokens(path: &Path) -> Result<Vec<u32>, GatesError> {
    let array = NumberArray::read(path)?;
    let refuse = |reason: String| GatesError::Tokens {
        path: path.to_owned(),
        reason,
    };
    if !matches!(array.shape[..], [_] | [_, 1]) || array.values.is_empty() {
        let found = format!("the numbers have the shape {:?}", array.shape);
        return Err(refuse(found));
    }
    let token = |(step, &value): (usize, &f64)| {
        let is_token = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
        match is_token {
            true => Ok(value as u32),
            false => Err(refuse(format!("step {step} is {value}"))),
        }
    };
    array.values.iter().enumerate().map(token).collect()
}

fn of_task(task: &Task, split: Split, sequence: usize) -> Result<ShownSequence, GatesError> {
    let task = &up_to(task.clone(), split, sequence);
    memory::check_sets(task, memory::available())
        .map_err(|error| GatesError::Memory(Box::new(error)))?;
    let mut splits = task.splits()?;
    let set = match split {
        Split::Train => &mut splits.train,
        Split::Valid => &mut splits.valid,
        Split::Test => &mut splits.test,
    };
    let count = set.len();
    if sequence >= count {
        return Err(GatesError::NoSuchSequence {
            name: splits.name,
            split: Some(split),
            sequence,
            count,
        });
    }
    Ok(ShownSequence {
        name: splits.name,
        split: Some(split),
        sequence,
        inputs: set.sequences.swap_remove(sequence).inputs,
        names: names(task),
        pitches: matches!(task, Task::PolyphonicMusic { .. }),
    })
}

/// The same task with no more sequences than it takes, where a smaller set is the beginning of a larger one. A set without
/// the sequence asked for stays as it is.
fn up_to(mut task: Task, split: Split, sequence: usize) -> Task {
    let counts = match &mut task {
        Task::AddingProblem(task) => [&mut task.train, &mut task.valid, &mut task.test],
        Task::CopyMemory(task) => [&mut task.train, &mut task.valid, &mut task.test],
        Task::TemporalOrder(task) => [&mut task.train, &mut task.valid, &mut task.test],
        Task::MackeyGlass(_) | Task::PolyphonicMusic { .. } => return task,
    };
    for (count, of) in counts.into_iter().zip(Split::ALL) {
        *count = match of == split {
            true if sequence < *count => sequence + 1,
            true => *count,
            false => 1,
        };
    }
    task
}

/// Names of the features of tasks; those of music are its MIDI pitches.
fn names(task: &Task) -> Option<Vec<String>> {
    let names: &[&str] = match task {
        Task::AddingProblem(_) => &["number", "marker"],
        Task::MackeyGlass(_) => &["value"],
        Task::PolyphonicMusic { .. } => {
            return Some((21..=108).map(|pitch: u8| pitch.to_string()).collect());
        }
        Task::CopyMemory(_) | Task::TemporalOrder(_) => return None,
    };
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_of_a_task_is_that_of_its_set() {
        let task = Task::adding_problem(10).with_sequences(30);
        let splits = task.splits().unwrap();
        let source = SequenceSource::Task {
            task,
            split: Split::Valid,
            sequence: 2,
        };
        let shown = source.read().unwrap();
        assert_eq!(shown.inputs, splits.valid.sequences[2].inputs);
        assert_eq!(shown.names.unwrap(), ["number", "marker"]);
    }

    #[test]
    fn an_index_beyond_the_set_says_how_many_there_are() {
        let source = SequenceSource::Task {
            task: Task::adding_problem(10).with_sequences(30),
            split: Split::Valid,
            sequence: 3,
        };
        let message = source.read().unwrap_err().to_string();
        assert!(
            message.contains("no sequence 3: its validation set holds 3 sequences, numbers 0 to 2"),
            "{message}"
        );
    }

    #[test]
    fn a_file_is_what_its_name_says() {
        let of = |name: &str| SequenceSource::of_file(Path::new(name), Split::Test, 0);
        assert!(of("a.json").unwrap().is_one_of_several());
        assert!(matches!(
            of("b/a.CSV").unwrap(),
            SequenceSource::Table { .. }
        ));
        assert!(matches!(of("a.npy").unwrap(), SequenceSource::Array { .. }));
        for name in ["a.txt", "a", "", "csv"] {
            assert!(
                matches!(of(name), Err(GatesError::UnknownFormat { .. })),
                "{name}"
            );
        }
    }
}
