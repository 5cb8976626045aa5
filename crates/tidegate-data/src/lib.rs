//! Sequences from files and generators: reading, checking and splitting.
//!
//! Here live the [`SequenceSet`], which holds sequences whose shapes and values have been checked,
//! the [`Splits`] of a task into training, validation and test sets, and the tasks themselves:
//!
//! - [`adding_problem`], [`copy_memory`], [`temporal_order`] and [`mackey_glass`] are generated from a
//!   seed; the same options give the same bits;
//! - [`polyphonic_music`] is read from a file.
//!
//! A text is read as [`Characters`] or bytes ([`read_text`]), and the pieces of a file of music as [`music_tokens`]; a
//! [`midi_file`] is what generated music is written to, and [`NoteStatistics`] say what its notes are like.
//!
//! [`generated_readings`] writes the text of a file of readings from a seed, [`generated_text`] sentences and
//! [`generated_music`] pieces in four parts.
//!
//! A [`Table`] holds the columns of a file of readings, a [`TimeColumn`] the times of its rows, a [`TableLayout`] which
//! rows make a series, and [`TimeSteps`] how their times go on. A [`SeriesSchema`] makes a [`Panel`] of prepared
//! series of a table, and [`Parts`] split it by time. A [`WindowSet`] lays windows over series. [`Recordings`] are
//! sequences with labels, of a file or a folder. A [`FeatureSequence`] is one sequence without targets, from a CSV or `.npy` file.
//!
//! Here do not live batches, losses, metrics, or anything that knows what a model is.
//!
//! ```
//! use tidegate_data::{AddingProblem, adding_problem};
//!
//! let options = AddingProblem { length: 50, train: 100, valid: 10, test: 10, seed: 1 };
//! let splits = adding_problem(options)?;
//! assert_eq!(
//!     splits.train.to_string(),
//!     "100 sequences of 50 steps (5000 in all), 2 features in, 1 value out at the last step"
//! );
//! # Ok::<(), tidegate_data::DataError>(())
//! ```
//!
//! Sequences, pieces, steps and channels are counted from 0, in this documentation and in every
//! error.

mod adding_problem;
mod copy_memory;
mod error;
mod feature_sequence;
mod frequency;
mod generated_music;
mod generated_readings;
mod generated_recordings;
mod generated_text;
mod kind;
mod mackey_glass;
mod music;
mod nearest_name;
mod npy;
mod number_array;
mod option_limits;
mod panel;
mod polyphonic_music;
mod random_stream;
mod reading_stream;
mod recordings;
mod regular_file;
mod sequence;
mod sequence_set;
mod splits;
mod subset;
mod table;
mod table_layout;
mod temporal_order;
mod text;
mod time_column;
mod time_steps;
mod window_error;
mod window_set;

pub use adding_problem::{AddingProblem, adding_problem};
pub use copy_memory::{CopyMemory, copy_memory};
pub use error::{DataError, Side};
pub use feature_sequence::FeatureSequence;
pub use frequency::Frequency;
pub use generated_music::{MusicOptions, generated_music};
pub use generated_readings::{
    MachineOptions, MachineReadings, ReadingsKind, ReadingsOptions, generated_machine,
    generated_readings,
};
pub use generated_recordings::{GeneratedRecordings, RecordingsKind, generated_recordings};
pub use generated_text::{TextLanguage, TextOptions, generated_text};
pub use kind::{InputKind, Supervision, TargetKind};
pub use mackey_glass::{MackeyGlass, mackey_glass};
pub use music::{
    MidiOptions, MusicPieces, MusicToken, NoteStatistics, Piece, PieceWriter, StatisticsDistance,
    midi_file, music_tokens,
};
pub use nearest_name::nearest_name;
pub use npy::npy_bytes;
pub use number_array::NumberArray;
pub use panel::{
    Calendar, CalendarFeature, Covariate, CovariateKind, CovariateRole, GridError, Missing,
    MissingError, Panel, PanelSeries, PartTimes, Parts, Purpose, Scaling, SeriesError, SeriesNote,
    SeriesOptions, SeriesSchema, SplitBy, SplitError, SplitOptions, SplitTimes, TimeSchema,
};
pub use polyphonic_music::{MusicPlace, polyphonic_music};
pub use reading_stream::{
    Buffered, LineProblem, ReadingStream, StreamColumns, StreamError, StreamLayout, StreamLine,
};
pub use recordings::{
    ChannelSchema, Label, Recording, RecordingPlace, Recordings, RecordingsError, RecordingsFormat,
    RecordingsNote, RecordingsOptions, RecordingsSchema, stratified_folds, stratified_split,
    unlabelled_split,
};
pub use regular_file::read_regular_file;
pub use sequence::{Inputs, Sequence, Targets};
pub use sequence_set::SequenceSet;
pub use splits::{Split, Splits};
pub use table::{
    Column, Marker, Place, Separator, StrayText, Table, TableError, TableFormat, Texts, TimeKind,
    Times, Values,
};
pub use table_layout::{Series, TableLayout};
pub use temporal_order::{TemporalOrder, temporal_order};
pub use text::{Characters, TextError, TextPlace, decode_utf8, read_text, read_text_from};
pub use time_column::{DateOrder, TimeColumn, TimeError, TimeFormat, TimeOptions, TimePrecision};
pub use time_steps::{Gap, Gaps, Places, TimeSteps};
pub use window_error::WindowError;
pub use window_set::{FeatureSeries, WindowBatch, WindowPlace, WindowSet, WindowShape};
