//! What the section says, in English and Korean.

use tidegate_cells::Cell;
use tidegate_data::Split;

use super::{CellMovie, MOST_STEPS, MOST_UNITS};
use crate::cell_variant::CellVariant;
use crate::language::Language;

/// Headline of the section.
pub(super) fn headline(language: Language) -> &'static str {
    language.pick("Inside the cells", "셀의 내부")
}

/// What the symbols mean that the equations of these cells use.
pub(super) fn symbols(cells: &[CellVariant], language: Language) -> String {
    let has = |kind: fn(Cell) -> bool| cells.iter().any(|cell| kind(cell.cell()));
    let mut text = language
        .pick(
            "xₜ is the input of step t, h the hidden state, ⊙ the product unit by unit; W and b are learnt.",
            "xₜ는 시점 t의 입력, h는 은닉 상태, ⊙는 유닛별 곱입니다. W와 b는 학습됩니다.",
        )
        .to_owned();
    let mut add = |sentence: &str| {
        text.push(' ');
        text.push_str(sentence);
    };
    if has(|cell| matches!(cell, Cell::Lstm(_))) {
        add(language.pick(
            "c is the cell state of the LSTM.",
            "c는 LSTM의 셀 상태입니다.",
        ));
    }
    if cells.contains(&CellVariant::LstmPeephole) {
        add(language.pick(
            "p are the peepholes, one learnt weight per unit and gate.",
            "p는 핍홀로, 유닛과 게이트마다 하나씩 학습되는 가중치입니다.",
        ));
    }
    if cells.contains(&CellVariant::RnnRelu) {
        add(language.pick(
            "relu(a) is the larger of a and 0.",
            "relu(a)는 a와 0 가운데 큰 값입니다.",
        ));
    }
    if has(|cell| !matches!(cell, Cell::Rnn(_))) {
        add(language.pick(
            "σ is the logistic function: every gate lies between 0 (closed) and 1 (open).",
            "σ는 로지스틱 함수이므로 모든 게이트의 값은 0(닫힘)과 1(열림) 사이입니다.",
        ));
    }
    text
}

/// Which way the gate that keeps works, of each kind of these cells that has one.
pub(super) fn conventions(cells: &[CellVariant], language: Language) -> Vec<&'static str> {
    let mut conventions = Vec::new();
    for cell in cells {
        let convention = match cell.cell() {
            Cell::Gru(_) => language.pick(
                "The update gate z keeps: where z is 1 the unit remembers its old state, where z is 0 it takes the candidate, \
                 hₜ = (1 − z) ⊙ nₜ + z ⊙ hₜ₋₁. Many texts flip it.",
                "업데이트 게이트 z는 유지합니다. z가 1이면 유닛은 이전 상태를 기억하고, 0이면 후보 은닉 상태를 받아들입니다: \
                 hₜ = (1 − z) ⊙ nₜ + z ⊙ hₜ₋₁. 반대로 정의하는 문헌도 많습니다.",
            ),
            Cell::Lstm(_) => language.pick(
                "The forget gate f of the LSTM keeps: where f is 1 the unit remembers its old cell state, where f is 0 it \
                 forgets it.",
                "LSTM의 망각 게이트 f는 유지합니다. f가 1이면 유닛은 이전 셀 상태를 기억하고, 0이면 잊습니다.",
            ),
            Cell::Mgu(_) => language.pick(
                "The forget gate f of the MGU keeps where it is 0: where f is 0 the unit remembers its old state, where f is 1 it \
                 takes the candidate, hₜ = (1 − f) ⊙ hₜ₋₁ + f ⊙ nₜ.",
                "MGU의 망각 게이트 f는 0일 때 유지합니다. f가 0이면 유닛은 이전 상태를 기억하고, 1이면 후보 은닉 상태를 받아들입니다: \
                 hₜ = (1 − f) ⊙ hₜ₋₁ + f ⊙ nₜ.",
            ),
            Cell::Rnn(_) => continue,
        };
        if !conventions.contains(&convention) {
            conventions.push(convention);
        }
    }
    conventions
}

/// The full name of a cell.
pub(super) fn variant_name(cell: CellVariant, language: Language) -> &'static str {
    let [english, korean] = match cell {
        CellVariant::Gru => ["Gated recurrent unit (GRU)", "게이트 순환 유닛 (GRU)"],
        CellVariant::GruBefore => [
            "Gated recurrent unit (GRU), reset before",
            "게이트 순환 유닛 (GRU), 곱셈 전 리셋",
        ],
        CellVariant::Lstm => ["Long short-term memory (LSTM)", "장단기 메모리 (LSTM)"],
        CellVariant::LstmPeephole => [
            "Long short-term memory (LSTM) with peepholes",
            "핍홀이 있는 장단기 메모리 (LSTM)",
        ],
        CellVariant::Rnn => ["Plain recurrent cell (RNN)", "기본 순환 셀 (RNN)"],
        CellVariant::RnnRelu => [
            "Plain recurrent cell (RNN) with the rectifier",
            "정류 함수를 쓰는 기본 순환 셀 (RNN)",
        ],
        CellVariant::Mgu => ["Minimal gated unit (MGU)", "최소 게이트 유닛 (MGU)"],
    };
    language.pick(english, korean)
}

/// The name under which [`part`] knows a cell's part: what a candidate is for depends on the cell.
pub(super) fn part_of(cell: CellVariant, name: &'static str) -> &'static str {
    match (cell.cell(), name) {
        (Cell::Lstm(_), "candidate") => "cell_candidate",
        _ => name,
    }
}

/// The name of a part.
pub(super) fn part(name: &str, language: Language) -> &'static str {
    let [english, korean] = match name {
        "reset_gate" => ["reset gate", "리셋 게이트"],
        "update_gate" => ["update gate", "업데이트 게이트"],
        "input_gate" => ["input gate", "입력 게이트"],
        "forget_gate" => ["forget gate", "망각 게이트"],
        "output_gate" => ["output gate", "출력 게이트"],
        "candidate" => ["candidate", "후보 은닉 상태"],
        "cell_candidate" => ["candidate", "후보 셀 상태"],
        "candidate_after" => [
            "candidate, reset gate after the product (the default)",
            "후보 은닉 상태, 리셋 게이트를 곱 뒤에 적용 (기본값)",
        ],
        "candidate_before" => [
            "candidate, reset gate before the product (Cho et al. 2014)",
            "후보 은닉 상태, 리셋 게이트를 곱 앞에 적용 (Cho et al. 2014)",
        ],
        "cell" => ["cell state", "셀 상태"],
        _ => ["hidden state", "은닉 상태"],
    };
    language.pick(english, korean)
}

/// The name of a part on the two lines of its box.
pub(super) fn lines(name: &str, language: Language) -> [&'static str; 2] {
    let [english, korean] = match name {
        "reset_gate" => [["reset", "gate"], ["리셋", "게이트"]],
        "update_gate" => [["update", "gate"], ["업데이트", "게이트"]],
        "input_gate" => [["input", "gate"], ["입력", "게이트"]],
        "forget_gate" => [["forget", "gate"], ["망각", "게이트"]],
        "output_gate" => [["output", "gate"], ["출력", "게이트"]],
        "new_state" => [["new", "state"], ["새", "상태"]],
        "cell_candidate" => [["candidate", "state"], ["후보", "셀 상태"]],
        _ => [["candidate", "state"], ["후보", "은닉 상태"]],
    };
    language.pick(english, korean)
}

/// What a drawing shows, for those who do not see it.
pub(super) fn drawing(cell: &str, language: Language) -> &'static str {
    match cell {
        "gru" => language.pick(
            "Drawing of a GRU. Reset gate and update gate read the input and the old hidden state. The reset gate scales what \
             the candidate sees of the old state. The update gate z multiplies the old state, 1 − z the candidate; their sum \
             is the new hidden state.",
            "GRU의 그림. 리셋 게이트와 업데이트 게이트는 입력과 이전 은닉 상태를 읽습니다. 리셋 게이트는 후보 은닉 상태가 보는 이전 상태의 \
             크기를 조절합니다. 업데이트 게이트 z는 이전 상태에, 1 − z는 후보 은닉 상태에 곱해지고, 그 합이 새 은닉 상태입니다.",
        ),
        "lstm" => language.pick(
            "Drawing of an LSTM. All gates read the input and the old hidden state. The forget gate multiplies the old cell \
             state, the input gate the candidate; their sum is the new cell state. The output gate multiplies its tanh: the \
             new hidden state.",
            "LSTM의 그림. 모든 게이트는 입력과 이전 은닉 상태를 읽습니다. 망각 게이트는 이전 셀 상태에, 입력 게이트는 후보 셀 상태에 곱해지고, 그 합이 새 \
             셀 상태입니다. 출력 게이트가 그 tanh에 곱해져 새 은닉 상태가 됩니다.",
        ),
        _ => language.pick(
            "Drawing of a plain recurrent cell. The new hidden state is computed from the input and the old hidden state.",
            "기본 순환 셀의 그림. 새 은닉 상태는 입력과 이전 은닉 상태에서 계산됩니다.",
        ),
    }
}

/// What is shown below a drawing.
pub(super) fn caption(movie: &CellMovie, language: Language) -> String {
    let task = language.task(&movie.task);
    let (sequence, steps, units) = (movie.scene.sequence, movie.steps, movie.units);
    let set = set(movie.scene.split, language);
    let mean_of = match (movie.cell.cell(), language) {
        (Cell::Rnn(_), Language::English) => "the state",
        (_, Language::English) => "candidate and states",
        (Cell::Rnn(_), Language::Korean) => "상태",
        (Cell::Lstm(_), Language::Korean) => "후보 셀 상태와 상태",
        (_, Language::Korean) => "후보 은닉 상태와 상태",
    };
    let mut caption = match language {
        Language::English => format!(
            "Measured: {task}, sequence {sequence} of the {set} set, {steps} steps, {units} units. Colour is the \
             size of a value, a dashed edge a negative one. The mean of {mean_of} is that of their magnitude, |·|."
        ),
        Language::Korean => format!(
            "측정값: {task}, {set} 세트의 {sequence}번 시퀀스, 시점 {steps}개, 유닛 {units}개. 색의 진하기는 값의 크기이고, 점선 \
             테두리는 음수입니다. {mean_of}의 평균은 크기의 평균 |·|입니다."
        ),
    };
    let mut add = |sentence: String| {
        caption.push(' ');
        caption.push_str(&sentence);
    };
    if movie.scene.pitches {
        add(language
            .pick(
                "The input is the MIDI pitches (21 to 108) that sound; – is silence.",
                "입력은 울리는 음의 MIDI 음높이(21~108)이고, –는 쉼입니다.",
            )
            .to_owned());
    }
    if movie.cell == CellVariant::LstmPeephole {
        add(language
            .pick(
                "The peepholes, through which the gates see the cell state, are not drawn.",
                "게이트가 셀 상태를 보는 핍홀 연결은 그리지 않았습니다.",
            )
            .to_owned());
    }
    if steps > MOST_STEPS {
        add(match language {
            Language::English => format!("The first {MOST_STEPS} steps are shown."),
            Language::Korean => format!("처음 {MOST_STEPS}개 시점만 보여 줍니다."),
        });
    }
    if units > MOST_UNITS {
        add(match language {
            Language::English => format!(
                "The first {MOST_UNITS} units can be chosen one by one; means are over all {units}."
            ),
            Language::Korean => format!(
                "하나씩 고를 수 있는 유닛은 처음 {MOST_UNITS}개이며, 평균은 {units}개 모두에 대한 것입니다."
            ),
        });
    }
    caption
}

/// The name of a set.
fn set(split: Split, language: Language) -> &'static str {
    match split {
        Split::Train => language.pick("training", "훈련"),
        Split::Valid => language.pick("validation", "검증"),
        Split::Test => language.pick("test", "테스트"),
    }
}

/// The controls.
pub(super) struct Controls {
    pub(super) play: &'static str,
    pub(super) pause: &'static str,
    pub(super) step: &'static str,
    pub(super) show: &'static str,
    pub(super) mean: &'static str,
    pub(super) unit: &'static str,
    pub(super) input: &'static str,
    pub(super) spoken_input: &'static str,
}

pub(super) fn controls(language: Language) -> Controls {
    language.pick(
        Controls {
            play: "Play",
            pause: "Pause",
            step: "Step",
            show: "Values",
            mean: "mean over units",
            unit: "unit",
            spoken_input: "input",
            input: "The input over time, and below it the gates and states.",
        },
        Controls {
            play: "재생",
            pause: "일시 정지",
            step: "시점",
            show: "값",
            mean: "유닛 평균",
            unit: "유닛",
            spoken_input: "입력",
            input: "시간에 따른 입력과, 그 아래의 게이트와 상태.",
        },
    )
}
