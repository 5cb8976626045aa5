//! What the section says, in English and Korean.

use super::{CellMovie, MOST_STEPS, MOST_UNITS};
use crate::cell_variant::CellVariant;
use crate::language::Language;

/// Headline of the section.
pub(super) fn headline(language: Language) -> &'static str {
    language.pick("Inside the cells", "셀의 내부")
}

/// What the symbols mean.
pub(super) fn symbols(language: Language) -> &'static str {
    language.pick(
        "xₜ is the input of step t, h the hidden state, c the cell state of the LSTM; σ is the logistic function, ⊙ the product \
         unit by unit; W and b are learnt. Every gate lies between 0 (closed) and 1 (open).",
        "xₜ는 시점 t의 입력, h는 은닉 상태, c는 LSTM의 셀 상태이고, σ는 로지스틱 함수, ⊙는 유닛별 곱입니다. W와 b는 학습됩니다. 모든 게이트의 값은 \
         0(닫힘)과 1(열림) 사이입니다.",
    )
}

/// Which way the update gate works.
pub(super) fn convention(language: Language) -> &'static str {
    language.pick(
        "The update gate z keeps: where z is 1 the unit remembers its old state, where z is 0 it takes the candidate, \
         hₜ = (1 − z) ⊙ nₜ + z ⊙ hₜ₋₁. Many texts flip it.",
        "업데이트 게이트 z는 유지합니다. z가 1이면 유닛은 이전 상태를 기억하고, 0이면 후보 은닉 상태를 받아들입니다: \
         hₜ = (1 − z) ⊙ nₜ + z ⊙ hₜ₋₁. 반대로 정의하는 문헌도 많습니다.",
    )
}

/// The full name of a kind of cells.
pub(super) fn cell_name(cell: &str, language: Language) -> &'static str {
    match cell {
        "gru" => language.pick("Gated recurrent unit (GRU)", "게이트 순환 유닛 (GRU)"),
        "lstm" => language.pick("Long short-term memory (LSTM)", "장단기 메모리 (LSTM)"),
        _ => language.pick("Plain recurrent cell (RNN)", "기본 순환 셀 (RNN)"),
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
            "LSTM의 그림. 모든 게이트는 입력과 이전 은닉 상태를 읽습니다. 망각 게이트는 이전 셀 상태에, 입력 게이트는 후보 상태에 곱해지고, 그 합이 새 \
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
    let (task, sequence, steps, units) = (&movie.task, movie.sequence, movie.steps, movie.units);
    let mut caption = match language {
        Language::English => format!(
            "Measured: sequence {sequence} of {task}, {steps} steps, {units} units. Colour is the \
             size of a value, a dashed edge a negative one. The mean of candidate and states is that of their magnitude, |·|."
        ),
        Language::Korean => format!(
            "측정값: {task}의 {sequence}번 시퀀스, 시점 {steps}개, 유닛 {units}개. 색의 진하기는 값의 크기이고, 점선 \
             테두리는 음수입니다. 후보 은닉 상태와 상태의 평균은 크기의 평균 |·|입니다."
        ),
    };
    let mut add = |sentence: String| {
        caption.push(' ');
        caption.push_str(&sentence);
    };
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

/// The controls.
pub(super) struct Controls {
    pub(super) play: &'static str,
    pub(super) pause: &'static str,
    pub(super) step: &'static str,
    pub(super) show: &'static str,
    pub(super) mean: &'static str,
    pub(super) unit: &'static str,
    pub(super) input: &'static str,
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
            input: "The input over time, and below it the gates and states.",
        },
        Controls {
            play: "재생",
            pause: "일시 정지",
            step: "시점",
            show: "값",
            mean: "유닛 평균",
            unit: "유닛",
            input: "시간에 따른 입력과, 그 아래의 게이트와 상태.",
        },
    )
}
