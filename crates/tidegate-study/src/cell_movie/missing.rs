//! Why a cell is not shown at work, in English and Korean.

use super::{CellMovieError, words};
use crate::cell_variant::CellVariant;
use crate::language::Language;

/// Why a cell is not shown at work.
pub(super) fn missing(cell: CellVariant, error: &CellMovieError, language: Language) -> String {
    let name = language.cell(cell);
    if language == Language::English {
        return format!("{name} is not drawn at work: {error}.");
    }
    let reason = match error {
        CellMovieError::NoDrawing { .. } => {
            "이 셀의 그림은 없습니다. 그림은 GRU, LSTM, 기본 RNN에만 있습니다.".to_owned()
        }
        CellMovieError::Diverged { seed, divergence } => format!(
            "시드 {seed}의 실행이 에폭 {}, 갱신 {}에서 발산하여 모델이 남지 않았습니다.",
            divergence.epoch, divergence.update
        ),
        CellMovieError::NoModel { seed } => {
            format!("시드 {seed}의 실행에서 나온 모델을 읽을 수 없습니다. 연구를 다시 실행하세요.")
        }
        CellMovieError::NotFinite {
            name,
            step,
            unit,
            value,
        } => {
            let part = words::part(words::part_of(cell, name), language);
            format!(
                "시점 {step}, 유닛 {unit}의 {part} 값이 {value}입니다. 이 시퀀스에서 모델의 상태가 32비트 부동소수점의 범위를 벗어납니다."
            )
        }
        CellMovieError::NoSuchSequence {
            sequence, count, ..
        } => {
            format!("{sequence}번 시퀀스가 없습니다. 세트에는 {count}개가 있고 번호는 0부터입니다.")
        }
        CellMovieError::Empty { sequence, .. } => {
            format!("{sequence}번 시퀀스에 시점이 없습니다.")
        }
        CellMovieError::OtherCell { .. } => "모델의 셀이 다릅니다.".to_owned(),
        CellMovieError::Model(error) => {
            format!("모델을 이 시퀀스에서 실행할 수 없습니다: {error}")
        }
    };
    format!("동작하는 {name}의 그림이 없습니다: {reason}")
}

#[cfg(test)]
mod tests {
    use super::super::{ShownCell, check_drawing, section};
    use super::*;

    #[test]
    fn a_cell_that_cannot_be_shown_is_said_with_its_reason_in_both_languages() {
        let not_finite = CellMovieError::NotFinite {
            name: "candidate",
            step: 3,
            unit: 1,
            value: f32::INFINITY,
        };
        let lstm = CellVariant::Lstm;
        let mgu = CellVariant::Mgu;
        let shown = [
            ShownCell {
                cell: mgu,
                movie: Err(check_drawing(mgu).unwrap_err()),
            },
            ShownCell {
                cell: lstm,
                movie: Err(not_finite),
            },
        ];
        for (language, words) in [
            (
                Language::English,
                [
                    "MGU is not drawn at work: there is no drawing of mgu",
                    "LSTM is not drawn at work: candidate, step 3, unit 1 is inf",
                ],
            ),
            (
                Language::Korean,
                [
                    "동작하는 MGU의 그림이 없습니다: 이 셀의 그림은 없습니다",
                    "시점 3, 유닛 1의 후보 셀 상태 값이 inf입니다",
                ],
            ),
        ] {
            let page = section(&[lstm, mgu], &shown, language).into_string();
            for words in words {
                assert!(page.contains(words), "{page}");
            }
            assert_eq!(page.matches("class=\"missing\"").count(), 2);
            assert!(!page.contains("<figure") && !page.contains("<script"));
        }
    }
}
