//! The equations of the cells in MathML Core.

use maud::{Markup, html};

use super::words;
use crate::cell_variant::CellVariant;
use crate::language::Language;

/// A cell's equations: the part's name and what it is. Symbols stand apart by spaces, an index after `_`; at `|` a line
/// may break.
type Lines = &'static [(&'static str, &'static str)];

const RESET_AND_UPDATE: [(&str, &str); 2] = [
    (
        "reset_gate",
        "r_t = σ ( W_ir x_t + b_ir | + W_hr h_t−1 + b_hr )",
    ),
    (
        "update_gate",
        "z_t = σ ( W_iz x_t + b_iz | + W_hz h_t−1 + b_hz )",
    ),
];

const GRU_HIDDEN: (&str, &str) = ("hidden", "h_t = ( 1 − z_t ) ⊙ n_t | + z_t ⊙ h_t−1");

/// Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078) with the reset gate after the product: cuDNN, PyTorch, Keras.
const GRU: Lines = &[
    RESET_AND_UPDATE[0],
    RESET_AND_UPDATE[1],
    (
        "candidate_after",
        "n_t = tanh ( W_in x_t + b_in | + r_t ⊙ ( W_hn h_t−1 + b_hn ) )",
    ),
    GRU_HIDDEN,
];

/// The same with the reset gate before the product.
const GRU_BEFORE: Lines = &[
    RESET_AND_UPDATE[0],
    RESET_AND_UPDATE[1],
    (
        "candidate_before",
        "n_t = tanh ( W_in x_t + b_in | + W_hn ( r_t ⊙ h_t−1 ) + b_hn )",
    ),
    GRU_HIDDEN,
];

const CELL_CANDIDATE: (&str, &str) = (
    "cell_candidate",
    "g_t = tanh ( W_ig x_t + b_ig | + W_hg h_t−1 + b_hg )",
);

const CELL: (&str, &str) = ("cell", "c_t = f_t ⊙ c_t−1 | + i_t ⊙ g_t");

const LSTM_HIDDEN: (&str, &str) = ("hidden", "h_t = o_t ⊙ tanh ( c_t )");

/// Long short-term memory (Hochreiter & Schmidhuber 1997, Gers et al. 2000).
const LSTM: Lines = &[
    (
        "input_gate",
        "i_t = σ ( W_ii x_t + b_ii | + W_hi h_t−1 + b_hi )",
    ),
    (
        "forget_gate",
        "f_t = σ ( W_if x_t + b_if | + W_hf h_t−1 + b_hf )",
    ),
    CELL_CANDIDATE,
    (
        "output_gate",
        "o_t = σ ( W_io x_t + b_io | + W_ho h_t−1 + b_ho )",
    ),
    CELL,
    LSTM_HIDDEN,
];

/// The same with peepholes (Gers et al. 2002): the output gate sees the new cell state, the others the old one.
const LSTM_PEEPHOLE: Lines = &[
    (
        "input_gate",
        "i_t = σ ( W_ii x_t + b_ii | + W_hi h_t−1 + b_hi | + p_i ⊙ c_t−1 )",
    ),
    (
        "forget_gate",
        "f_t = σ ( W_if x_t + b_if | + W_hf h_t−1 + b_hf | + p_f ⊙ c_t−1 )",
    ),
    CELL_CANDIDATE,
    CELL,
    (
        "output_gate",
        "o_t = σ ( W_io x_t + b_io | + W_ho h_t−1 + b_ho | + p_o ⊙ c_t )",
    ),
    LSTM_HIDDEN,
];

/// Plain recurrent cell (Elman 1990).
const RNN: Lines = &[(
    "hidden",
    "h_t = tanh ( W_ih x_t + b_ih | + W_hh h_t−1 + b_hh )",
)];

/// The same with the rectifier.
const RNN_RELU: Lines = &[(
    "hidden",
    "h_t = relu ( W_ih x_t + b_ih | + W_hh h_t−1 + b_hh )",
)];

/// Minimal gated unit (Zhou et al. 2016, arXiv 1603.09420): a forget gate of 0 keeps the old state.
const MGU: Lines = &[
    (
        "forget_gate",
        "f_t = σ ( W_if x_t + b_if | + W_hf h_t−1 + b_hf )",
    ),
    (
        "candidate",
        "n_t = tanh ( W_in x_t + b_in | + W_hn ( f_t ⊙ h_t−1 ) + b_hn )",
    ),
    ("hidden", "h_t = ( 1 − f_t ) ⊙ h_t−1 | + f_t ⊙ n_t"),
];

fn lines(cell: CellVariant) -> Lines {
    match cell {
        CellVariant::Gru => GRU,
        CellVariant::GruBefore => GRU_BEFORE,
        CellVariant::Lstm => LSTM,
        CellVariant::LstmPeephole => LSTM_PEEPHOLE,
        CellVariant::Rnn => RNN,
        CellVariant::RnnRelu => RNN_RELU,
        CellVariant::Mgu => MGU,
    }
}

/// The equations of these cells, as they compute them.
pub(super) fn equations(cells: &[CellVariant], language: Language) -> Markup {
    html! {
        div class="cell-equations" {
            @for &cell in cells {
                section {
                    h3 { (words::variant_name(cell, language)) }
                    dl {
                        @for (part, equation) in lines(cell) {
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
    fn every_cell_has_its_own_equations_and_no_others() {
        let text = |cell| equations(&[cell], Language::English).into_string();
        let texts = CellVariant::ALL.map(text);
        for (index, text) in texts.iter().enumerate() {
            assert_eq!(text.matches("<h3>").count(), 1, "{text}");
            assert!(!texts[..index].contains(text), "{text}");
        }
        let minimal = lines(CellVariant::Mgu);
        assert!(minimal.contains(&("hidden", "h_t = ( 1 − f_t ) ⊙ h_t−1 | + f_t ⊙ n_t")));
        let peepholes = text(CellVariant::LstmPeephole);
        assert_eq!(peepholes.matches("<mi>p</mi>").count(), 3, "{peepholes}");
        assert!(text(CellVariant::RnnRelu).contains("<mi>relu</mi>"));
        assert!(!text(CellVariant::GruBefore).contains("after the product"));
        assert_eq!(
            equations(&[], Language::English)
                .into_string()
                .matches("<h3>")
                .count(),
            0
        );
    }

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
