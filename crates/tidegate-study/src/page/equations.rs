//! The cells' equations in MathML, which browsers show without help.

use maud::{Markup, PreEscaped, html};

use super::language::Language;

/// A letter with an index, as `r_t`; `_{t−1}` where the index ends with `-`.
fn at(letter: &str, index: &str) -> String {
    let index = match index.strip_suffix('-') {
        Some(time) => format!("<mrow><mi>{time}</mi><mo>−</mo><mn>1</mn></mrow>"),
        None => format!("<mi>{index}</mi>"),
    };
    format!("<msub><mi>{letter}</mi>{index}</msub>")
}

/// What a gate sums: `W_i x_t + b_i + W_h h_{t−1} + b_h`.
fn sum(gate: &str) -> String {
    format!(
        "{}{}<mo>+</mo>{}<mo>+</mo>{}{}<mo>+</mo>{}",
        at("W", &format!("i{gate}")),
        at("x", "t"),
        at("b", &format!("i{gate}")),
        at("W", &format!("h{gate}")),
        at("h", "t-"),
        at("b", &format!("h{gate}")),
    )
}

fn call(function: &str, argument: &str) -> String {
    format!("<mi>{function}</mi><mo>(</mo>{argument}<mo>)</mo>")
}

fn equals(letter: &str, right: &str) -> String {
    format!("{}<mo>=</mo>{right}", at(letter, "t"))
}

fn times(left: &str, right: &str) -> String {
    format!("{left}<mo>⊙</mo>{right}")
}

fn gate(letter: &str) -> String {
    equals(letter, &call("σ", &sum(letter)))
}

fn gru(candidate: &str) -> Vec<String> {
    let keeps = times(&at("z", "t"), &at("h", "t-"));
    let replaces = format!("<mo>(</mo><mn>1</mn><mo>−</mo>{}<mo>)</mo>", at("z", "t"));
    let state = format!("{}<mo>+</mo>{keeps}", times(&replaces, &at("n", "t")));
    vec![
        gate("r"),
        gate("z"),
        equals("n", &call("tanh", candidate)),
        equals("h", &state),
    ]
}

fn inputs_of_candidate() -> String {
    format!(
        "{}{}<mo>+</mo>{}<mo>+</mo>",
        at("W", "in"),
        at("x", "t"),
        at("b", "in")
    )
}

fn lines(title: &str, equations: &[String]) -> Markup {
    html! {
        div.equations {
            h3 { (title) }
            @for equation in equations {
                div.scroll { (PreEscaped(format!("<math display=\"block\">{equation}</math>"))) }
            }
        }
    }
}

pub(crate) fn markup(language: Language) -> Markup {
    let texts = language.texts();
    let (r, h) = (at("r", "t"), at("h", "t-"));
    let (weight, bias) = (at("W", "hn"), at("b", "hn"));
    let after = format!(
        "{}{}",
        inputs_of_candidate(),
        times(
            &r,
            &format!("<mo>(</mo>{weight}{h}<mo>+</mo>{bias}<mo>)</mo>")
        )
    );
    let before = format!(
        "{}{weight}<mo>(</mo>{}<mo>)</mo><mo>+</mo>{bias}",
        inputs_of_candidate(),
        times(&r, &h)
    );
    let lstm = [
        gate("i"),
        gate("f"),
        equals("g", &call("tanh", &sum("g"))),
        gate("o"),
        equals(
            "c",
            &format!(
                "{}<mo>+</mo>{}",
                times(&at("f", "t"), &at("c", "t-")),
                times(&at("i", "t"), &at("g", "t"))
            ),
        ),
        equals("h", &times(&at("o", "t"), &call("tanh", &at("c", "t")))),
    ];
    let rnn = [equals("h", &call("tanh", &sum("")))];
    html! {
        (lines(texts.gru_after, &gru(&after)))
        (lines(texts.gru_before, &gru(&before)[2..3]))
        (lines(texts.lstm, &lstm))
        (lines(texts.rnn, &rnn))
        p { (texts.symbols) }
        dl.names {
            dt { i { "r" } } dd { (texts.reset_gate) }
            dt { i { "z" } } dd { (texts.update_gate) }
            dt { i { "n" } } dd { (texts.candidate) }
            dt { i { "h" } } dd { (texts.hidden) }
            dt { i { "i, f, o" } } dd { (texts.input_gate) ", " (texts.forget_gate) ", " (texts.output_gate) }
            dt { i { "g" } } dd { (texts.cell_candidate) " (LSTM)" }
            dt { i { "c" } } dd { (texts.cell_state) " (LSTM)" }
        }
    }
}
