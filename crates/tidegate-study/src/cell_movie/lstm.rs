//! The drawing of the long short-term memory.

use maud::{Markup, html};

use super::drawing::{arrow, fork, frame, gate, line, operator, port, value, word};
use super::words;
use crate::language::Language;

const HEIGHT: i32 = 324;
/// Height of the way that the cell state takes.
const STATE: i32 = 45;
/// Height of what is written and read.
const WRITE: i32 = 112;
/// Height of the gates.
const GATES: i32 = 190;
/// Heights of the ways of the hidden state before and of the input below the gates.
const BUSES: [i32; 2] = [248, 290];
const FORGET: i32 = 70;
const INPUT: i32 = 142;
const CANDIDATE: i32 = 214;
const OUTPUT: i32 = 290;
/// Where the cell state is read.
const READ: i32 = 252;

pub(super) fn drawing(language: Language) -> Markup {
    let [hidden_bus, input_bus] = BUSES;
    let feet = GATES + 29;
    let tops = GATES - 29;
    let name = |part| words::lines(part, language);
    let foot = |gate: i32| {
        html! {
            (arrow("previous hidden", &[(gate - 10, hidden_bus), (gate - 10, feet)]))
            (arrow("input", &[(gate + 10, input_bus), (gate + 10, feet)]))
            @if gate != OUTPUT {
                (fork("previous hidden", (gate - 10, hidden_bus)))
                (fork("input", (gate + 10, input_bus)))
            }
        }
    };
    let strokes = html! {
        // The cell state: kept, and added to.
        (arrow("previous cell", &[(40, STATE), (FORGET - 9, STATE)]))
        (arrow("kept", &[(FORGET + 9, STATE), (CANDIDATE - 9, STATE)]))
        (arrow("cell", &[(CANDIDATE + 9, STATE), (320, STATE)]))
        (arrow("forget_gate", &[(FORGET, tops), (FORGET, STATE + 9)]))
        (arrow("input_gate", &[(INPUT, tops), (INPUT, WRITE), (CANDIDATE - 9, WRITE)]))
        (arrow("candidate", &[(CANDIDATE, tops), (CANDIDATE, WRITE + 9)]))
        (arrow("written", &[(CANDIDATE, WRITE - 9), (CANDIDATE, STATE + 9)]))
        // The hidden state: what is read of it.
        (line("cell", &[(READ, STATE), (READ, WRITE - 9)]))
        (fork("cell", (READ, STATE)))
        (arrow("squashed", &[(READ + 17, WRITE), (OUTPUT - 9, WRITE)]))
        (arrow("output_gate", &[(OUTPUT, tops), (OUTPUT, WRITE + 9)]))
        (arrow("hidden", &[(OUTPUT + 9, WRITE), (320, WRITE)]))
        // What the gates read.
        (line("previous hidden", &[(40, hidden_bus), (OUTPUT - 10, hidden_bus)]))
        (line("input", &[(40, input_bus), (OUTPUT + 10, input_bus)]))
        (foot(FORGET))
        (foot(INPUT))
        (foot(CANDIDATE))
        (foot(OUTPUT))
        (operator("⊙", (FORGET, STATE)))
        (operator("+", (CANDIDATE, STATE)))
        (operator("⊙", (CANDIDATE, WRITE)))
        (operator("⊙", (OUTPUT, WRITE)))
        (word("tanh", (READ, WRITE), 17))
        (gate("forget_gate", "f", name("forget_gate"), (FORGET, GATES)))
        (gate("input_gate", "i", name("input_gate"), (INPUT, GATES)))
        (gate("candidate", "g", name("cell_candidate"), (CANDIDATE, GATES)))
        (gate("output_gate", "o", name("output_gate"), (OUTPUT, GATES)))
        (port("previous cell", ("c", "t−1"), (22, STATE)))
        (port("cell", ("c", "t"), (338, STATE)))
        (port("hidden", ("h", "t"), (338, WRITE)))
        (port("previous hidden", ("h", "t−1"), (22, hidden_bus)))
        (port("input", ("x", "t"), (22, input_bus)))
        (value("previous cell", "", (22, STATE + 32), "middle"))
        (value("cell", "", (338, STATE + 32), "middle"))
        (value("hidden", "", (338, WRITE + 32), "middle"))
        (value("previous hidden", "", (0, hidden_bus - 24), "start"))
        (value("kept", "f⊙c", (142, STATE - 9), "middle"))
        (value("written", "i⊙g", (CANDIDATE - 6, 80), "end"))
        (value("input", "", (48, input_bus + 18), "start"))
    };
    frame(HEIGHT, words::drawing("lstm", language), &strokes)
}
