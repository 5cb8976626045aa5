//! A training that Python waits for: it runs on a thread of its own, while the caller's thread listens for Ctrl-C and hands
//! the epochs to a callback.
//!
//! Python delivers signals to its main thread alone, and only while that thread looks for them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rayon::ThreadPoolBuilder;
use tidegate_train::{EpochRecord, Event, TrainError, Trained};

use crate::compute::in_pool;
use crate::error::{Failure, Outcome};

/// Time between two looks for signals.
const PAUSE: Duration = Duration::from_millis(50);

/// The stack of the training's thread, that of a main thread.
const STACK: usize = 8 << 20;

/// Runs `train` with the interpreter lock released, on so many threads (none for those that all computations share).
/// `callback` is given a dictionary for each epoch, as [`record`] makes it.
///
/// # Errors
/// Those of the training; `KeyboardInterrupt` after Ctrl-C, and whatever the callback raises: the training then ends before
/// its next batch, and nothing of it is returned.
pub(super) fn run<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    callback: Option<&Bound<'_, PyAny>>,
    train: impl FnOnce(&mut dyn FnMut(Event<'_>), &dyn Fn() -> bool) -> Result<(T, Trained), TrainError>
    + Send,
) -> Outcome<(T, Trained)> {
    let pool = match threads {
        None => None,
        Some(threads) => Some(
            ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|error| Failure::value(format!("n_jobs={threads}: {error}")))?,
        ),
    };
    let stopped = AtomicBool::new(false);
    let (sender, mut receiver) = channel();
    thread::scope(|scope| {
        let stopped = &stopped;
        let work = move || {
            let sender: Sender<EpochRecord> = sender;
            let work = || {
                let mut observer = |event: Event<'_>| {
                    if let Event::EpochDone { epoch } = event {
                        // Whoever has stopped listening has stopped the training too.
                        let _ = sender.send(epoch.clone());
                    }
                };
                train(&mut observer, &|| stopped.load(Ordering::Relaxed))
            };
            match &pool {
                Some(pool) => pool.install(work),
                None => in_pool(work),
            }
        };
        let thread = thread::Builder::new()
            .name("tidegate training".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let heard = listen(py, &mut receiver, callback);
        stopped.store(heard.is_err(), Ordering::Relaxed);
        let result = py.detach(|| thread.join());
        heard?;
        match result {
            Ok(result) => Ok(result?),
            Err(_) => {
                Err(PyRuntimeError::new_err("the training ended in an internal error").into())
            }
        }
    })
}

/// Until the training has ended, or is to end.
fn listen(
    py: Python<'_>,
    receiver: &mut Receiver<EpochRecord>,
    callback: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    loop {
        let heard = {
            // Only a mutable reference to a receiver may go where the interpreter is not.
            let receiver = &mut *receiver;
            py.detach(move || receiver.recv_timeout(PAUSE))
        };
        py.check_signals()?;
        match heard {
            Ok(epoch) => {
                if let Some(callback) = callback {
                    callback.call1((record(py, &epoch)?,))?;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// The epoch's numbers.
fn record<'py>(py: Python<'py>, epoch: &EpochRecord) -> PyResult<Bound<'py, PyDict>> {
    let record = PyDict::new(py);
    record.set_item("epoch", epoch.epoch)?;
    record.set_item("train_loss", epoch.train_loss)?;
    record.set_item("valid_loss", epoch.valid_loss)?;
    record.set_item("learning_rate", epoch.learning_rate)?;
    record.set_item("updates", epoch.updates)?;
    record.set_item("seconds", epoch.seconds)?;
    record.set_item("best", epoch.best)?;
    Ok(record)
}

/// All epochs.
pub(super) fn history<'py>(
    py: Python<'py>,
    trained: &Trained,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let epochs = trained.epochs.iter();
    epochs.map(|epoch| record(py, epoch)).collect()
}

/// A word among those of an option.
///
/// # Errors
/// `ValueError` with all of them.
pub(super) fn word<T: Copy>(option: &str, word: &str, words: &[(&str, T)]) -> PyResult<T> {
    let found = words.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = words.iter().map(|(name, _)| format!("{name:?}")).collect();
        PyValueError::new_err(format!("{option}={word:?} is none of {}", names.join(", ")))
    })
}
