//! The requests to end that a running process gets: Ctrl-C, and on Unix SIGTERM.

use crate::failure::{Failure, INTERRUPTED};

/// Calls `end` once the process is asked to end; asked again, it ends at once. A request that is ignored from the start, as Ctrl-C is in the background of a
/// shell, stays ignored.
#[cfg(unix)]
pub(super) fn on_request_to_end(end: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let ignored = ignored_signals();
    let is_heard = |signal: &i32| ignored & (1 << (signal - 1)) == 0;
    let heard = [SIGINT, SIGTERM].into_iter().filter(is_heard);
    let mut signals = Signals::new(heard).map_err(Failure::RequestsToEnd)?;
    std::thread::spawn(move || {
        let mut requests = signals.forever();
        if requests.next().is_some() {
            std::thread::spawn(end);
        }
        if requests.next().is_some() {
            std::process::exit(INTERRUPTED.into());
        }
    });
    Ok(())
}

/// The signals that are ignored, a bit for each from 1; none where the system does not tell.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// The same where there is Ctrl-C alone.
#[cfg(not(unix))]
pub(super) fn on_request_to_end(end: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let end = std::sync::Mutex::new(Some(end));
    let handler = move || {
        let mut end = end
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match end.take() {
            Some(end) => drop(std::thread::spawn(end)),
            None => std::process::exit(INTERRUPTED.into()),
        }
    };
    match ctrlc::try_set_handler(handler) {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
