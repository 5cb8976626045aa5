//! The progress of a comparison on standard error: bars on a terminal, plain lines elsewhere.

mod bars;
mod label;
mod lines;
mod sentence;

use std::io::{self, IsTerminal};

use tidegate_study::Progress;

use bars::Bars;
use lines::Lines;

/// How progress is shown. It is told from several threads.
pub(crate) enum Display {
    Bars(Bars),
    Lines(Lines),
}

impl Display {
    /// What suits standard error.
    pub(crate) fn of_standard_error() -> Display {
        let dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        if io::stderr().is_terminal() && !dumb {
            Display::Bars(Bars::new())
        } else {
            Display::Lines(Lines::new())
        }
    }

    pub(crate) fn show(&self, progress: Progress<'_>) {
        match self {
            Display::Bars(bars) => bars.show(progress),
            Display::Lines(lines) => lines.show(progress),
        }
    }

    /// Leaves a clean terminal.
    pub(crate) fn end(&self) {
        match self {
            Display::Bars(bars) => bars.end(),
            Display::Lines(_) => {}
        }
    }
}
