//! Ctrl-C: the first asks to stop, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::INTERRUPTED;

static STOP: AtomicBool = AtomicBool::new(false);

/// The flag that Ctrl-C, or the request to terminate, sets. A second one ends the process.
pub(crate) fn stop_on_interruption() -> Result<&'static AtomicBool, ctrlc::Error> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    })?;
    Ok(&STOP)
}
