//! A stream on its way through the detector: what was found, written in time, and the state that goes with it.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tidegate_data::{StreamLayout, StreamLine};
use tidegate_train::{Detection, Detector, TrainError};

use super::answer::Answers;
use super::arguments::DetectArguments;
use super::state_file::StateFile;
use crate::failure::Failure;
use crate::visible::visible;

/// Bytes that are gathered before they are written, where the stream does not pause.
const FULL: usize = 1 << 16;

/// Time between two writings of the state.
const PAUSE: Duration = Duration::from_secs(1);

/// Lines that are passed over and named; further ones are counted.
const MOST_NAMED: u64 = 10;

/// Everything between the lines that are read and those that are written.
pub(super) struct Watch {
    pub(super) detector: Detector,
    model: String,
    answers: Answers,
    state: Option<PathBuf>,
    layout: Option<StreamLayout>,
    /// Lines that were taken, and those of them that were passed over, in all runs.
    lines: u64,
    all_skipped: u64,
    /// Lines that this run has passed over.
    skipped: u64,
    /// The state after the last line that was written.
    covered: Option<StateFile>,
    kept: Instant,
    /// For a page, of each reading.
    pub(super) found: Option<Vec<Detection>>,
}

impl Watch {
    pub(super) fn new(detector: Detector, model: String, arguments: &DetectArguments) -> Watch {
        Watch {
            answers: Answers {
                time: detector.model().plan.time.clone(),
                json: arguments.json,
                text: String::with_capacity(2 * FULL),
            },
            detector,
            model,
            state: arguments.state.clone(),
            layout: None,
            lines: 0,
            all_skipped: 0,
            skipped: 0,
            covered: None,
            kept: Instant::now(),
            found: arguments.plot.is_some().then(Vec::new),
        }
    }

    /// From what was kept.
    pub(super) fn go_on(&mut self, kept: &StateFile) {
        self.lines = kept.lines;
        self.all_skipped = kept.skipped;
        self.layout.clone_from(&kept.layout);
    }

    /// Answers a line.
    pub(super) fn take(&mut self, line: StreamLine<'_>) -> Result<(), Failure> {
        match line {
            StreamLine::Header => {
                // A new header may put the columns elsewhere.
                self.layout = None;
                self.answers.header();
            }
            StreamLine::Reading { time, values } => {
                let detection = self.detector.step(values).map_err(TrainError::from)?;
                let number = self.detector.readings();
                self.answers.reading(time, number, detection);
                if let Some(found) = &mut self.found {
                    found.push(detection);
                }
            }
            StreamLine::Skipped { time, problem } => {
                let problem = problem.to_string();
                self.answers
                    .skipped(time, self.detector.readings(), &problem);
                self.skipped += 1;
                self.all_skipped += 1;
                if self.skipped <= MOST_NAMED {
                    let more = match self.skipped {
                        MOST_NAMED => "; further ones are counted",
                        _ => "",
                    };
                    let line = self.lines + 1;
                    say(&format!("line {line} is passed over: {problem}{more}"));
                }
            }
        }
        self.lines += 1;
        Ok(())
    }

    pub(super) fn wants_layout(&self) -> bool {
        self.layout.is_none()
    }

    pub(super) fn set_layout(&mut self, layout: Option<&StreamLayout>) {
        self.layout = layout.cloned();
    }

    /// Whether enough is gathered to be written.
    pub(super) fn is_full(&self) -> bool {
        self.answers.text.len() >= FULL
    }

    /// Lines that this run has passed over.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Writes what is gathered, and now and then the state; false where nobody reads any more.
    pub(super) fn flush(&mut self) -> Result<bool, Failure> {
        let mut output = io::stdout().lock();
        let written = output
            .write_all(self.answers.text.as_bytes())
            .and_then(|()| output.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(false),
            result => result.map_err(Failure::StandardOutput)?,
        }
        self.answers.text.clear();
        if self.state.is_some() {
            let is_due = self.kept.elapsed() >= PAUSE;
            // What a learning detector remembers is large, and not copied for every line.
            if is_due || !self.detector.is_learning() {
                self.covered = Some(self.snapshot());
            }
            if is_due {
                self.keep()?;
            }
        }
        Ok(true)
    }

    /// Writes the state after the last line that was written.
    pub(super) fn keep(&mut self) -> Result<(), Failure> {
        self.kept = Instant::now();
        match (&self.state, &self.covered) {
            (Some(path), Some(covered)) => covered.write(path),
            _ => Ok(()),
        }
    }

    /// The same after all lines that were taken, which have been written.
    pub(super) fn keep_now(&mut self) -> Result<(), Failure> {
        if self.state.is_some() && self.answers.text.is_empty() {
            self.covered = Some(self.snapshot());
        }
        self.keep()
    }

    /// Writes what is left, and the state; a failure of the stream comes first.
    pub(super) fn end(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        // What could not be written once is not written in part a second time.
        if let Err(failure @ Failure::StandardOutput(_)) = result {
            self.keep()?;
            return Err(failure);
        }
        match self.flush() {
            Ok(true) => self.keep_now()?,
            Ok(false) => self.keep()?,
            Err(failure) => {
                self.keep()?;
                return result.and(Err(failure));
            }
        }
        result
    }

    fn snapshot(&self) -> StateFile {
        StateFile {
            lines: self.lines,
            skipped: self.all_skipped,
            layout: self.layout.clone(),
            detector: self.detector.snapshot(&self.model),
        }
    }
}

fn say(text: &str) {
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{}", visible(text));
}
