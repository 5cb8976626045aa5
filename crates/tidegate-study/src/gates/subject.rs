//! What page and picture are of, in English and Korean: the model and the sequence.

use tidegate_cells::{Activation, Cell, Reset};
use tidegate_data::Split;

use super::document::{GateDocument, ModelDocument};
use crate::language::Language;

/// A cell with its options.
fn cell(cell: Cell, language: Language) -> String {
    let (name, options) = match cell {
        Cell::Rnn(rnn) => ("RNN", [None, activation(rnn.activation, language)]),
        Cell::Lstm(lstm) => {
            let peepholes = language.pick("with peepholes", "핍홀 있음");
            ("LSTM", [lstm.peepholes.then_some(peepholes), None])
        }
        Cell::Gru(gru) => {
            let before = language.pick(
                "with the reset gate before the product",
                "곱셈 전 리셋 게이트",
            );
            let reset = (gru.reset == Reset::Before).then_some(before);
            ("GRU", [reset, activation(gru.candidate, language)])
        }
        Cell::Mgu(_) => ("MGU", [None, None]),
    };
    let options: Vec<&str> = options.into_iter().flatten().collect();
    match (options.is_empty(), language) {
        (true, _) => name.to_owned(),
        (false, Language::English) => format!("{name} {}", options.join(", ")),
        (false, Language::Korean) => format!("{name}({})", options.join(", ")),
    }
}

/// Any but the usual one.
fn activation(activation: Activation, language: Language) -> Option<&'static str> {
    match activation {
        Activation::Tanh => None,
        Activation::Relu => Some(language.pick("with the rectifier", "ReLU")),
    }
}

/// A count with its noun.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Recurrent layers and their units.
fn layers(model: &ModelDocument, language: Language) -> String {
    let (layers, units) = (model.layers, model.hidden_size);
    match (language, model.bidirectional) {
        (Language::English, both) => {
            let each = if both { " in each direction" } else { "" };
            format!(
                "{} of {}{each}",
                counted(layers, "layer"),
                counted(units, "unit")
            )
        }
        (Language::Korean, false) => format!("층 {layers}개, 층마다 유닛 {units}개"),
        (Language::Korean, true) => {
            format!("양방향 층 {layers}개, 층과 방향마다 유닛 {units}개")
        }
    }
}

/// Model and sequence.
pub(super) fn subject(document: &GateDocument, language: Language) -> String {
    let (model, sequence) = (&document.model, &document.sequence);
    let (file, cell) = (&model.file, cell(model.cell, language));
    let (layers, parameters, steps) = (layers(model, language), model.parameters, sequence.steps);
    let number = sequence.sequence;
    match language {
        Language::English => {
            let from = match sequence.split {
                Some(split) => format!(", {split} sequence {number}"),
                None => String::new(),
            };
            format!(
                "{file}: {cell}, {layers}, {}, on {}{from}, {}.",
                counted(parameters, "parameter"),
                sequence.name,
                counted(steps, "step")
            )
        }
        Language::Korean => {
            let set = |split| match split {
                Split::Train => "훈련",
                Split::Valid => "검증",
                Split::Test => "테스트",
            };
            // The name of a task; that of the user's own file stays as it is.
            let (name, from) = match sequence.split {
                Some(split) => (
                    language.task(&sequence.name),
                    format!(", {} 세트의 {number}번 시퀀스", set(split)),
                ),
                None => (sequence.name.clone(), String::new()),
            };
            format!(
                "{file}: {cell}, {layers}, 매개변수 {parameters}개. 데이터: {name}{from}, 시점 {steps}개."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};

    use super::*;
    use crate::cell_variant::CellVariant;
    use crate::gates::{GateView, SequenceSource};
    use crate::task::Task;

    #[test]
    fn a_model_of_one_layer_and_a_sequence_of_one_step_are_named_as_such() {
        let mut stack = tidegate_cells::Stack::new(CellVariant::GruBefore.cell(), 2, 39);
        let document = |stack: &tidegate_cells::Stack| {
            let configuration =
                ModelConfiguration::new(InputLayer::Features, stack.clone(), 1, Readout::LastStep);
            let model = Model::new(configuration, 1).unwrap();
            let task = Task::adding_problem(50);
            let source = SequenceSource::Task {
                task,
                split: Split::Valid,
                sequence: 0,
            };
            let sequence = source.read().unwrap();
            let view = GateView::of(&model, &sequence).unwrap();
            GateDocument::new(&view, &model, Path::new("m.safetensors"), &sequence, false)
        };
        let mut one = document(&stack);
        let english = subject(&one, Language::English);
        for expected in [
            "GRU with the reset gate before the product, 1 layer of 39 units, ",
            "validation sequence 0, 50 steps.",
        ] {
            assert!(english.contains(expected), "{english}");
        }
        let korean = subject(&one, Language::Korean);
        for expected in [
            "GRU(곱셈 전 리셋 게이트), 층 1개, 층마다 유닛 39개",
            "덧셈 문제, 길이 50, 검증 세트의 0번 시퀀스",
        ] {
            assert!(korean.contains(expected), "{korean}");
        }
        one.sequence.steps = 1;
        assert!(subject(&one, Language::English).ends_with("sequence 0, 1 step."));
        stack.bidirectional = true;
        stack.layers = 2;
        let two = document(&stack);
        assert!(
            subject(&two, Language::English).contains("2 layers of 39 units in each direction")
        );
        assert!(subject(&two, Language::Korean).contains("양방향 층 2개, 층과 방향마다 유닛 39개"));
    }

    #[test]
    fn a_cell_is_named_with_the_options_of_its_variant() {
        assert_eq!(
            cell(CellVariant::LstmPeephole.cell(), Language::English),
            "LSTM with peepholes"
        );
        assert_eq!(cell(CellVariant::Gru.cell(), Language::English), "GRU");
    }
}
