//! Recordings to sort, or to label step by step: whole sequences of any lengths, with the same channels in each.
//!
//! Here files become recordings, recordings a [`SequenceSet`](crate::SequenceSet) by what a [`RecordingsSchema`] remembers of
//! training, and a file's recordings parts that have their share of every class. What is learned of them lives elsewhere.

mod arrays;
mod assembly;
mod channels;
mod classes;
mod content;
#[cfg(test)]
mod damaged_tests;
mod error;
mod json;
mod long_table;
mod names;
mod note;
mod options;
mod recording;
mod schema;
#[cfg(test)]
mod schema_tests;
mod stratified;
#[cfg(test)]
mod stratified_tests;
mod ts;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use channels::ChannelSchema;
pub use error::RecordingsError;
pub use note::RecordingsNote;
pub use options::RecordingsOptions;
pub use recording::{Label, Recording, RecordingPlace};
pub use schema::RecordingsSchema;
pub use stratified::{stratified_folds, stratified_split, unlabelled_split};

use crate::nearest_name::nearest_name;
use crate::regular_file::{read_regular_file, read_whole};
use crate::table::{Table, TableFormat};
use content::Content;
use error::short;

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
    /// NumPy arrays, one for each recording.
    Arrays,
}

impl RecordingsFormat {
    /// Whether labels stand in columns or under keys, that options may ask for.
    fn has_names(self) -> bool {
        matches!(
            self,
            RecordingsFormat::LongTable(_) | RecordingsFormat::Json
        )
    }
}

impl Recordings {
    /// Reads the recordings of a file of up to 1 GiB, or of a folder, known by their content: the text format of the UEA and
    /// UCR archives; a [`Table`] with a row for each step; JSON objects, one for each recording; one NumPy array, or a
    /// folder of them.
    ///
    /// Steps at the end of a recording in which every channel is missing are padding, and left out.
    ///
    /// # Errors
    /// What is wrong, and where: [`RecordingsError::Data`] where there is no file to read, or no table in it.
    ///
    /// ```
    /// use tidegate_data::{Label, Recordings, RecordingsOptions};
    ///
    /// let csv = "sequence_id,time,x,y,label\na,0,0.1,0.2,wave\na,1,0.3,0.4,wave\nb,0,0.5,0.6,shake\n";
    /// let recordings = Recordings::read_from(csv.as_bytes(), "gestures.csv", &RecordingsOptions::default())?;
    /// assert_eq!(recordings.channels, ["x", "y"]);
    /// assert_eq!(recordings.recordings[0].values, [0.1, 0.2, 0.3, 0.4]);
    /// assert_eq!(recordings.recordings[1].label, Label::Whole("shake".into()));
    /// # Ok::<(), tidegate_data::RecordingsError>(())
    /// ```
    pub fn read(
        path: impl AsRef<Path>,
        options: &RecordingsOptions,
    ) -> Result<Recordings, RecordingsError> {
        let path: Arc<Path> = path.as_ref().into();
        match path.is_dir() {
            true => arrays::read_folder(path, options)?.with_options(options),
            false => Recordings::of_file(read_regular_file(&path)?, path, options),
        }
    }

    /// The same from something that is read to its end, such as standard input; errors call it by this name.
    ///
    /// # Errors
    /// As [`Recordings::read`].
    pub fn read_from(
        source: impl Read,
        name: &str,
        options: &RecordingsOptions,
    ) -> Result<Recordings, RecordingsError> {
        let path: Arc<Path> = Path::new(name).into();
        Recordings::of_file(read_whole(source, &path)?, path, options)
    }

    fn of_file(
        bytes: Vec<u8>,
        path: Arc<Path>,
        options: &RecordingsOptions,
    ) -> Result<Recordings, RecordingsError> {
        let read = match content::recognise(&bytes, &path)? {
            Content::Array => arrays::read_file(path, &bytes)?,
            Content::Ts(text) => ts::read(text, path, options)?,
            Content::Json(text) => json::read(text, path, options)?,
            Content::Table => {
                let table = Table::of_file(bytes, &path)?;
                long_table::read(&table, path, options)?
            }
        };
        read.with_options(options)
    }

    /// Keeps the channels that are asked for, and says which options have no use here.
    fn with_options(mut self, options: &RecordingsOptions) -> Result<Recordings, RecordingsError> {
        if let (Some(part), true) = (&options.part, self.format != RecordingsFormat::Json) {
            return Err(RecordingsError::Part {
                path: self.path,
                part: Some(part.clone()),
                parts: Vec::new(),
            });
        }
        if let RecordingsFormat::LongTable(_) = self.format {
            return Ok(self);
        }
        for (option, name) in [
            ("--id", &options.id),
            ("--time", &options.time),
            ("--label", &options.label),
        ] {
            let used = match self.format {
                RecordingsFormat::Json | RecordingsFormat::Arrays => option != "--time",
                _ => false,
            };
            if let (false, Some(name)) = (used, name) {
                self.notes.push(RecordingsNote::OptionWithoutUse {
                    option: format!("{option} {name}"),
                });
            }
        }
        match &options.channels {
            Some(channels) => self.with_channels(channels),
            None => Ok(self),
        }
    }

    /// The recordings with these channels alone, in this order.
    fn with_channels(mut self, names: &[String]) -> Result<Recordings, RecordingsError> {
        let mut order = Vec::with_capacity(names.len());
        for name in names {
            let Some(index) = self.channels.iter().position(|channel| channel == name) else {
                let known = self.channels.iter().map(String::as_str);
                return Err(RecordingsError::NoSuchColumn {
                    path: self.path,
                    role: "channel",
                    name: short(name),
                    nearest: nearest_name(name, known).map(short),
                    columns: self.channels,
                });
            };
            if order.contains(&index) {
                return Err(RecordingsError::TwoRoles {
                    path: self.path,
                    column: name.clone(),
                    first: "channel",
                    second: "channel",
                });
            }
            order.push(index);
        }
        if order.is_empty() {
            return Err(RecordingsError::NoChannels {
                path: self.path,
                unused: Vec::new(),
            });
        }
        let size = self.channels.len();
        for recording in &mut self.recordings {
            let rows = recording.values.chunks_exact(size);
            recording.values = rows
                .flat_map(|row| order.iter().map(|&index| row[index]))
                .collect();
        }
        self.channels = names.to_vec();
        Ok(self)
    }

    /// Whether two recordings have one label.
    fn has_repeated_label(&self) -> bool {
        let mut seen = std::collections::HashSet::new();
        let mut labels = self.recordings.iter().flat_map(|one| one.label.texts());
        !labels.all(|label| seen.insert(label))
    }
}
