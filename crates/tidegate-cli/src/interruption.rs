//! Ctrl-C: the first asks to stop, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::INTERRUPTED;

static STOP: AtomicBool = AtomicBool::new(false);

/// What is said after the first Ctrl-C.
const STOPPING: &str = "stopping after the running update; press Ctrl-C again to end at once";

#[derive(Debug, PartialEq, Eq)]
enum Reaction {
    Say(&'static str),
    End,
}

/// The flag that the first Ctrl-C sets, and says so. A second one ends the process. Where Ctrl-C is ignored from the
/// start, as in the background of a shell, it stays ignored; other signals keep their meaning.
pub(crate) fn stop_on_interruption(
    say: impl Fn(&str) + Send + 'static,
) -> Result<&'static AtomicBool, ctrlc::Error> {
    let handler = move || match react(&STOP) {
        Reaction::Say(line) => say(line),
        Reaction::End => std::process::exit(INTERRUPTED.into()),
    };
    // A program inherits no handler, so that one which stands here already is the order to ignore Ctrl-C.
    match ctrlc::try_set_handler(handler) {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(&STOP),
        Err(error) => Err(error),
    }
}

fn react(stop: &AtomicBool) -> Reaction {
    if stop.swap(true, Ordering::Relaxed) {
        Reaction::End
    } else {
        Reaction::Say(STOPPING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ctrl_c_asks_to_stop_and_the_second_ends() {
        let stop = AtomicBool::new(false);
        assert_eq!(react(&stop), Reaction::Say(STOPPING));
        assert!(stop.load(Ordering::Relaxed));
        assert_eq!(react(&stop), Reaction::End);
    }
}
