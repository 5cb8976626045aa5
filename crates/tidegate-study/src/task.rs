//! What the cells are compared on.

use std::path::PathBuf;

use tidegate_data::{
    AddingProblem, CopyMemory, DataError, MackeyGlass, Splits, TargetKind, TemporalOrder,
    adding_problem, copy_memory, mackey_glass, polyphonic_music, temporal_order,
};

/// A task: generated from options, or read from a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Remember two marked numbers and add them.
    AddingProblem(AddingProblem),
    /// Recall ten symbols after a long blank.
    CopyMemory(CopyMemory),
    /// Tell in which order two symbols came.
    TemporalOrder(TemporalOrder),
    /// Predict a chaotic series.
    MackeyGlass(MackeyGlass),
    /// Predict the next chord of the pieces in a JSON file.
    PolyphonicMusic {
        /// The file.
        path: PathBuf,
    },
}

impl Task {
    /// The adding problem with sequences of `length` steps: 10,000 to train, 1,000 each to validate and to test.
    #[must_use]
    pub fn adding_problem(length: usize) -> Task {
        Task::AddingProblem(AddingProblem {
            length,
            train: 10_000,
            valid: 1_000,
            test: 1_000,
            seed: 0,
        })
    }

    /// Copy memory with `lag` steps between a symbol and its recall: 5,000 sequences to train, 500 each to validate
    /// and to test.
    #[must_use]
    pub fn copy_memory(lag: usize) -> Task {
        Task::CopyMemory(CopyMemory {
            lag,
            train: 5_000,
            valid: 500,
            test: 500,
            seed: 0,
        })
    }

    /// Temporal order with sequences of `length` steps: 10,000 to train, 1,000 each to validate and to test.
    #[must_use]
    pub fn temporal_order(length: usize) -> Task {
        Task::TemporalOrder(TemporalOrder {
            length,
            train: 10_000,
            valid: 1_000,
            test: 1_000,
            seed: 0,
        })
    }

    /// Mackey-Glass in sequences of `length` steps; all else as in [`MackeyGlass::default`].
    #[must_use]
    pub fn mackey_glass(length: usize) -> Task {
        Task::MackeyGlass(MackeyGlass {
            window: length,
            ..MackeyGlass::default()
        })
    }

    /// The polyphonic music in a file.
    #[must_use]
    pub fn polyphonic_music(path: impl Into<PathBuf>) -> Task {
        Task::PolyphonicMusic { path: path.into() }
    }

    /// The same with `train` training sequences, and with a validation and a test set that keep their proportion to it.
    /// A file's task stays as it is.
    #[must_use]
    pub fn with_sequences(mut self, sequences: usize) -> Task {
        let resize = |train: &mut usize, valid: &mut usize, test: &mut usize| {
            let share = |set: usize| sequences.saturating_mul(set).div_ceil(*train).max(1);
            (*valid, *test) = (share(*valid), share(*test));
            *train = sequences;
        };
        match &mut self {
            Task::AddingProblem(task) => resize(&mut task.train, &mut task.valid, &mut task.test),
            Task::CopyMemory(task) => resize(&mut task.train, &mut task.valid, &mut task.test),
            Task::TemporalOrder(task) => resize(&mut task.train, &mut task.valid, &mut task.test),
            Task::MackeyGlass(task) => resize(&mut task.train, &mut task.valid, &mut task.test),
            Task::PolyphonicMusic { .. } => {}
        }
        self
    }

    /// Short name, fit for a file: `adding`, `copy`, `order`, `mackey-glass` or `music`.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Task::AddingProblem(_) => "adding",
            Task::CopyMemory(_) => "copy",
            Task::TemporalOrder(_) => "order",
            Task::MackeyGlass(_) => "mackey-glass",
            Task::PolyphonicMusic { .. } => "music",
        }
    }

    /// Generates or reads the sequences.
    ///
    /// # Errors
    /// [`DataError`] names the option, or the place in the file.
    pub fn splits(&self) -> Result<Splits, DataError> {
        match self {
            Task::AddingProblem(options) => adding_problem(*options),
            Task::CopyMemory(options) => copy_memory(*options),
            Task::TemporalOrder(options) => temporal_order(*options),
            Task::MackeyGlass(options) => mackey_glass(*options),
            Task::PolyphonicMusic { path } => polyphonic_music(path),
        }
    }
}

/// The loss that fits a target, with its unit.
pub(crate) fn loss_in_words(target: TargetKind) -> String {
    match target {
        TargetKind::Values { .. } => "mean squared error".to_owned(),
        TargetKind::Classes { .. } => "cross-entropy in nats per step".to_owned(),
        TargetKind::Labels { count } => {
            format!("binary cross-entropy in nats per step, summed over {count} labels")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_sequences_keep_the_proportions_of_the_sets() {
        let splits = Task::adding_problem(10)
            .with_sequences(50)
            .splits()
            .unwrap();
        assert_eq!(
            (splits.train.len(), splits.valid.len(), splits.test.len()),
            (50, 5, 5)
        );
        let splits = Task::mackey_glass(10).with_sequences(1).splits().unwrap();
        assert_eq!(
            (splits.train.len(), splits.valid.len(), splits.test.len()),
            (1, 1, 1)
        );
    }
}
