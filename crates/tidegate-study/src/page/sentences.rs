//! What the report says with names and numbers in it, in every language.

use crate::language::Language;
use crate::omission::Omission;

impl Language {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn is_korean(text: &str) -> bool {
        text.chars().any(|letter| ('가'..='힣').contains(&letter))
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
