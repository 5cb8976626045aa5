//! `tidegate detect`: from a model and a stream of readings to a score and an alarm for each of them.

mod answer;
pub(crate) mod arguments;
pub(crate) mod picture;
mod requests;
mod state_file;
mod watch;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate_data::{ReadingStream, StreamColumns};
use tidegate_model::replace_file;
use tidegate_train::{DetectModel, Detector, TrainError};

use crate::failure::{Failure, INTERRUPTED};
use crate::outputs::check_outputs;
use arguments::DetectArguments;
use requests::on_request_to_end;
use state_file::StateFile;
use watch::Watch;

/// Bytes of the stream that are held at once.
const BUFFER: usize = 1 << 16;

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
    let (name, source): (String, Box<dyn Read>) = match &arguments.input {
        Some(path) => (path.display().to_string(), Box::new(open(path)?)),
        None => (STANDARD_INPUT.to_owned(), Box::new(io::stdin())),
    };
    let mut source = BufReader::with_capacity(BUFFER, source);
    let mut layout = None;
    let mut watch = Watch::new(detector, fingerprint, arguments);
    if let Some(kept) = kept {
        // A file still holds what was seen of it; a sender goes on where it is told to.
        if arguments.input.is_some() {
            pass_over(&mut source, kept.lines).map_err(|error| Failure::Stream {
                name: name.clone(),
                error: tidegate_data::StreamError::Unreadable(error),
            })?;
        }
        layout.clone_from(&kept.layout);
        watch.go_on(&kept);
    }
    let mut stream = ReadingStream::new(source, columns).with_layout(layout);
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
    if let (Some(plot), Some(input)) = (&arguments.plot, &arguments.input) {
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

/// Reads so many lines for nothing.
fn pass_over(source: &mut impl BufRead, lines: u64) -> io::Result<()> {
    let mut passed = 0;
    while passed < lines {
        let chunk = source.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        let end = chunk.iter().position(|&byte| byte == b'\n');
        let used = end.map_or(chunk.len(), |end| end + 1);
        passed += u64::from(end.is_some());
        source.consume(used);
    }
    Ok(())
}

/// On Ctrl-C, or when the system asks the process to end, what was found is written and the state kept: the stream may be silent
/// just then, so that nothing else would notice.
fn end_with_the_state_kept(watch: &Arc<Mutex<Watch>>) -> Result<(), Failure> {
    let watch = Arc::clone(watch);
    on_request_to_end(move || {
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
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
