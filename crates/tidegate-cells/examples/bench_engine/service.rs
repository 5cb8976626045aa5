//! The loop of an engine's process: one JSON request a line in, one JSON answer a line out, as in `bench/engines/service.py`.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::{self, Case, Work};
use crate::timing;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A case with its weights loaded.
pub(crate) trait Prepared {
    /// One call of the work.
    fn run(&mut self) -> Result<(), Failure>;
    /// The outputs `[T, B, H]`, for training followed by the weight gradients, for a step those of one step per input.
    fn outputs(&mut self) -> Result<Vec<f32>, Failure>;
}

/// An engine.
pub(crate) trait Service {
    /// Version and the like.
    fn greeting(&self) -> Result<Value, Failure>;
    /// Loads a case.
    fn prepare(&self, case: &Case, folder: &Path) -> Result<Box<dyn Prepared>, Failure>;
    /// An action that belongs to no case.
    fn measure(&self, action: &str) -> Result<Value, Failure> {
        Err(format!("{action:?}: unknown action").into())
    }
}

#[derive(Deserialize)]
struct Request {
    action: String,
    case: Option<Case>,
    #[serde(default)]
    folder: PathBuf,
    #[serde(default)]
    file: PathBuf,
    #[serde(default)]
    seconds: f64,
}

/// The number after `--threads`.
pub(crate) fn threads() -> Result<usize, Failure> {
    let threads = std::env::args()
        .skip_while(|argument| argument != "--threads")
        .nth(1)
        .ok_or("--threads: the number is missing")?;
    Ok(threads
        .parse()
        .map_err(|_| format!("--threads: {threads:?} is not a number"))?)
}

/// Answers requests until the input ends.
pub(crate) fn serve(service: &impl Service) -> Result<(), Failure> {
    answer(&service.greeting()?)?;
    let mut prepared: HashMap<Case, Box<dyn Prepared>> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let Some(case) = request.case else {
            answer(&service.measure(&request.action)?)?;
            continue;
        };
        if !prepared.contains_key(&case) {
            prepared.insert(case.clone(), service.prepare(&case, &request.folder)?);
        }
        let layer = prepared.get_mut(&case).ok_or("the case was not prepared")?;
        let answered = match (request.action.as_str(), case.work) {
            ("check", _) => {
                case::write(&request.file, &layer.outputs()?)?;
                json!({})
            }
            ("time", Work::Step) => timing::steps(request.seconds, || layer.run())?,
            ("time", _) => timing::runs(request.seconds, || layer.run())?,
            (action, _) => return Err(format!("{action:?}: unknown action").into()),
        };
        answer(&answered)?;
    }
    Ok(())
}

fn answer(message: &Value) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{message}")?;
    Ok(out.flush()?)
}
