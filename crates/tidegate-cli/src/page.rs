//! How wide the page is that the results are written on.

use terminal_size::{Width, terminal_size_of};

/// Longer lines of text are hard to read.
const READABLE: usize = 100;

/// Widths in characters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Of a line of text.
    pub(crate) text: usize,
    /// Of a table; none where no line is too long.
    pub(crate) table: Option<usize>,
}

impl Page {
    /// That of standard output: the terminal's, where it is one.
    pub(crate) fn of_standard_output() -> Page {
        let columns = terminal_size_of(std::io::stdout());
        Page::of_columns(columns.map(|(Width(columns), _)| columns.into()))
    }

    fn of_columns(columns: Option<usize>) -> Page {
        // Some terminals do not know how wide they are, and say 0.
        let columns = columns.filter(|&columns| columns > 0);
        Page {
            text: columns.map_or(READABLE, |columns| columns.min(READABLE)),
            table: columns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fills_a_narrow_terminal_and_stays_readable_in_a_wide_one() {
        let widths = |columns| {
            let page = Page::of_columns(columns);
            (page.text, page.table)
        };
        assert_eq!(widths(None), (100, None));
        assert_eq!(widths(Some(0)), (100, None));
        assert_eq!(widths(Some(60)), (60, Some(60)));
        assert_eq!(widths(Some(180)), (100, Some(180)));
    }
}
