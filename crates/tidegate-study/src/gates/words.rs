//! What page and picture say, in English and Korean.

use tidegate_cells::Cell;

use crate::language::Language;

/// The name of an array.
pub(super) fn array(name: &str, language: Language) -> &'static str {
    let [english, korean] = match name {
        "reset_gate" => ["reset gate r", "리셋 게이트 r"],
        "update_gate" => ["update gate z", "업데이트 게이트 z"],
        "input_gate" => ["input gate i", "입력 게이트 i"],
        "forget_gate" => ["forget gate f", "망각 게이트 f"],
        "output_gate" => ["output gate o", "출력 게이트 o"],
        "candidate" => ["candidate", "후보 은닉 상태"],
        "cell_candidate" => ["candidate", "후보 셀 상태"],
        "cell" => ["cell state c", "셀 상태 c"],
        _ => ["hidden state h", "은닉 상태 h"],
    };
    language.pick(english, korean)
}

/// The name of a generated task's feature.
pub(super) fn feature(name: &str, language: Language) -> &str {
    match name {
        "number" => language.pick("number", "수"),
        "marker" => language.pick("marker", "표시"),
        "value" => language.pick("value", "값"),
        name => name,
    }
}

/// What an array tells of a cell.
pub(super) fn meaning(name: &str, cell: Cell, language: Language) -> &'static str {
    let [english, korean] = match (name, cell) {
        ("reset_gate", _) => [
            "How much of the state before enters the candidate: 0 nothing, 1 all of it.",
            "이전 상태가 후보 은닉 상태에 얼마나 들어가는지 나타냅니다. 0이면 전혀, 1이면 모두 들어갑니다.",
        ],
        ("update_gate", _) => [
            "How much of the state before is kept: 1 keeps it, 0 takes the candidate.",
            "이전 상태를 얼마나 유지하는지 나타냅니다. 1이면 유지하고, 0이면 후보 은닉 상태를 받아들입니다.",
        ],
        ("input_gate", _) => [
            "How much of the candidate enters the cell state: 0 nothing, 1 all of it.",
            "후보 셀 상태가 셀 상태에 얼마나 들어가는지 나타냅니다. 0이면 전혀, 1이면 모두 들어갑니다.",
        ],
        ("forget_gate", Cell::Mgu(_)) => [
            "How much of the state before gives way to the candidate: 0 keeps it, 1 takes the candidate.",
            "이전 상태를 얼마나 후보 은닉 상태로 바꾸는지 나타냅니다. 0이면 유지하고, 1이면 후보 은닉 상태를 받아들입니다.",
        ],
        ("forget_gate", _) => [
            "How much of the cell state before is kept: 1 all of it, 0 nothing.",
            "이전 셀 상태를 얼마나 유지하는지 나타냅니다. 1이면 모두 유지하고, 0이면 모두 잊습니다.",
        ],
        ("output_gate", _) => [
            "How much of the cell state is shown as hidden state: 0 nothing, 1 all of it.",
            "셀 상태를 은닉 상태로 얼마나 내보내는지 나타냅니다. 0이면 전혀, 1이면 모두 내보냅니다.",
        ],
        ("candidate", _) => [
            "What a unit would become if nothing were kept.",
            "아무것도 유지하지 않을 때 유닛이 가질 값입니다.",
        ],
        ("cell_candidate", _) => [
            "What a unit would write into its cell state.",
            "유닛이 셀 상태에 쓰려는 값입니다.",
        ],
        ("cell", _) => ["What a unit remembers.", "유닛이 기억하는 값입니다."],
        _ => [
            "What a unit passes on, to the next step and to the layer above.",
            "유닛이 다음 시점과 위층으로 넘기는 값입니다.",
        ],
    };
    language.pick(english, korean)
}

/// Which way the gate that keeps the old state works.
pub(super) fn convention(cell: Cell, language: Language) -> &'static str {
    let [english, korean] = match cell {
        Cell::Gru(_) => [
            "The update gate z keeps the old state: hₜ = (1 − z) ⊙ nₜ + z ⊙ hₜ₋₁. Where z is 1 the unit remembers, where it is 0 \
             it takes the candidate. Many texts have it the other way round.",
            "업데이트 게이트 z는 이전 상태를 유지합니다: hₜ = (1 − z) ⊙ nₜ + z ⊙ hₜ₋₁. z가 1이면 유닛이 기억하고, 0이면 후보 은닉 상태를 \
             받아들입니다. 반대로 정의하는 문헌도 많습니다.",
        ],
        Cell::Lstm(_) => [
            "The forget gate f keeps the old cell state: cₜ = f ⊙ cₜ₋₁ + i ⊙ gₜ. Where f is 1 the unit remembers.",
            "망각 게이트 f는 이전 셀 상태를 유지합니다: cₜ = f ⊙ cₜ₋₁ + i ⊙ gₜ. f가 1이면 유닛이 기억합니다.",
        ],
        Cell::Mgu(_) => [
            "A forget gate f of 0 keeps the old state: hₜ = (1 − f) ⊙ hₜ₋₁ + f ⊙ nₜ. Where f is 0 the unit remembers.",
            "망각 게이트 f가 0이면 이전 상태를 유지합니다: hₜ = (1 − f) ⊙ hₜ₋₁ + f ⊙ nₜ. f가 0이면 유닛이 기억합니다.",
        ],
        Cell::Rnn(_) => [
            "A plain recurrent cell has no gate: its state is written anew at every step.",
            "기본 순환 셀에는 게이트가 없습니다. 상태는 매 시점 새로 쓰입니다.",
        ],
    };
    language.pick(english, korean)
}

/// What the units are ordered by.
pub(super) fn order(cell: Cell, zoneout: f32, language: Language) -> String {
    let (gate, state) = match cell {
        Cell::Gru(_) => (
            language.pick("mean z", "z의 평균"),
            language.pick("state", "상태"),
        ),
        Cell::Lstm(_) => (
            language.pick("mean f", "f의 평균"),
            language.pick("cell state", "셀 상태"),
        ),
        Cell::Mgu(_) => (
            language.pick("1 − mean f", "1 − f의 평균"),
            language.pick("state", "상태"),
        ),
        Cell::Rnn(_) => {
            return language
                .pick(
                    "Without a gate there is no time constant. Units are ordered by the correlation of their hidden state with \
                     that of the step before, the largest at the top.",
                    "게이트가 없으므로 시간 상수도 없습니다. 유닛은 은닉 상태와 바로 전 시점 은닉 상태의 상관이 큰 순서로 위에서부터 배열됩니다.",
                )
                .to_owned();
        }
    };
    let (kept, note) = match zoneout {
        0.0 => (gate.to_owned(), String::new()),
        _ => (
            format!("ζ + (1 − ζ)({gate})"),
            language.pick(
                format!(" The model was made with zoneout ζ = {zoneout}, which keeps its share of what the gate lets go."),
                format!(" 이 모델의 존아웃(zoneout) 비율은 ζ = {zoneout}이며, 게이트가 놓아 준 상태에서 그 비율만큼을 더 유지합니다."),
            ),
        ),
    };
    language.pick(
        format!(
            "Units are ordered by memory, the longest at the top: the time constant −1/ln({kept}) is the number of steps after \
             which 1/e of a {state} is left, if every step keeps the mean share.{note}"
        ),
        format!(
            "유닛은 기억이 긴 순서로 위에서부터 배열됩니다. 시간 상수 −1/ln({kept})은 매 시점 평균만큼 유지할 때 {state}가 1/e로 줄어드는 데 \
             걸리는 시점 수입니다.{note}"
        ),
    )
}

/// What the moments of a unit are.
pub(super) fn moments(language: Language) -> &'static str {
    language.pick(
        "Most active moments: the steps with the largest |hₜ − hₜ₋₁|, the largest first.",
        "가장 활발한 순간: |hₜ − hₜ₋₁|가 가장 큰 시점을 큰 순서로 나열합니다.",
    )
}

/// The title of a layer.
pub(super) fn layer(layer: usize, direction: Option<bool>, language: Language) -> String {
    let direction = match direction {
        None => "",
        Some(false) => language.pick(", forwards in time", ", 정방향"),
        Some(true) => language.pick(", backwards in time", ", 역방향"),
    };
    match language {
        Language::English => format!("Layer {layer}{direction}"),
        Language::Korean => format!("{layer}번 층{direction}"),
    }
}

/// What a picture leaves out: this layer and those after it.
pub(super) fn left_out(layer: &str, language: Language) -> String {
    language.pick(
        format!("(left out of this picture: {layer} and everything above; gates.html shows all)"),
        format!("(이 그림에서 생략: {layer}부터 그 위 전체. gates.html은 모두 보여 줍니다.)"),
    )
}

/// Which part of the sequence is shown.
pub(super) fn part(shown: &std::ops::Range<usize>, steps: usize, language: Language) -> String {
    let (first, last) = (shown.start, shown.end - 1);
    let (english, korean) = match last - first {
        0 => (format!("step {first}"), format!("{first}")),
        _ => (
            format!("steps {first} to {last}"),
            format!("{first}~{last}"),
        ),
    };
    if shown.len() == steps {
        return language.pick(
            format!("The heat maps show the whole sequence, {english}."),
            format!("히트맵은 전체 시퀀스(시점 {korean})를 보여 줍니다."),
        );
    }
    language.pick(
        format!(
            "The heat maps show a part: {english} of the {steps} steps (--steps chooses). Tables, numbers and the .npy files are \
             of all steps."
        ),
        format!(
            "히트맵은 전체 {steps}개 시점 중 시점 {korean}만 보여 줍니다(--steps로 선택). 표와 수치, .npy 파일은 모든 시점을 담습니다."
        ),
    )
}

/// What a column of the heat maps is, where it is more than a step.
pub(super) fn columns(together: usize, language: Language) -> Option<String> {
    (together > 1).then(|| {
        language.pick(
            format!(
                "Each column of the heat maps is {together} steps: it shows, of each row, the value among them that is farthest \
                 from the row's mean. Fewer steps (--steps) are shown one by one."
            ),
            format!(
                "히트맵의 한 열은 {together}개 시점이며, 행마다 그 가운데 행 평균에서 가장 먼 값을 보여 줍니다. 시점 수를 줄이면(--steps) \
                 시점을 하나씩 보여 줍니다."
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use tidegate_cells::{Gru, Lstm, Mgu};

    use super::*;

    #[test]
    fn zoneout_is_named_where_it_is_part_of_the_time_constant() {
        for cell in [
            Cell::Gru(Gru::default()),
            Cell::Lstm(Lstm::default()),
            Cell::Mgu(Mgu::default()),
        ] {
            for language in Language::ALL {
                assert!(!order(cell, 0.0, language).contains('ζ'));
                let text = order(cell, 0.25, language);
                assert!(
                    text.contains("−1/ln(ζ + (1 − ζ)(") && text.contains("ζ = 0.25"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn one_step_is_said_in_the_singular() {
        assert!(part(&(0..1), 1, Language::English).contains("the whole sequence, step 0."));
        assert!(part(&(4..5), 9, Language::English).contains("a part: step 4 of"));
    }

    #[test]
    fn columns_of_several_steps_are_said_in_both_languages() {
        for language in Language::ALL {
            assert_eq!(columns(1, language), None);
            assert!(columns(4, language).unwrap().contains('4'));
        }
    }
}
