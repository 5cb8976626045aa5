//! Progress on standard error: bars on a terminal, plain lines elsewhere.

mod bars;
mod label;
mod lines;
mod pace;
mod sentence;
mod step;
mod study;

use std::io::{self, IsTerminal};

use tidegate_study::Progress;

use bars::Bars;
pub(crate) use label::Labels;
use lines::Lines;
pub(crate) use step::{Run, Saying, Step};

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

    pub(crate) fn show(&self, step: &Step<'_>, saying: Option<Saying>) {
        match self {
            Display::Bars(bars) => bars.show(step, saying),
            Display::Lines(lines) => lines.show(step, saying),
        }
    }

    /// The same of a comparison.
    pub(crate) fn show_study(&self, progress: &Progress<'_>, labels: Labels) {
        study::with_step(progress, labels, |step, saying| self.show(&step, saying));
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
