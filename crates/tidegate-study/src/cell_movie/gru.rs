//! The drawing of the gated recurrent unit.

use maud::{Markup, html};
use tidegate_cells::Reset;

use super::drawing::{arrow, fork, frame, gate, line, operator, port, value, word};
use super::words;
use crate::language::Language;

const HEIGHT: i32 = 322;
/// Height of the way that the state takes.
const STATE: i32 = 45;
/// Height of what is written.
const WRITE: i32 = 105;
/// Height of the gates.
const GATES: i32 = 190;
/// Heights of the ways of the state before and of the input below the gates.
const BUSES: [i32; 2] = [248, 288];
const UPDATE: i32 = 84;
const RESET: i32 = 157;
const CANDIDATE: i32 = 290;

pub(super) fn drawing(reset: Reset, language: Language) -> Markup {
    let [hidden_bus, input_bus] = BUSES;
    let feet = GATES + 29;
    let tops = GATES - 29;
    let name = |part| words::lines(part, language);
    let foot = |gate: i32| {
        html! {
            (arrow("previous hidden", &[(gate - 10, hidden_bus), (gate - 10, feet)]))
            (fork("previous hidden", (gate - 10, hidden_bus)))
            (arrow("input", &[(gate + 10, input_bus), (gate + 10, feet)]))
            (fork("input", (gate + 10, input_bus)))
        }
    };
    let (reset_at, product_at) = match reset {
        Reset::After => (222, (222, 222)),
        Reset::Before => (211, (240, GATES)),
    };
    let strokes = html! {
        // The state: kept, or written anew.
        (arrow("previous hidden", &[(40, STATE), (UPDATE - 9, STATE)]))
        (arrow("kept", &[(UPDATE + 9, STATE), (CANDIDATE - 9, STATE)]))
        (arrow("hidden", &[(CANDIDATE + 9, STATE), (320, STATE)]))
        (arrow("update_gate", &[(UPDATE, tops), (UPDATE, STATE + 9)]))
        (line("update_gate", &[(UPDATE, WRITE), (176, WRITE)]))
        (fork("update_gate", (UPDATE, WRITE)))
        (arrow("complement update_gate", &[(198, WRITE), (CANDIDATE - 9, WRITE)]))
        (arrow("candidate", &[(CANDIDATE, tops), (CANDIDATE, WRITE + 9)]))
        (arrow("written", &[(CANDIDATE, WRITE - 9), (CANDIDATE, STATE + 9)]))
        // What the gates read.
        (line("previous hidden", &[(22, STATE + 18), (22, hidden_bus), (reset_at, hidden_bus)]))
        (line("input", &[(40, input_bus), (CANDIDATE, input_bus)]))
        (arrow("input", &[(CANDIDATE, input_bus), (CANDIDATE, feet)]))
        (foot(UPDATE))
        (foot(RESET))
        // What the reset gate lets through.
        (arrow("previous hidden", &[(reset_at, hidden_bus), (reset_at, GATES + 9)]))
        (arrow("reset_gate", &[(RESET + 32, GATES), (reset_at - 9, GATES)]))
        (arrow("reset_gate", &[(reset_at + 9, GATES), (CANDIDATE - 32, GATES)]))
        (word("W", product_at, 9))
        (operator("⊙", (reset_at, GATES)))
        (operator("⊙", (UPDATE, STATE)))
        (operator("⊙", (CANDIDATE, WRITE)))
        (operator("+", (CANDIDATE, STATE)))
        (word("1−", (187, WRITE), 11))
        (gate("update_gate", "z", name("update_gate"), (UPDATE, GATES)))
        (gate("reset_gate", "r", name("reset_gate"), (RESET, GATES)))
        (gate("candidate", "n", name("candidate"), (CANDIDATE, GATES)))
        (port("previous hidden", ("h", "t−1"), (22, STATE)))
        (port("hidden", ("h", "t"), (338, STATE)))
        (port("input", ("x", "t"), (22, input_bus)))
        (value("previous hidden", "", (30, STATE + 34), "start"))
        (value("hidden", "", (338, STATE + 34), "middle"))
        (value("kept", "z⊙h", (187, STATE - 9), "middle"))
        (value("complement update_gate", "1−z", (187, WRITE + 25), "middle"))
        (value("written", "(1−z)⊙n", (CANDIDATE - 8, 80), "end"))
        (value("input", "", (48, input_bus + 18), "start"))
    };
    frame(HEIGHT, words::drawing("gru", language), &strokes)
}
