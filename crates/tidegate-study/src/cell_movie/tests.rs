use std::collections::BTreeSet;

use tidegate_cells::Stack;
use tidegate_data::{
    AddingProblem, CopyMemory, InputKind, adding_problem, copy_memory, polyphonic_music,
};
use tidegate_model::{InputLayer, ModelConfiguration, Readout};

use super::*;
use crate::language::Language;

fn splits(length: usize) -> Splits {
    let options = AddingProblem {
        length,
        train: 1,
        valid: 1,
        test: 2,
        seed: 3,
    };
    adding_problem(options).unwrap()
}

fn scene(sequence: usize) -> Scene {
    Scene {
        split: Split::Test,
        sequence,
        pitches: false,
    }
}

fn model(cell: CellVariant, units: usize) -> Model {
    let stack = Stack::new(cell.cell(), 2, units);
    let configuration = ModelConfiguration::new(InputLayer::Features, stack, 1, Readout::LastStep);
    Model::new(configuration, 5).unwrap()
}

fn movie(cell: CellVariant, units: usize, steps: usize) -> CellMovie {
    CellMovie::of(&model(cell, units), &splits(steps), scene(1), cell).unwrap()
}

fn page(movie: CellMovie, language: Language) -> String {
    let cell = movie.cell;
    let movie = Ok(movie);
    section(&[cell], &[ShownCell { cell, movie }], language).into_string()
}

/// What the script of a page reads.
fn numbers(page: &str) -> serde_json::Value {
    let start = "<script type=\"application/json\">";
    let from = page.find(start).unwrap() + start.len();
    let to = from + page[from..].find("</script>").unwrap();
    serde_json::from_str(&page[from..to]).unwrap()
}

const DRAWN: [CellVariant; 6] = [
    CellVariant::Gru,
    CellVariant::GruBefore,
    CellVariant::Lstm,
    CellVariant::LstmPeephole,
    CellVariant::Rnn,
    CellVariant::RnnRelu,
];

#[test]
fn the_values_of_the_trace_reach_the_page() {
    for cell in DRAWN {
        let movie = movie(cell, 3, 6);
        let film = numbers(&page(movie.clone(), Language::English));
        assert_eq!(film["steps"], 6);
        for part in &movie.parts {
            let series = &film["parts"][part.name];
            for (index, value) in part.values.iter().enumerate() {
                let shown = series["units"][index % 3][index / 3].as_f64().unwrap();
                let error = (shown - f64::from(*value)).abs();
                assert!(
                    error <= 0.006 * f64::from(value.abs()),
                    "{cell} {} {value} {shown}",
                    part.name
                );
            }
            let expected: f32 = part.values[3..6].iter().map(|value| value.abs()).sum();
            let mean = series["mean"][1].as_f64().unwrap();
            assert!(
                (mean - f64::from(expected / 3.0)).abs() < 0.005,
                "{cell} {}",
                part.name
            );
        }
    }
}

#[test]
fn what_is_kept_and_what_is_written_add_up_to_the_state() {
    for (cell, state) in [(CellVariant::Gru, "hidden"), (CellVariant::Lstm, "cell")] {
        let film = numbers(&page(movie(cell, 2, 5), Language::English));
        for step in 0..5 {
            let value = |part: &str| film["parts"][part]["units"][1][step].as_f64().unwrap();
            let sum = value("kept") + value("written");
            assert!((sum - value(state)).abs() < 0.01, "{cell}, step {step}");
        }
    }
}

#[test]
fn every_part_that_a_drawing_names_has_values() {
    for cell in DRAWN {
        let page = page(movie(cell, 2, 4), Language::English);
        let film = numbers(&page);
        let mut names = BTreeSet::new();
        for attribute in ["data-part=\"", "data-value=\"", "data-trace=\""] {
            for piece in page.split(attribute).skip(1) {
                names.insert(piece.split('"').next().unwrap());
            }
        }
        names.remove("input");
        // What the style and the script say of attributes is no part.
        names.retain(|name| !name.contains(['`', '$', '[']) && *name != "gate");
        assert!(names.len() >= 2, "{cell}: {names:?}");
        for name in names {
            let part = name.split(' ').next_back().unwrap();
            assert!(film["parts"][part].is_object(), "{cell}: {name}");
        }
    }
}

#[test]
fn a_long_sequence_and_a_large_cell_are_cut_and_the_page_says_so() {
    let movie = movie(CellVariant::Gru, MOST_UNITS + 1, MOST_STEPS + 1);
    let expected: f32 = movie.part("update_gate").unwrap()[..=MOST_UNITS]
        .iter()
        .sum();
    for (language, steps, units) in [
        (Language::English, "The first 200 steps", "over all 65"),
        (Language::Korean, "처음 200개 시점", "65개 모두"),
    ] {
        let page = page(movie.clone(), language);
        assert!(page.contains(steps) && page.contains(units));
        let gate = &numbers(&page)["parts"]["update_gate"];
        assert_eq!(gate["units"].as_array().unwrap().len(), MOST_UNITS);
        assert_eq!(gate["mean"].as_array().unwrap().len(), MOST_STEPS);
        let mean = gate["mean"][0].as_f64().unwrap();
        assert!((mean - f64::from(expected) / (MOST_UNITS + 1) as f64).abs() < 0.005);
    }
}

#[test]
fn the_page_says_in_both_languages_that_the_update_gate_keeps() {
    let english = page(movie(CellVariant::Gru, 2, 4), Language::English);
    assert!(english.contains("The update gate z keeps") && english.contains("Many texts flip it"));
    let korean = page(movie(CellVariant::Gru, 2, 4), Language::Korean);
    assert!(korean.contains("업데이트 게이트 z는 유지합니다"));
}

#[test]
fn korean_pages_have_no_english_sentence_and_english_ones_no_korean() {
    let is_korean = |sign: char| ('가'..='힣').contains(&sign);
    for cell in DRAWN {
        let english = page(movie(cell, 2, 4), Language::English);
        assert!(!english.contains(is_korean), "{cell}");
        let korean = page(movie(cell, 2, 4), Language::Korean);
        for part in [
            "reset gate",
            "update gate",
            "hidden state",
            "forget gate",
            "Play",
            " the ",
        ] {
            assert!(!visible(&korean).contains(part), "{cell}: {part}");
        }
        let parts: &[&str] = match cell.cell() {
            Cell::Gru(_) => &["리셋 게이트", "업데이트 게이트", "후보 은닉 상태"],
            Cell::Lstm(_) => &["입력 게이트", "망각 게이트", "후보 셀 상태", "출력 게이트"],
            _ => &["은닉 상태"],
        };
        for part in parts {
            assert!(korean.contains(part), "{cell}: {part}");
        }
        let is_lstm = matches!(cell.cell(), Cell::Lstm(_));
        assert!(!is_lstm || !korean.contains("후보 은닉 상태") && !korean.contains("후보 상태"));
        assert!(visible(&korean).contains("덧셈 문제, 길이 4, 테스트 세트의 1번 시퀀스"));
    }
}

/// A page without its style and scripts.
fn visible(page: &str) -> String {
    let mut text = page.to_owned();
    for tag in ["style", "script"] {
        while let Some(from) = text.find(&format!("<{tag}")) {
            let end = format!("</{tag}>");
            let to = from + text[from..].find(&end).unwrap() + end.len();
            text.replace_range(from..to, "");
        }
    }
    text
}

#[test]
fn a_hostile_name_of_a_task_stays_text() {
    let mut movie = movie(CellVariant::Gru, 2, 4);
    movie.task = "</script><script>alert(1)</script><b title=\"&".to_owned();
    let page = page(movie, Language::English);
    assert!(!page.contains("alert(1)</script>") && !page.contains("<b "));
    assert!(page.contains("&lt;/script&gt;"));
}

#[test]
fn tokens_and_wide_inputs_are_drawn() {
    let options = CopyMemory {
        lag: 4,
        train: 1,
        valid: 1,
        test: 1,
        seed: 0,
    };
    let splits = copy_memory(options).unwrap();
    let set = &splits.test;
    let InputKind::Tokens { vocabulary } = set.input else {
        panic!("tokens")
    };
    let layer = InputLayer::Embedding {
        vocabulary,
        size: vocabulary,
    };
    let stack = Stack::new(CellVariant::Lstm.cell(), vocabulary, 3);
    let outputs = set.target.outputs();
    let model = Model::new(
        ModelConfiguration::new(layer, stack, outputs, Readout::EveryStep),
        1,
    );
    let movie = CellMovie::of(&model.unwrap(), &splits, scene(0), CellVariant::Lstm).unwrap();
    let Inputs::Tokens(tokens) = &movie.inputs else {
        panic!("tokens")
    };
    let token = tokens[0].to_string();
    let page = page(movie, Language::English);
    assert_eq!(numbers(&page)["input"]["texts"][0], token);
    assert!(page.contains("class=\"input\" d=\"M34.0"));
}

#[test]
fn what_cannot_be_shown_is_named() {
    let gru = CellVariant::Gru;
    let of = |sequence, cell| {
        let error = CellMovie::of(&model(gru, 2), &splits(4), scene(sequence), cell);
        error.unwrap_err().to_string()
    };
    assert!(of(2, gru).contains("no sequence 2: the set holds 2"));
    assert!(of(0, CellVariant::GruBefore).contains("not gru-before"));
    let mgu = CellVariant::Mgu;
    let error = CellMovie::of(&model(mgu, 2), &splits(4), scene(0), mgu);
    assert!(error.unwrap_err().to_string().contains("no drawing of mgu"));
}

#[test]
fn the_page_says_which_way_the_keeping_gate_of_each_compared_cell_works() {
    let page = |cells: &[CellVariant]| section(cells, &[], Language::English).into_string();
    let minimal = page(&[CellVariant::Mgu, CellVariant::RnnRelu]);
    assert!(minimal.contains("where f is 0 the unit remembers") && minimal.contains("relu(a)"));
    assert!(!minimal.contains("update gate") && !minimal.contains("cell state"));
    let both = page(&[CellVariant::Gru, CellVariant::GruBefore]);
    assert_eq!(both.matches("The update gate z keeps").count(), 1);
}

#[test]
fn music_is_shown_by_its_pitches() {
    let mut file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    let pieces = r#"{"train": [[[60], [60]]], "valid": [[[60], [60]]], "test": [[[21, 66], [], [108], [60]]]}"#;
    std::io::Write::write_all(&mut file, pieces.as_bytes()).unwrap();
    let splits = polyphonic_music(file.path()).unwrap();
    let stack = Stack::new(CellVariant::Gru.cell(), 88, 2);
    let model = Model::new(
        ModelConfiguration::new(InputLayer::Features, stack, 88, Readout::EveryStep),
        1,
    );
    let scene = Scene {
        pitches: true,
        ..scene(0)
    };
    let movie = CellMovie::of(&model.unwrap(), &splits, scene, CellVariant::Gru).unwrap();
    let page = page(movie, Language::English);
    let texts = &numbers(&page)["input"]["texts"];
    // Before the first chord a cell reads silence.
    assert_eq!(
        *texts,
        serde_json::json!(["–", "MIDI 21, 66", "–", "MIDI 108"])
    );
    assert!(page.contains("MIDI pitches (21 to 108)") && page.contains(">108</text>"));
}

#[test]
fn every_value_over_time_has_a_name_that_can_be_spoken() {
    for cell in DRAWN {
        let page = page(movie(cell, 2, 4), Language::Korean);
        let film = numbers(&page);
        let spoken = film["spoken"].as_array().unwrap();
        assert_eq!(
            spoken.len(),
            page.matches("data-trace=\"").count(),
            "{cell}"
        );
        for pair in spoken {
            assert!(
                film["parts"][pair[0].as_str().unwrap()].is_object(),
                "{pair}"
            );
            assert!(pair[1].as_str().unwrap().contains(['게', '상']), "{pair}");
        }
        assert!(page.contains("class=\"spoken\" aria-live=\"off\""));
    }
}
