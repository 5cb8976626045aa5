//! What the report says, in every language: a text that is missing in one does not compile.

use crate::cell_variant::CellVariant;
use crate::language::Language;
use crate::omission::Omission;
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

    pub(crate) fn omission(self, omission: &Omission) -> String {
        let english = omission.to_string();
        let korean = match omission {
            Omission::LagIsGiven { task } => format!(
                "{}: 이 데이터의 지연은 고를 수 없으므로 가장 긴 지연을 구할 수 없습니다. 기울기가 얼마나 멀리까지 거슬러 올라가는지는 보여 줍니다.",
                self.task(task)
            ),
            Omission::TooFewSequences {
                task,
                sequences,
                needed,
            } => format!(
                "{}: 훈련 시퀀스가 {sequences}개뿐이어서 일부만으로 학습할 수 없습니다. {needed}개면 충분합니다.",
                self.task(task)
            ),
            Omission::Diverged { task } => {
                format!("{}: 모든 실행이 발산했습니다.", self.task(task))
            }
            Omission::NoCommonTarget { task } => format!(
                "{}: GRU와 LSTM 가운데 비교하지 않았거나 발산한 셀이 있어, 둘 다 도달한 손실을 알 수 없고 도달 시간을 비교할 수 없습니다.",
                self.task(task)
            ),
            Omission::CellMissing { cell } => {
                format!("{cell} 계열 셀의 실행이 측정되지 않았습니다.")
            }
            Omission::UnpairedRuns {
                task,
                measure,
                pairs,
                seeds,
            } => format!(
                "{}: 시드 {seeds}개 가운데 두 셀 모두 발산하지 않아 {}을(를) 비교할 수 있는 것은 {pairs}개뿐입니다.",
                self.task(task),
                self.measure(*measure)
            ),
            Omission::LagsOutOfRange { task } => format!(
                "{}: 두 셀 모두 시험한 지연을 하나도 해결하지 못했거나 전부 해결한 실행이 있어, 가장 긴 지연을 비교할 수 없습니다.",
                self.task(task)
            ),
            Omission::UnlikeTimes { task } => format!(
                "{}: 실행마다 스레드 수가 달라 시간을 비교할 수 없습니다.",
                self.task(task)
            ),
            Omission::SingleSeed => {
                "시드가 하나뿐이면 산포가 없으므로 신뢰 구간도 없습니다.".to_owned()
            }
            Omission::NotAsked => "이 질문은 요청되지 않았습니다.".to_owned(),
        };
        self.pick(english, korean)
    }

    /// A task's name. That of the user's own file stays as it is.
    pub(crate) fn task(self, name: &str) -> String {
        // Where several lags are meant, a task goes by its key.
        let name = match name {
            "adding" => "adding problem",
            "copy" => "copy memory",
            "order" => "temporal order",
            name => name,
        };
        if self == Language::English {
            return name.to_owned();
        }
        let mut text = name.to_owned();
        for (english, korean) in [
            ("adding problem", "덧셈 문제"),
            ("copy memory", "복사 기억"),
            ("temporal order", "시간 순서"),
            ("Mackey-Glass", "매키-글래스"),
        ] {
            if let Some(rest) = name.strip_prefix(english) {
                text = format!("{korean}{}", translated(rest));
            }
        }
        text
    }

    /// The name of a loss with its unit.
    pub(crate) fn loss(self, words: &str) -> String {
        if self == Language::English {
            return words.to_owned();
        }
        match words {
            "mean squared error" => "평균 제곱 오차".to_owned(),
            "cross-entropy in nats per step" => "시점당 교차 엔트로피 (nat)".to_owned(),
            other => {
                let labels = other
                    .strip_prefix("binary cross-entropy in nats per step, summed over ")
                    .and_then(|rest| rest.strip_suffix(" labels"));
                match labels {
                    Some(labels) => {
                        format!("시점당 이진 교차 엔트로피 (nat, 레이블 {labels}개의 합)")
                    }
                    None => other.to_owned(),
                }
            }
        }
    }

    pub(crate) fn solved_below(self, share: f64) -> String {
        let percent = crate::chart::short_number(100.0 * share);
        self.pick(
            format!(
                "A run solves its task where its test loss is below {percent} % of the lowest loss that is possible without memory."
            ),
            format!(
                "테스트 손실이 기억 없이 얻을 수 있는 최저 손실의 {percent} % 미만이면 그 실행은 과제를 해결한 것으로 봅니다."
            ),
        )
    }

    pub(crate) fn seeds_of(self, solved: usize, seeds: usize) -> String {
        self.pick(
            format!("{solved} of {seeds} seeds"),
            format!("시드 {seeds}개 중 {solved}개"),
        )
    }

    pub(crate) fn crossing(self, first: &str, second: &str, sequences: &str) -> String {
        self.pick(
            format!(
                "Of the two, {first} has the lower test loss below about {sequences} training sequences, and {second} above."
            ),
            format!(
                "두 셀을 비교하면, 훈련 시퀀스가 약 {sequences}개보다 적을 때는 {first}, 많을 때는 {second}의 테스트 손실이 더 낮습니다."
            ),
        )
    }

    /// What a chart says to those who do not see it: the last value of each line.
    pub(crate) fn ends(self, ends: &[(String, String, String)]) -> String {
        let parts: Vec<String> = ends
            .iter()
            .map(|(name, x, y)| {
                self.pick(
                    format!("{name}: {y} at {x}"),
                    format!("{name}: {x}에서 {y}"),
                )
            })
            .collect();
        format!("{}.", parts.join("; "))
    }

    /// How a verdict comes about.
    pub(crate) fn rules(self, confidence: f64) -> String {
        let percent = crate::chart::short_number(100.0 * confidence);
        self.pick(
            format!(
                "A ratio compares two cells in pairs of runs with the same seed; its interval is Student's t of the logarithms, with a confidence of {percent} %. A piece of evidence holds where the whole interval lies on the side that the sentence claims, does not hold where it lies on the other side or within one per cent of equality, and is undecided otherwise. A sentence holds where some evidence does and none speaks against it. The intervals of a sentence hold together with that confidence (Bonferroni): each alone has a higher one. Lags were doubled, so that a longest lag is known up to a factor of 2 only, and its interval is wider by that factor; where no lag was solved, half of the shortest one stands for it. Where a cell solved every lag that was tested, or none, the ratio is a bound (≥, ≤)."
            ),
            format!(
                "비율은 같은 시드의 실행끼리 짝지어 두 셀을 비교한 값이며, 그 구간은 로그값에 대한 스튜던트 t 구간이고 신뢰 수준은 {percent} %입니다. 구간 전체가 문장이 주장하는 쪽에 있으면 근거가 성립하고, 반대쪽에 있거나 1 % 이내로 같으면 성립하지 않으며, 그 밖에는 미정입니다. 성립하는 근거가 있고 반대 근거가 없으면 문장이 성립합니다. 한 문장의 구간들은 함께 그 신뢰 수준을 갖도록 넓혔습니다(본페로니). 지연은 두 배씩 늘렸으므로 해결한 가장 긴 지연은 2배 범위 안에서만 알 수 있습니다. 그래서 구간을 그만큼 넓혔고, 하나도 해결하지 못했으면 가장 짧은 지연의 절반으로 계산했습니다. 시험한 지연을 모두 해결했거나 하나도 해결하지 못한 셀이 있으면 비율은 한계값(≥, ≤)입니다."
            ),
        )
    }

    /// What the bands of the data curves are.
    pub(crate) fn confidence_bands(self, confidence: f64) -> String {
        let percent = crate::chart::short_number(100.0 * confidence);
        self.pick(
            format!("Bands are {percent} % confidence intervals of the geometric mean."),
            format!("띠는 기하평균의 {percent} % 신뢰 구간입니다."),
        )
    }

    /// What is done with norms that have vanished.
    pub(crate) fn least_norm(self, least: &str) -> String {
        self.pick(
            format!("Norms below {least} are drawn at {least}."),
            format!("{least}보다 작은 노름은 {least}에 그렸습니다."),
        )
    }

    /// The unit of a loss, short enough to stand beside an axis.
    pub(crate) fn loss_unit(self, words: &str) -> String {
        match words.contains("nats") {
            true => self.pick("nats", "nat").to_owned(),
            false => self.loss(words),
        }
    }

    pub(crate) fn tuning_cost(self, runs: usize, seconds: &str, finals: usize) -> String {
        self.pick(
            format!("Every cell chose among the same settings on validation data: {runs} tuning runs, {seconds} seconds of training, beside {finals} final runs."),
            format!("모든 셀은 같은 후보 설정 가운데 검증 데이터로 설정을 골랐습니다. 튜닝 실행 {runs}회, 학습 시간 {seconds}초이며, 최종 실행은 {finals}회입니다."),
        )
    }
}

/// The settings that follow a generated task's name.
fn translated(settings: &str) -> String {
    settings
        .replace("length ", "길이 ")
        .replace("lag ", "지연 ")
        .replace("delay ", "시간 지연 ")
        .replace(" steps ahead", "시점 뒤 예측")
        .replace(" step ahead", "시점 뒤 예측")
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

    #[test]
    fn tasks_losses_and_omissions_have_korean_names_but_files_keep_theirs() {
        let korean = Language::Korean;
        assert_eq!(
            korean.task("adding problem, length 100"),
            "덧셈 문제, 길이 100"
        );
        assert_eq!(korean.task("adding"), "덧셈 문제");
        assert_eq!(korean.task("my steps.json"), "my steps.json");
        for loss in [
            "mean squared error",
            "cross-entropy in nats per step",
            "binary cross-entropy in nats per step, summed over 88 labels",
        ] {
            assert!(is_korean(&korean.loss(loss)), "{loss}");
        }
        assert!(is_korean(&korean.omission(&Omission::NotAsked)));
    }
}
