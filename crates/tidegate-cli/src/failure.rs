//! How the command ends when it does not succeed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tidegate_data::{DataError, StreamError, TimeError};
use tidegate_exchange::ExchangeError;
use tidegate_study::StudyError;
use tidegate_study::forecast::ForecastPageError;
use tidegate_study::gates::GatesError;
use tidegate_study::tune::TuneError;
use tidegate_train::{ModelTask, TrainError};

use crate::configuration::ConfigurationError;
use crate::number::counted;
use crate::visible::visible;

/// What went wrong. Misuse of options is reported before, by the parser, with exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("error: {0}")]
    Study(#[from] StudyError),
    #[error("error: {0}")]
    Gates(#[from] GatesError),
    #[error("error: {0}")]
    Data(#[from] DataError),
    #[error(
        "error: {} is a network for regression: Python's tidegate.SequenceRegressor trains and evaluates it; tidegate run and \
         tidegate export take it too",
        model.display()
    )]
    Regressor { model: PathBuf },
    #[error("error: --plot has nothing to draw of {}", model.display())]
    NoPlot { model: PathBuf },
    #[error("error: {} is no file of a model, and no kind of generated file: these are {kinds}", word.display())]
    NothingToGenerate { word: PathBuf, kinds: String },
    #[error(
        "error: {} is {}; tidegate {command} needs one of tidegate train {task}",
        model.display(), trained(*found)
    )]
    OtherTask {
        model: PathBuf,
        found: Option<ModelTask>,
        command: &'static str,
        task: ModelTask,
    },
    #[error("error: {} is a detector: give its labelled windows with --labels FILE", model.display())]
    NoLabels { model: PathBuf },
    #[error(
        "error: --plot reads the readings again, and standard input is gone by then: give a file with --input"
    )]
    PlotOfStandardInput,
    #[error(
        "error: {} writes text, and {} would be music: leave out --midi",
        model.display(), midi.display()
    )]
    TextAsMidi { model: PathBuf, midi: PathBuf },
    #[error(
        "error: {name}: {reason}: give a list of steps, each a list of MIDI pitches, such as [[67, 60], [65, 60]]"
    )]
    MusicalPrompt { name: String, reason: String },
    #[error("error: {error} (it looks like music; --tokens characters takes it for text)")]
    TakenForMusic { error: DataError },
    #[error("error: {0}")]
    Configuration(#[from] ConfigurationError),
    #[error("error: {}: {error}", path.display())]
    Exchange {
        path: PathBuf,
        error: Box<ExchangeError>,
    },
    #[error("error: {}, step {step}: {error}", data.display())]
    AtStep {
        data: PathBuf,
        step: usize,
        error: Box<ExchangeError>,
    },
    #[error("error: {} has the shape {shape:?}, expected {expected}", data.display())]
    DataShape {
        data: PathBuf,
        shape: Vec<usize>,
        expected: String,
    },
    #[error("error: {}: value {place} is {value}: {expected}", data.display())]
    DataValue {
        data: PathBuf,
        place: usize,
        value: f64,
        expected: &'static str,
    },
    #[error("error: {option} is for {of}, and {} is {what}: leave it out", file.display())]
    NotItsOption {
        option: &'static str,
        of: &'static str,
        file: PathBuf,
        what: &'static str,
    },
    #[error("error: {} is a model file already: use it as it is", file.display())]
    AlreadyModel { file: PathBuf },
    #[error(
        "error: {} is a forecaster: it reads windows of a table and is no chain of layers; tidegate forecast runs it, tidegate \
         export writes it as ONNX, and in Python there is tidegate.load(path)",
        model.display()
    )]
    ForecasterIsNoChain { model: PathBuf },
    #[error(
        "error: {} is a forecaster: it reads windows of a table and is no chain of layers; of the formats, ONNX alone holds \
         it: give --format onnx, or a name that ends with .onnx",
        model.display()
    )]
    ForecasterIsOnnx { model: PathBuf },
    #[error(
        "error: {}: what was written differs from the model by {difference:e} when it is read and run again: nothing was kept",
        output.display()
    )]
    ExportDiffers { output: PathBuf, difference: f32 },
    #[error("error: {}: {error}", path.display())]
    Time { path: PathBuf, error: TimeError },
    #[error(
        "error: {} is there already: give another name, or --force to replace it",
        path.display()
    )]
    Exists { path: PathBuf },
    #[error(
        "error: the path {} is not text in UTF-8, which a configuration holds: rename the file",
        path.display()
    )]
    NotText { path: PathBuf },
    #[error("error: {0}")]
    Train(#[from] TrainError),
    /// What is wrong lies in a file of readings.
    #[error("error: {name}: {error}")]
    OfData {
        name: String,
        error: Box<TrainError>,
    },
    #[error("error: cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("error: cannot draw {}: {error}", path.display())]
    Page {
        path: PathBuf,
        error: ForecastPageError,
    },
    #[error("error: cannot start {threads} threads: {reason}")]
    Threads { threads: usize, reason: String },
    #[error(
        "error: {} keeps an interrupted run: tidegate resume {} goes on with it, --force begins anew",
        checkpoint.display(), model.display()
    )]
    Unfinished { model: PathBuf, checkpoint: PathBuf },
    #[error("error: {} would be written over, but it is what the command reads: give another file", output.display())]
    OutputIsInput { output: PathBuf },
    #[error("error: {} lies in {}, which the command reads: give a file outside of that folder", output.display(), folder.display())]
    OutputInInput { output: PathBuf, folder: PathBuf },
    #[error("error: {} would be written twice: give each output a file of its own", output.display())]
    SameOutput { output: PathBuf },
    #[error("error: {} is there and is no file: it would be replaced by one; give another file", output.display())]
    SpecialFile { output: PathBuf },
    #[error("error: there is no interrupted run: {} does not exist", configuration.display())]
    NothingToResume { configuration: PathBuf },
    #[error(
        "error: {data}: the rows are those that the model was trained and validated on, and none is left to measure it on"
    )]
    NoTestRows { data: String },
    #[error("error: {0}")]
    Tune(TuneError),
    #[error(
        "interrupted after {done} of {runs} runs: all of it is kept in {}; repeat the same command to continue",
        folder.display()
    )]
    TuningInterrupted {
        done: usize,
        runs: usize,
        folder: PathBuf,
    },
    #[error("error: {name}: {error}")]
    Stream { name: String, error: StreamError },
    #[error("error: state {}: {reason}", path.display())]
    State { path: PathBuf, reason: String },
    #[error("error: {}: {reason}", path.display())]
    Labels { path: PathBuf, reason: String },
    #[error("error: {} has no use for {option}: it is {what}", model.display())]
    UselessOption {
        model: PathBuf,
        option: &'static str,
        what: &'static str,
    },
    #[error("{} passed over; all others are scored", counted(usize::try_from(*lines).unwrap_or(usize::MAX), "line was", "lines were"))]
    LinesSkipped { lines: u64 },
    #[error("worse than naive: {reason}")]
    WorseThanNaive { reason: String },
    #[error("error: cannot write the results as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("error: {task} with {given}: {reason}; change --length or --sequences")]
    Size {
        task: &'static str,
        /// The options that were given.
        given: String,
        reason: String,
    },
    #[error("error: {error} (options: {options})")]
    Memory {
        error: Box<StudyError>,
        options: &'static str,
    },
    #[error("error: cannot write the results to standard output: {0}")]
    StandardOutput(io::Error),
    #[error("error: cannot listen for requests to end: {0}")]
    RequestsToEnd(io::Error),
    #[error("error: cannot listen for Ctrl-C: {0}")]
    Signals(#[from] ctrlc::Error),
    #[error(
        "interrupted after {epochs} epochs: all of it is kept beside {0}; tidegate resume {0} goes on",
        model.display()
    )]
    TrainingInterrupted { epochs: usize, model: PathBuf },
    #[error("interrupted after {done} of {runs} runs: {}", continuation(.folder.as_ref()))]
    Interrupted {
        done: usize,
        runs: usize,
        folder: Option<PathBuf>,
    },
}

/// Exit status after Ctrl-C: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// Exit status of a stream of which lines were passed over.
const LINES_SKIPPED: u8 = 3;

/// Exit status of a backtest that was asked to fail where the model is not better than naive forecasts.
const WORSE_THAN_NAIVE: u8 = 3;

impl Failure {
    pub(crate) fn write(path: &Path, error: io::Error) -> Failure {
        let path = path.to_owned();
        Failure::Write { path, error }
    }

    pub(crate) fn exchange(path: &Path, error: ExchangeError) -> Failure {
        Failure::Exchange {
            path: path.to_owned(),
            error: Box::new(error),
        }
    }

    /// An error of training or forecasting: what is wrong with the data is said with its name.
    pub(crate) fn of_data(name: &str, error: TrainError) -> Failure {
        match error {
            TrainError::Series(_)
            | TrainError::Detect(_)
            | TrainError::Time(_)
            | TrainError::Windows(_)
            | TrainError::NoWindow { .. }
            | TrainError::Text(_)
            | TrainError::ShortText { .. }
            | TrainError::OtherMaterial { .. } => Failure::OfData {
                name: name.to_owned(),
                error: Box::new(error),
            },
            error => Failure::Train(error),
        }
    }

    /// Says it on standard error and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        // Where standard error is gone there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{}", visible(&self.to_string()));
        ExitCode::from(match self {
            Failure::Interrupted { .. }
            | Failure::TrainingInterrupted { .. }
            | Failure::TuningInterrupted { .. } => INTERRUPTED,
            Failure::LinesSkipped { .. } => LINES_SKIPPED,
            Failure::WorseThanNaive { .. } => WORSE_THAN_NAIVE,
            _ => 1,
        })
    }
}

fn trained(task: Option<ModelTask>) -> String {
    match task {
        Some(ModelTask::Regress) => {
            "a network for regression of Python's SequenceRegressor".to_owned()
        }
        Some(task) => format!("a model of tidegate train {task}"),
        None => "no model of tidegate train".to_owned(),
    }
}

fn continuation(folder: Option<&PathBuf>) -> String {
    match folder {
        Some(folder) => format!(
            "all of it is kept in {}; repeat the same command to continue",
            folder.display()
        ),
        None => "nothing was kept; with --out DIR the same command can be continued".to_owned(),
    }
}
