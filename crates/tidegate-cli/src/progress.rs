//! The progress of a comparison on standard error: bars on a terminal, plain lines elsewhere.

mod bars;
mod label;
mod lines;
mod pace;
mod sentence;

use std::io::{self, IsTerminal};

use tidegate_study::Progress;

use bars::Bars;
pub(crate) use label::Labels;
use lines::Lines;

/// How progress is shown. It is told from several threads.
pub(crate) enum Display {
    Bars(Bars),
    Lines(Lines),
}

impl Display {
    /// What suits standard error.
    pub(crate) fn of_standard_error(labels: Labels) -> Display {
        let dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        if io::stderr().is_terminal() && !dumb {
            Display::Bars(Bars::new(labels))
        } else {
            Display::Lines(Lines::new(labels))
        }
    }

    pub(crate) fn show(&self, progress: Progress<'_>) {
        match self {
            Display::Bars(bars) => bars.show(progress),
            Display::Lines(lines) => lines.show(progress),
        }
    }

    /// Says something of its own.
    pub(crate) fn say(&self, line: &str) {
        match self {
            Display::Bars(bars) => bars.say(line),
            Display::Lines(lines) => lines.say(line),
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
