//! Recordings to sort, or to label step by step: whole sequences of any lengths, with the same channels in each.
//!
//! Here files become recordings, recordings a [`SequenceSet`](crate::SequenceSet) by what a [`RecordingsSchema`] remembers of
//! training, and a file's recordings parts that have their share of every class. What is learned of them lives elsewhere.

mod assembly;
mod classes;
mod error;
mod note;
mod options;
mod recording;
mod schema;
mod stratified;
mod ts;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::RecordingsError;
pub use note::RecordingsNote;
pub use options::RecordingsOptions;
pub use recording::{Label, Recording, RecordingPlace};
pub use schema::RecordingsSchema;
pub use stratified::{stratified_folds, stratified_split};

use crate::error::DataError;
use crate::regular_file::read_regular_file;
use crate::table::{TableFormat, text};

/// Recordings of the same channels, at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Recordings {
    /// The file or folder.
    pub path: PathBuf,
    /// How it is written.
    pub format: RecordingsFormat,
    /// The channels' names; `channel_0`, `channel_1` and so on where the file has none.
    pub channels: Vec<String>,
    /// The recordings, in the file's order.
    pub recordings: Vec<Recording>,
    /// What their owner should know of.
    pub notes: Vec<RecordingsNote>,
}

/// How recordings are written, as found in the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingsFormat {
    /// The text format of the UEA and UCR archives.
    Ts,
    /// A table, with a row for each step.
    LongTable(TableFormat),
    /// JSON objects, one for each recording.
    Json,
    /// A folder of NumPy arrays.
    ArrayFolder,
}

impl RecordingsFormat {
    /// Whether it has names of columns or keys, that options may ask for.
    pub(super) fn has_names(self) -> bool {
        matches!(
            self,
            RecordingsFormat::LongTable(_) | RecordingsFormat::Json
        )
    }
}

impl Recordings {
    /// Reads the recordings of a file of up to 1 GiB, or of a folder, known by their content.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(
        path: impl AsRef<Path>,
        options: &RecordingsOptions,
    ) -> Result<Recordings, RecordingsError> {
        let path: Arc<Path> = path.as_ref().into();
        let bytes = read_regular_file(&path)?;
        let text = text(&bytes).map_err(|error| DataError::Table {
            path: path.to_path_buf(),
            error,
        })?;
        ts::read(text, path, options)
    }

    /// Whether two recordings have one label.
    fn has_repeated_label(&self) -> bool {
        let mut seen = std::collections::HashSet::new();
        let mut labels = self.recordings.iter().flat_map(|one| one.label.texts());
        !labels.all(|label| seen.insert(label))
    }
}
