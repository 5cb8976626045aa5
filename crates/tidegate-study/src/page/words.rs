//! What the report says, in every language: a text that is missing in one does not compile.

use crate::cell_variant::CellVariant;
use crate::language::Language;
use crate::question::Question;
use crate::sizing::Equal;
use crate::verdict::{Finding, Measure, Sentence};

macro_rules! texts {
    ($($name:ident: $english:literal, $korean:literal;)*) => {
        /// Texts without numbers in them.
        pub(crate) struct Texts {
            $(pub(crate) $name: &'static str,)*
        }

        const ENGLISH: Texts = Texts { $($name: $english,)* };
        const KOREAN: Texts = Texts { $($name: $korean,)* };

        #[cfg(test)]
        const PAIRS: &[(&str, &str, &str)] = &[$((stringify!($name), $english, $korean),)*];
    };
}

texts! {
    title: "GRU, LSTM and plain RNN, measured", "GRU, LSTM, 기본 RNN의 측정 비교";
    contents: "Contents", "차례";
    verdicts: "What the textbooks say, and what was measured", "교과서의 설명과 측정 결과";
    tuning: "Tuning and its cost", "튜닝과 그 비용";
    comparison: "The plain comparison", "기본 비교";
    how: "How this was measured, and how to repeat it", "측정 방법과 재현 방법";
    no_movie: "No gates were recorded in this study, so no cell is drawn at work.", "이 연구에서는 게이트 값을 기록하지 않았으므로 동작하는 셀의 그림이 없습니다.";
    memory: "Memory: how long does a cell remember?", "기억: 셀은 얼마나 오래 기억하는가?";
    structure: "Structure: what is a cell made of?", "구조: 셀은 무엇으로 이루어져 있는가?";
    time: "Time: how long does it take to train?", "시간: 학습에 얼마나 걸리는가?";
    data: "Data: how much does it need?", "데이터: 얼마나 필요한가?";
    cell: "Cell", "셀";
    task: "Task", "과제";
    equal: "Equal", "같은 조건";
    equal_parameters: "equal parameters", "같은 매개변수 수";
    equal_hidden: "equal hidden size", "같은 은닉 크기";
    lag: "lag", "지연";
    steps: "steps", "시점 수";
    longest_lag: "Longest lag solved by each seed", "시드별로 해결한 가장 긴 지연";
    none_solved: "none", "없음";
    test_loss: "test loss", "테스트 손실";
    valid_loss: "validation loss", "검증 손실";
    train_loss: "training loss", "훈련 손실";
    without_memory: "best without memory", "기억 없이 얻을 수 있는 최선";
    gradient: "how far the gradient of the loss reaches back", "손실의 기울기가 거슬러 올라가는 거리";
    gradient_norm: "‖∂ loss / ∂ state‖", "‖∂ 손실 / ∂ 상태‖";
    geometric_mean: "test loss, geometric mean", "테스트 손실의 기하평균";
    bands_of_seeds: "Bands reach from the least to the greatest of the seeds.", "띠는 시드의 최솟값부터 최댓값까지입니다.";
    bars_of_seeds: "Whiskers reach from the least to the greatest of the seeds; a bar is missing where not every run arrived.", "수염은 시드의 최솟값부터 최댓값까지이며, 도달하지 못한 실행이 있으면 막대가 없습니다.";
    solved_in_brackets: "in brackets the seeds that solved it", "괄호 안은 해결한 시드 수";
    seed: "seed", "시드";
    time_per_update: "Time per update", "갱신당 시간";
    time_to_target: "Time to the target loss", "목표 손실까지 걸린 시간";
    before: "before training", "학습 전";
    after: "after training", "학습 후";
    cell_state_after: "cell state, after training", "셀 상태, 학습 후";
    lag_before_loss: "steps before the loss", "손실 이전의 시점 수";
    gates: "Gates", "게이트 수";
    hidden_size: "Hidden size", "은닉 크기";
    parameters: "Parameters", "매개변수";
    recurrent_parameters: "of which recurrent layer", "순환층 매개변수";
    multiply_adds: "Multiply-adds per step", "시점당 곱셈-덧셈";
    padded: "padded", "패딩 포함";
    state_bytes: "State (bytes)", "상태 (바이트)";
    weight_bytes: "Weights (bytes)", "가중치 (바이트)";
    packed: "packed", "패킹 후";
    tape_bytes: "Tape per step (bytes)", "시점당 테이프 (바이트)";
    allocated: "allocated", "실제 할당";
    relative_to_lstm: "relative to the LSTM", "LSTM 대비 비율";
    seconds_per_update: "Seconds per update", "갱신당 시간 (초)";
    seconds_per_epoch: "Seconds per epoch", "에폭당 시간 (초)";
    updates_to_target: "Updates to target", "목표까지 갱신 횟수";
    seconds_to_target: "Seconds to target", "목표까지 시간 (초)";
    target: "target loss", "목표 손실";
    reached: "Reached the target", "목표 도달";
    seconds: "s", "초";
    milliseconds: "ms", "밀리초";
    updates: "updates", "갱신 횟수";
    sequences: "training sequences", "훈련 시퀀스 수";
    share: "share", "비율";
    crossing: "Where the curves cross", "곡선이 교차하는 지점";
    no_crossing: "No two curves cross with their bands apart on both sides.", "양쪽에서 띠가 서로 떨어진 채 교차하는 곡선은 없습니다.";
    holds: "Holds", "성립";
    does_not_hold: "Does not hold", "성립하지 않음";
    undecided: "Undecided", "미정";
    no_evidence: "No evidence", "근거 없음";
    evidence: "Evidence", "근거";
    measure: "Measure", "측정값";
    ratio: "Ratio", "비";
    interval: "Confidence interval", "신뢰 구간";
    pairs: "Pairs of runs", "실행 쌍";
    counted: "counted", "셈한 값";
    finding: "Finding", "판정";
    chosen: "Chosen setting", "선택된 설정";
    tuning_runs: "Tuning runs", "튜닝 실행 수";
    tuning_seconds: "Seconds of tuning", "튜닝 시간 (초)";
    diverged: "Diverged", "발산";
    seeds: "seeds", "시드";
    machine: "Machine", "장비";
    threads: "threads", "스레드";
    instruction_set: "instruction set", "명령어 집합";
    version: "version", "버전";
    effort: "effort", "규모";
    quick: "quick: a first look, not to be cited", "빠른 측정: 대략적인 확인용이며 인용용이 아님";
    full: "full: made to be cited", "전체 측정: 인용할 수 있는 규모";
    command: "Command", "명령";
    spread_note: "Mean ± sample standard deviation over the seeds.", "시드에 대한 평균 ± 표본 표준편차입니다.";
    same_seed: "The same command gives the same numbers at any number of threads, but for what a clock measured.", "같은 명령은 스레드 수와 관계없이 같은 수치를 냅니다. 단, 시계로 잰 값은 제외합니다.";
    no_script: "The interactive charts need JavaScript; the pictures below show the same.", "대화형 차트에는 JavaScript가 필요합니다. 아래 그림이 같은 내용을 보여 줍니다.";
    all_runs_diverged: "every run diverged", "모든 실행이 발산함";
    nothing_to_draw: "No chart: nothing of it could be measured.", "차트 없음: 측정된 값이 없습니다.";
    learning_rate: "learning rate", "학습률";
    weight_decay: "weight decay", "가중치 감쇠";
    input_dropout: "input dropout", "입력 드롭아웃";
    recurrent_dropout: "recurrent dropout", "순환 드롭아웃";
    output_dropout: "output dropout", "출력 드롭아웃";
    no_rows: "The plain comparison was not asked for.", "기본 비교는 요청되지 않았습니다.";
}

impl Language {
    pub(crate) fn texts(self) -> &'static Texts {
        self.pick(&ENGLISH, &KOREAN)
    }

    pub(crate) fn question(self, question: Question) -> &'static str {
        let texts = self.texts();
        match question {
            Question::Memory => texts.memory,
            Question::Structure => texts.structure,
            Question::Time => texts.time,
            Question::Data => texts.data,
        }
    }

    pub(crate) fn equal(self, equal: Equal) -> &'static str {
        match equal {
            Equal::Parameters => self.texts().equal_parameters,
            Equal::Hidden => self.texts().equal_hidden,
        }
    }

    pub(crate) fn finding(self, finding: Finding) -> &'static str {
        let texts = self.texts();
        match finding {
            Finding::Holds => texts.holds,
            Finding::DoesNotHold => texts.does_not_hold,
            Finding::Undecided => texts.undecided,
        }
    }

    pub(crate) fn cell(self, cell: CellVariant) -> &'static str {
        match (self, cell) {
            (_, CellVariant::Gru) => "GRU",
            (_, CellVariant::Lstm) => "LSTM",
            (_, CellVariant::Rnn) => "RNN",
            (_, CellVariant::RnnRelu) => "RNN (ReLU)",
            (_, CellVariant::Mgu) => "MGU",
            (Language::English, CellVariant::LstmPeephole) => "LSTM (peepholes)",
            (Language::Korean, CellVariant::LstmPeephole) => "LSTM (핍홀)",
            (Language::English, CellVariant::GruBefore) => "GRU (reset before)",
            (Language::Korean, CellVariant::GruBefore) => "GRU (곱셈 전 리셋)",
        }
    }

    pub(crate) fn sentence(self, sentence: Sentence) -> &'static str {
        match self {
            Language::English => sentence.in_words(),
            Language::Korean => match sentence {
                Sentence::GruOvercomesLongTermDependencies => {
                    "GRU는 기본 RNN의 장기 의존성 문제를 극복한다."
                }
                Sentence::LstmOvercomesLongTermDependencies => {
                    "LSTM은 기본 RNN의 장기 의존성 문제를 극복한다."
                }
                Sentence::GruIsALighterLstm => {
                    "GRU는 게이트가 세 개가 아니라 두 개인, 더 가벼운 LSTM이다."
                }
                Sentence::GruTrainsInLessTime => "GRU는 LSTM보다 학습 시간이 짧다.",
                Sentence::LstmIsStrongerWithMuchData => "데이터가 풍부하면 LSTM이 GRU보다 강하다.",
                Sentence::GruLearnsFromLittleData => {
                    "데이터가 적을 때 GRU가 LSTM보다 더 잘 학습한다."
                }
            },
        }
    }

    pub(crate) fn measure(self, measure: Measure) -> &'static str {
        let texts = self.texts();
        match measure {
            Measure::LongestLag => match self {
                Language::English => "Longest lag solved",
                Language::Korean => "해결한 가장 긴 지연",
            },
            Measure::Parameters => texts.recurrent_parameters_alone(self),
            Measure::MultiplyAdds => texts.multiply_adds,
            Measure::TapeBytes => texts.tape_bytes,
            Measure::TestLoss => match self {
                Language::English => "Test loss",
                Language::Korean => texts.test_loss,
            },
            Measure::UpdatesToTarget => texts.updates_to_target,
            Measure::SecondsPerUpdate => texts.seconds_per_update,
            Measure::SecondsToTarget => texts.seconds_to_target,
        }
    }
}

impl Texts {
    fn recurrent_parameters_alone(&self, language: Language) -> &'static str {
        match language {
            Language::English => "Parameters of the recurrent layer",
            Language::Korean => self.recurrent_parameters,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_korean(text: &str) -> bool {
        text.chars().any(|letter| ('가'..='힣').contains(&letter))
    }

    #[test]
    fn every_korean_text_is_korean_and_no_english_one_is() {
        for (name, english, korean) in PAIRS {
            assert!(!is_korean(english) && !english.is_empty(), "{name}");
            assert!(is_korean(korean) || *korean == "LSTM", "{name}: {korean}");
        }
        for sentence in Sentence::ALL {
            assert!(is_korean(Language::Korean.sentence(sentence)));
        }
    }
}
