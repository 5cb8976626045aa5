//! The drawing of the plain recurrent cell.

use maud::{Markup, html};

use super::drawing::{arrow, frame, gate, port, value};
use super::words;
use crate::language::Language;

const HEIGHT: i32 = 190;
const CELL: (i32, i32) = (190, 90);
const INPUT: i32 = 140;
const STATE: i32 = 45;

pub(super) fn drawing(language: Language) -> Markup {
    let (x, y) = CELL;
    let strokes = html! {
        (arrow("previous hidden", &[(40, STATE), (80, STATE), (80, y - 10), (x - 32, y - 10)]))
        (arrow("input", &[(40, INPUT), (80, INPUT), (80, y + 10), (x - 32, y + 10)]))
        (arrow("hidden", &[(x + 32, y), (320, y)]))
        (gate("hidden", "h", words::lines("new_state", language), CELL))
        (port("previous hidden", ("h", "t−1"), (22, STATE)))
        (port("hidden", ("h", "t"), (338, y)))
        (port("input", ("x", "t"), (22, INPUT)))
        (value("previous hidden", "", (22, STATE + 32), "middle"))
        (value("hidden", "", (338, y + 32), "middle"))
        (value("input", "", (48, INPUT + 18), "start"))
    };
    frame(HEIGHT, words::drawing("rnn", language), &strokes)
}
