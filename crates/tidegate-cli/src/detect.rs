//! `tidegate detect`: from a model and a stream of readings to a score and an alarm for each of them.

mod answer;
pub(crate) mod arguments;
pub(crate) mod picture;
mod requests;
mod state_file;
mod watch;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use tidegate_data::{ReadingStream, StreamColumns};
use tidegate_model::replace_file;
use tidegate_train::{DetectModel, Detector, ModelTask, TrainError};

use crate::failure::{Failure, INTERRUPTED};
use crate::model_task::check_task;
use crate::number::counted;
use crate::outputs::check_outputs;
use crate::reading::is_standard_input;
use arguments::DetectArguments;
use requests::on_request_to_end;
use state_file::StateFile;
use watch::Watch;

/// Bytes of the stream that are held at once.
const BUFFER: usize = 1 << 16;

/// How long a line that is being written is waited for when the process is asked to end, and the time between two looks.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(5);

/// What the stream is called in messages.
const STANDARD_INPUT: &str = "standard input";

pub(crate) fn run(arguments: &DetectArguments) -> Result<(), Failure> {
    let outputs: Vec<&Path> = [&arguments.state, &arguments.plot]
        .into_iter()
        .flatten()
        .map(std::path::PathBuf::as_path)
        .collect();
    let inputs: Vec<&Path> = [Some(arguments.model.as_path()), arguments.input.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    check_outputs(&outputs, &inputs)?;
    let input = arguments.input.as_deref();
    let input = input.filter(|path| !is_standard_input(path));
    if arguments.plot.is_some() && input.is_none() {
        return Err(Failure::PlotOfStandardInput);
    }
    check_task(&arguments.model, "detect", ModelTask::Detect)?;
    let model = DetectModel::load(&arguments.model)?;
    let columns = StreamColumns {
        time: model.plan.time.clone(),
        values: model
            .plan
            .channels
            .iter()
            .map(|one| one.name.clone())
            .collect(),
    };
    let fingerprint = model.fingerprint();
    let mut detector = Detector::new(model, arguments.false_alarms).map_err(TrainError::from)?;
    if arguments.learn {
        detector = detector.learning();
    }
    let kept = match &arguments.state {
        Some(path) => StateFile::read(path)?,
        None => None,
    };
    if let (Some(kept), Some(path)) = (&kept, &arguments.state) {
        detector
            .restore(&fingerprint, &kept.detector)
            .map_err(|error| Failure::State {
                path: path.clone(),
                reason: error.to_string(),
            })?;
    }
    let (name, source): (String, Box<dyn Read>) = match input {
        Some(path) => (path.display().to_string(), Box::new(open(path)?)),
        None => (STANDARD_INPUT.to_owned(), Box::new(io::stdin())),
    };
    let mut source = BufReader::with_capacity(BUFFER, source);
    let mut layout = None;
    let mut watch = Watch::new(detector, fingerprint, arguments);
    if let Some(kept) = kept {
        // A file still holds what was seen of it; a sender goes on where it is told to.
        if input.is_some() {
            let passed = pass_over(&mut source, kept.lines).map_err(|error| Failure::Stream {
                name: name.clone(),
                error: tidegate_data::StreamError::Unreadable(error),
            })?;
            if let (true, Some(path)) = (passed < kept.lines, &arguments.state) {
                let (seen, lines) = (kept.lines, counted_lines(passed));
                return Err(Failure::State {
                    path: path.clone(),
                    reason: format!(
                        "has seen {}, and {name} holds {lines}: it is another file; give another state",
                        counted_lines(seen)
                    ),
                });
            }
        }
        layout.clone_from(&kept.layout);
        watch.go_on(&kept);
    }
    let mut stream = ReadingStream::new(source, columns).with_layout(layout);
    // What is still being written of a file that grows is read in the run after this one.
    if input.is_some() && arguments.state.is_some() {
        stream = stream.only_ended_lines();
    }
    let watch = Arc::new(Mutex::new(watch));
    end_with_the_state_kept(&watch)?;
    let result = loop {
        let next = match stream.next() {
            Ok(next) => next,
            Err(error) => {
                let name = name.clone();
                break Err(Failure::Stream { name, error });
            }
        };
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = next else {
            break Ok(());
        };
        if let Err(failure) = watch.take(line) {
            break Err(failure);
        }
        if watch.wants_layout() {
            watch.set_layout(stream.layout());
        }
        // Where the sender has nothing more to say for now, what was said of it so far is not kept back.
        if watch.is_full() || !stream.has_more() {
            match watch.flush() {
                Ok(true) => {}
                Ok(false) => return watch.keep(),
                Err(failure) => break Err(failure),
            }
        }
    };
    let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
    watch.end(result)?;
    if stream.has_left_a_line() {
        let _ = writeln!(
            io::stderr(),
            "the last line of {name} has no end and may still be written: it is left for the next run"
        );
    }
    if let (Some(plot), Some(input)) = (&arguments.plot, input) {
        let html = picture::page(arguments, input, &watch)?;
        replace_file(plot, html.as_bytes()).map_err(|error| Failure::write(plot, error))?;
    }
    match watch.skipped() {
        0 => Ok(()),
        lines => Err(Failure::LinesSkipped { lines }),
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::Stream {
        name: path.display().to_string(),
        error: tidegate_data::StreamError::Unreadable(error),
    })
}

fn counted_lines(lines: u64) -> String {
    counted(
        usize::try_from(lines).unwrap_or(usize::MAX),
        "line",
        "lines",
    )
}

/// Reads so many lines for nothing, or fewer where there are no more; gives how many. The last one need not be ended.
fn pass_over(source: &mut impl BufRead, lines: u64) -> io::Result<u64> {
    let (mut passed, mut is_begun) = (0, false);
    while passed < lines {
        let chunk = match source.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            passed += u64::from(is_begun);
            break;
        }
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let used = end.map_or(chunk.len(), |end| end + 1);
        passed += u64::from(end.is_some());
        is_begun = end.is_none();
        source.consume(used);
    }
    Ok(passed)
}

/// On Ctrl-C, or when the system asks the process to end, what was found is written and the state kept: the stream may be silent
/// just then, so that nothing else would notice. Where a reader that takes nothing keeps a line from being written, the state of
/// the last writing stands.
fn end_with_the_state_kept(watch: &Arc<Mutex<Watch>>) -> Result<(), Failure> {
    let watch = Arc::clone(watch);
    on_request_to_end(move || {
        let asked = Instant::now();
        let mut watch = loop {
            match watch.try_lock() {
                Ok(watch) => break watch,
                Err(TryLockError::Poisoned(watch)) => break watch.into_inner(),
                Err(TryLockError::WouldBlock) if asked.elapsed() >= PATIENCE => {
                    std::process::exit(INTERRUPTED.into())
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        };
        let kept = match watch.flush() {
            Ok(true) | Err(_) => watch.keep_now(),
            Ok(false) => watch.keep(),
        };
        if let Err(failure) = kept {
            failure.report();
        }
        std::process::exit(INTERRUPTED.into());
    })
}
