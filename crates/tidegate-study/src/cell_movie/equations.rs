//! The equations of the cells in MathML Core.

use maud::{Markup, html};

use super::words;
use crate::language::Language;

/// A cell's equations: the part's name and what it is. Symbols stand apart by spaces, an index after `_`; at `|` a line
/// may break.
struct Equations {
    /// Which cell, in the words' names.
    cell: &'static str,
    lines: &'static [(&'static str, &'static str)],
}

/// As the cells compute them: gated recurrent unit (Cho et al. 2014, arXiv 1406.1078), with the reset gate after the
/// product (cuDNN, PyTorch, Keras) and before it; long short-term memory (Hochreiter & Schmidhuber 1997, Gers et al.
/// 2000); plain recurrent cell (Elman 1990).
const ALL: [Equations; 3] = [
    Equations {
        cell: "gru",
        lines: &[
            (
                "reset_gate",
                "r_t = σ ( W_ir x_t + b_ir | + W_hr h_t−1 + b_hr )",
            ),
            (
                "update_gate",
                "z_t = σ ( W_iz x_t + b_iz | + W_hz h_t−1 + b_hz )",
            ),
            (
                "candidate_after",
                "n_t = tanh ( W_in x_t + b_in | + r_t ⊙ ( W_hn h_t−1 + b_hn ) )",
            ),
            (
                "candidate_before",
                "n_t = tanh ( W_in x_t + b_in | + W_hn ( r_t ⊙ h_t−1 ) + b_hn )",
            ),
            ("hidden", "h_t = ( 1 − z_t ) ⊙ n_t | + z_t ⊙ h_t−1"),
        ],
    },
    Equations {
        cell: "lstm",
        lines: &[
            (
                "input_gate",
                "i_t = σ ( W_ii x_t + b_ii | + W_hi h_t−1 + b_hi )",
            ),
            (
                "forget_gate",
                "f_t = σ ( W_if x_t + b_if | + W_hf h_t−1 + b_hf )",
            ),
            (
                "candidate",
                "g_t = tanh ( W_ig x_t + b_ig | + W_hg h_t−1 + b_hg )",
            ),
            (
                "output_gate",
                "o_t = σ ( W_io x_t + b_io | + W_ho h_t−1 + b_ho )",
            ),
            ("cell", "c_t = f_t ⊙ c_t−1 | + i_t ⊙ g_t"),
            ("hidden", "h_t = o_t ⊙ tanh ( c_t )"),
        ],
    },
    Equations {
        cell: "rnn",
        lines: &[(
            "hidden",
            "h_t = tanh ( W_ih x_t + b_ih | + W_hh h_t−1 + b_hh )",
        )],
    },
];

/// The equations of gated recurrent unit, long short-term memory and plain recurrent cell.
pub(super) fn equations(language: Language) -> Markup {
    html! {
        div class="cell-equations" {
            @for Equations { cell, lines } in &ALL {
                section {
                    h3 { (words::cell_name(cell, language)) }
                    dl {
                        @for (part, equation) in *lines {
                            dt { (words::part(part, language)) }
                            dd { (mathematics(equation)) }
                        }
                    }
                }
            }
        }
    }
}

/// An equation; each piece between two possible ends of a line is an element of its own, as browsers break no line within.
fn mathematics(equation: &str) -> Markup {
    html! {
        @for piece in equation.split('|') {
            math { mrow { @for symbol in piece.split_whitespace() { (element(symbol)) } } }
            " "
        }
    }
}

fn element(symbol: &str) -> Markup {
    match symbol.split_once('_') {
        Some((base, index)) => html! { msub { mi { (base) } (subscript(index)) } },
        None if symbol.chars().all(|sign| sign.is_ascii_digit()) => html! { mn { (symbol) } },
        None if symbol == "(" || symbol == ")" => html! { mo stretchy="false" { (symbol) } },
        None if symbol.chars().all(char::is_alphabetic) => html! { mi { (symbol) } },
        // A sign at the start of a piece would else be set as that of a number.
        None => html! { mo form="infix" { (symbol) } },
    }
}

fn subscript(index: &str) -> Markup {
    match index.split_once('−') {
        Some((time, steps)) => html! { mrow { mi { (time) } mo { "−" } mn { (steps) } } },
        None => html! { mi { (index) } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_become_elements_and_pieces_may_stand_on_two_lines() {
        let text = mathematics("h_t = ( 1 − z_t ) | + h_t−1").into_string();
        assert_eq!(text.matches("<math>").count(), 2, "{text}");
        assert!(text.contains("<msub><mi>z</mi><mi>t</mi></msub>"), "{text}");
        assert!(
            text.contains("<mn>1</mn><mo form=\"infix\">−</mo>"),
            "{text}"
        );
        assert!(
            text.contains("<msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>"),
            "{text}"
        );
    }
}
