use proptest::prelude::*;
use tidegate_data::{MachineOptions, Table, generated_machine};

use super::*;
use crate::error::TrainError;

/// A detector that was fitted in an instant on the temperature of a machine.
fn model() -> DetectModel {
    fitted(&machine(3_000)).unwrap()
}

fn machine(rows: usize) -> DetectData {
    let machine = generated_machine(MachineOptions { rows, seed: 1 }).unwrap();
    let table = Table::from_bytes(machine.csv.as_bytes()).unwrap();
    DetectData::of(&table, None, None).unwrap()
}

fn fitted(data: &DetectData) -> Result<DetectModel, TrainError> {
    let mut recipe = DetectRecipe {
        first: 0.5,
        hidden_size: 8,
        span: 64,
        hold_off: 64,
        ..DetectRecipe::default()
    };
    recipe.training.epochs = 3;
    let (model, _) = recipe.train(data, None, &mut |_| {}, &|| false)?;
    Ok(model)
}

fn of_csv(csv: &str) -> DetectData {
    DetectData::of(&Table::from_bytes(csv.as_bytes()).unwrap(), None, None).unwrap()
}

/// Readings about a level, which no seed is needed for: the noise is that of a mixing of their number.
fn noise(number: u64) -> f64 {
    let mixed = tidegate_cells::mix(number);
    (0..4)
        .map(|part| f64::from((mixed >> (16 * part)) as u16) / 65_536.0 - 0.5)
        .sum()
}

fn detections(detector: &mut Detector, values: &[f64]) -> Vec<(Option<u64>, bool)> {
    let steps = values.iter().map(|&value| detector.step(&[value]).unwrap());
    steps
        .map(|found| (found.score.map(f64::to_bits), found.alarm))
        .collect()
}

#[test]
fn an_unusual_reading_raises_one_alarm_and_the_next_only_after_the_hold_off() {
    let data = machine(1_400);
    let mut detector = Detector::new(model(), None).unwrap();
    // Within the hold-off of 64 readings, on its last, and behind it: readings after the last one above the threshold.
    let mut distances = [30, 64, 65].into_iter().peekable();
    let (mut alarms, mut spikes, mut last_above) = (Vec::new(), Vec::new(), None);
    for row in 0..1_400 {
        let mut value = data.row(row)[0];
        let is_next = last_above.is_some_and(|last| distances.peek() == Some(&(row - last)));
        if row == 1_000 || (is_next && distances.next().is_some()) {
            value += 500.0;
            spikes.push(row);
        }
        let found = detector.step(&[value]).unwrap();
        if found.alarm {
            alarms.push(row);
        }
        if row >= 1_000 && found.score.unwrap() >= detector.threshold() {
            last_above = Some(row);
        }
    }
    assert_eq!(alarms, [spikes[0], spikes[3]], "spikes at {spikes:?}");
    assert_eq!(detector.alarms(), 2);
}

#[test]
fn the_first_rows_alone_are_looked_at() {
    let csv = generated_machine(MachineOptions {
        rows: 3_000,
        seed: 1,
    })
    .unwrap()
    .csv;
    let mut lines: Vec<String> = csv.lines().map(str::to_owned).collect();
    let one = fitted(&of_csv(&lines.join("\n"))).unwrap();
    for line in &mut lines[1_501..] {
        *line = line.replace(',', ",9");
    }
    let other = fitted(&of_csv(&lines.join("\n"))).unwrap();
    assert_eq!(one.plan, other.plan);
    assert_eq!(one.network.parameters(), other.network.parameters());
}

#[test]
fn a_model_is_the_same_after_its_file_and_knows_the_rows_it_was_fitted_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("machine.safetensors");
    let mut model = model();
    model.save(&path).unwrap();
    let again = DetectModel::load(&path).unwrap();
    assert_eq!(
        (again.fingerprint(), &again.plan),
        (model.fingerprint(), &model.plan)
    );
    let fitted = |rows| again.plan.fitted_rows_of(&machine(rows));
    assert_eq!(
        (fitted(3_000), fitted(1_500), fitted(1_499)),
        (1_500, 1_500, 0)
    );
}

#[test]
fn a_model_of_another_task_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.safetensors");
    model().network.save(&path).unwrap();
    let error = DetectModel::load(&path).unwrap_err();
    assert!(
        error.to_string().contains("no detector of anomalies"),
        "{error}"
    );
}

#[test]
fn missing_values_have_no_error_and_a_reading_without_any_value_no_score() {
    let data = machine(1_000);
    let mut detector = Detector::new(model(), None).unwrap();
    for row in 0..1_000 {
        let is_missing = row % 7 == 3;
        let value = if is_missing {
            f64::NAN
        } else {
            data.row(row)[0]
        };
        let found = detector.step(&[value]).unwrap();
        assert_eq!(found.score.is_none(), is_missing, "{row}");
        assert!(!(is_missing && found.alarm));
    }
}

#[test]
fn values_beyond_all_measure_are_alarms_and_numbers_still() {
    let mut detector = Detector::new(model(), None).unwrap();
    for value in [60.0, 1e308, -1e308, 60.0, f64::MAX, 60.0] {
        let score = detector.step(&[value]).unwrap().score.unwrap();
        assert!(score.is_finite());
        assert!(
            value == 60.0 || score >= detector.threshold(),
            "{value}: {score}"
        );
    }
}

#[test]
fn several_channels_are_one_reading() {
    let rows = 3_000;
    let mut csv = "a,b\n".to_owned();
    for row in 0..rows {
        csv += &format!("{},{}\n", noise(row), 100.0 + 7.0 * noise(row + 1_000_000));
    }
    let model = fitted(&of_csv(&csv)).unwrap();
    for unusual in [[9.0, 100.0], [0.0, 300.0], [f64::NAN, 300.0]] {
        let mut detector = Detector::new(model_again(&model), None).unwrap();
        let mut alarms = 0;
        for row in 0..500 {
            let usual = [noise(row + 5_000), 100.0 + 7.0 * noise(row + 2_000_000)];
            alarms += u32::from(detector.step(&usual).unwrap().alarm);
        }
        assert_eq!(alarms, 0, "alarms among usual readings");
        assert!(detector.step(&unusual).unwrap().alarm, "{unusual:?}");
    }
}

fn model_again(model: &DetectModel) -> DetectModel {
    let network = tidegate_model::Model::from_bytes(&model.network.to_bytes().unwrap()).unwrap();
    DetectModel {
        network,
        plan: model.plan.clone(),
    }
}

#[test]
fn data_that_a_detector_cannot_be_fitted_on_is_refused_with_the_reason() {
    let column = |value: &dyn Fn(u64) -> f64| {
        let rows: Vec<String> = (0..1_000).map(|row| value(row).to_string()).collect();
        of_csv(&format!("load\n{}\n", rows.join("\n")))
    };
    for (data, expected) in [
        (column(&|_| 5.0), "column \"load\" does not change"),
        (
            column(&|row| row as f64),
            "column \"load\" follows from its last value",
        ),
        (of_csv("load\n1\n2\n3\n"), "at least 201 are needed"),
        (
            column(&|row| if row % 3 == 0 { f64::NAN } else { noise(row) }),
            "rows in a row without a missing value",
        ),
    ] {
        let error = fitted(&data).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    let rate = DetectRecipe {
        first: 1.0,
        false_alarms: "1/month".parse().ok(),
        ..DetectRecipe::default()
    };
    let error = rate.check(&column(&noise)).unwrap_err();
    assert!(error.to_string().contains("have no times"), "{error}");
}

#[test]
fn a_state_of_another_model_or_another_use_is_refused() {
    let model = model();
    let name = model.fingerprint();
    let detector = Detector::new(model_again(&model), None).unwrap();
    let state = detector.snapshot(&name);
    let reason = |mut detector: Detector, model: &str| {
        detector.restore(model, &state).unwrap_err().to_string()
    };
    let again = || Detector::new(model_again(&model), None).unwrap();
    assert!(reason(again(), "another").contains("another model"));
    assert!(reason(again().learning(), &name).contains("without learning"));
    let rate = Detector::new(model_again(&model), "1/day".parse().ok()).unwrap();
    assert!(reason(rate, &name).contains("another rate"));
    let mut json = serde_json::to_value(&state).unwrap();
    json["recurrent"]["hidden"] = serde_json::json!([1, 2]);
    let damaged = serde_json::from_value(json).unwrap();
    assert!(
        again()
            .restore(&name, &damaged)
            .unwrap_err()
            .to_string()
            .contains("damaged")
    );
}

/// Readings about 0 whose level drifts away slowly, stays there, and has a spike in the end.
fn drifting() -> Vec<f64> {
    let level = |row: u64| 12.0 * ((row as f64 - 3_000.0) / 6_000.0).clamp(0.0, 1.0);
    let mut values: Vec<f64> = (0..20_000).map(|row| level(row) + noise(row)).collect();
    values[19_000] += 12.0;
    values
}

#[test]
fn a_learning_detector_gets_used_to_a_drift_and_still_raises_the_alarm_behind_it() {
    let rows: Vec<String> = (0..2_000)
        .map(|row| noise(row + 1_000_000).to_string())
        .collect();
    let mut recipe = DetectRecipe {
        first: 1.0,
        hidden_size: 8,
        ..DetectRecipe::default()
    };
    recipe.training.epochs = 5;
    let data = of_csv(&format!("level\n{}\n", rows.join("\n")));
    let (model, _) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
    let above = |mut detector: Detector| -> (usize, bool) {
        let mut count = 0;
        let mut at_spike = false;
        for (row, value) in drifting().into_iter().enumerate() {
            let found = detector.step(&[value]).unwrap();
            if (14_000..19_000).contains(&row) {
                count += usize::from(
                    found
                        .score
                        .is_some_and(|score| score >= detector.threshold()),
                );
            }
            at_spike |= row == 19_000 && found.alarm;
        }
        (count, at_spike)
    };
    let fixed = above(Detector::new(model_again(&model), None).unwrap());
    let learnt = above(Detector::new(model, None).unwrap().learning());
    // What does not learn takes every reading after the drift for unusual, and has no new alarm left for the spike.
    assert_eq!(fixed, (5_000, false));
    assert!(learnt.0 <= 5 && learnt.1, "{learnt:?}");
}

#[test]
fn readings_like_those_fitted_on_stay_within_the_rate_for_a_detector_that_learns_and_one_that_does_not()
 {
    let rows: Vec<String> = (0..12_000)
        .map(|row| noise(row + 1_000_000).to_string())
        .collect();
    let mut recipe = DetectRecipe {
        first: 1.0,
        hidden_size: 4,
        ..DetectRecipe::default()
    };
    recipe.training.epochs = 1;
    let data = of_csv(&format!("level\n{}\n", rows.join("\n")));
    let (model, _) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
    assert!(model.plan.watches_span());
    let readings = 60_000;
    let above = |mut detector: Detector| {
        let is_above = |row: &u64| {
            let score = detector.step(&[noise(*row)]).unwrap().score;
            score.is_some_and(|score| score >= detector.threshold())
        };
        (0..readings).filter(is_above).count()
    };
    let fixed = above(Detector::new(model_again(&model), None).unwrap());
    let learnt = above(Detector::new(model, None).unwrap().learning());
    // One in 10,000 is granted.
    let most = 3 * readings as usize / 10_000;
    assert!(fixed <= most && learnt <= most, "{fixed} and {learnt}");
}

#[test]
fn an_episode_is_not_learnt_from() {
    let data = machine(1_300);
    let mut detector = Detector::new(model(), None).unwrap().learning();
    for row in 0..1_000 {
        detector.step(data.row(row)).unwrap();
    }
    detector.step(&[data.row(1_000)[0] + 500.0]).unwrap();
    assert!(detector.episode.is_some());
    let learnt = |detector: &Detector| {
        let learning = detector.learning.as_ref().unwrap();
        (
            learning.errors.clone(),
            learning.levels.clone(),
            learning.since,
            learning.optimiser.clone(),
            detector.model().network.parameters().to_vec(),
        )
    };
    let before = learnt(&detector);
    // Four hold-offs of 64 readings are an episode still.
    for row in 1_001..1_250 {
        detector.step(&[data.row(row)[0] + 500.0]).unwrap();
    }
    assert!(detector.episode.is_some());
    assert!(learnt(&detector) == before);
    for row in 1_250..1_300 {
        detector.step(&[data.row(row)[0] + 500.0]).unwrap();
    }
    assert!(learnt(&detector) != before);
}

#[test]
fn columns_of_a_few_values_are_watched() {
    let switch = |row: u64| f64::from(u8::from(noise(row) > 0.1));
    let cycle = |row: u64| (row % 7) as f64;
    let noisy = |row: u64| cycle(row) + 0.1 * noise(row + 500_000);
    let columns: [&dyn Fn(u64) -> f64; 3] = [&switch, &cycle, &noisy];
    for (index, column) in columns.into_iter().enumerate() {
        let rows: Vec<String> = (0..3_000).map(|row| column(row).to_string()).collect();
        let model = fitted(&of_csv(&format!("state\n{}\n", rows.join("\n")))).unwrap();
        assert_eq!(model.plan.views.levels[0].is_none(), index < 2, "{index}");
        for learns in [false, true] {
            let detector = Detector::new(model_again(&model), None).unwrap();
            let mut detector = if learns {
                detector.learning()
            } else {
                detector
            };
            let mut alarms = 0;
            for row in 0..700 {
                let found = detector.step(&[column(row)]).unwrap();
                alarms += u32::from(found.alarm);
            }
            assert_eq!(alarms, 0, "{index}");
            assert!(detector.step(&[60.0]).unwrap().alarm, "{index}");
        }
    }
}

#[test]
fn a_long_gap_ends_in_finite_predictions() {
    let mut model = model();
    // Predictions from predictions double.
    model.plan.channels[0].slope = 2.0;
    let mut detector = Detector::new(model, None).unwrap();
    detector.step(&[60.0]).unwrap();
    for _ in 0..5_000 {
        assert_eq!(detector.step(&[f64::NAN]).unwrap().score, None);
        assert!(detector.predictor.predicted[0].abs() < 1e30);
    }
    // From the mean on it is the line of one step.
    assert!(detector.predictor.predicted[0].abs() < 100.0);
    assert!(detector.step(&[60.0]).unwrap().score.unwrap().is_finite());
}

#[test]
fn outputs_that_are_not_finite_are_an_error_that_names_learning_only_where_it_is_on() {
    let mut model = model();
    let mut parameters = model.network.parameters().to_vec();
    // The weights of the head come last, but for its bias.
    let head = parameters.len() - 9;
    parameters[head..].fill(3.4e38);
    model.network.set_parameters(&parameters).unwrap();
    let message = |mut detector: Detector| {
        let mut readings = (0..50).map(|row| detector.step(&[f64::from(row * 4)]));
        readings.find_map(Result::err).unwrap().to_string()
    };
    let fixed = message(Detector::new(model_again(&model), None).unwrap());
    assert!(
        fixed.contains("no longer finite") && !fixed.contains("--learn"),
        "{fixed}"
    );
    let learnt = message(Detector::new(model, None).unwrap().learning());
    assert!(learnt.contains("without --learn"), "{learnt}");
}

#[test]
fn a_model_whose_plan_contradicts_itself_is_refused() {
    let model = model();
    assert_eq!(model.contradiction(), None);
    type Change = fn(&mut DetectPlan);
    let cases: [(Change, &str); 9] = [
        (|plan| plan.span = 0, "span"),
        (|plan| plan.span = 1_000_001, "span"),
        (|plan| plan.hold_off = 0, "hold-off"),
        (|plan| plan.hold_off = usize::MAX, "hold-off"),
        (
            |plan| plan.training.learning_rate = -1.0,
            "options of training",
        ),
        (
            |plan| plan.channels.push(plan.channels[0].clone()),
            "columns",
        ),
        (|plan| plan.channels[0].deviation = 0.0, "scales"),
        (|plan| plan.false_alarms.count = 1e-320, "false alarms"),
        (|plan| plan.views.cap = 0.0, "distributions"),
    ];
    for (change, expected) in cases {
        let mut other = model_again(&model);
        change(&mut other.plan);
        assert_eq!(other.contradiction(), Some(expected));
    }
    let mut tail = serde_json::to_value(&model.plan.views.errors[0]).unwrap();
    tail["share"] = 0.0.into();
    let mut other = model_again(&model);
    other.plan.views.errors[0] = serde_json::from_value(tail).unwrap();
    assert_eq!(other.contradiction(), Some("distributions"));
}

#[test]
fn two_channels_of_one_name_are_refused() {
    let table = Table::from_bytes(b"value,other\n1,2\n3,4\n").unwrap();
    let twice = ["value".to_owned(), "value".to_owned()];
    let error = DetectData::of(&table, None, Some(&twice)).unwrap_err();
    assert!(
        error.to_string().contains("\"value\" is there twice"),
        "{error}"
    );
    let mut model = fitted(&of_csv(&{
        let rows = (0..3_000).map(|row| format!("\n{},{}", noise(row), noise(row + 9_999)));
        "a,b".to_owned() + &rows.collect::<String>()
    }))
    .unwrap();
    model.plan.channels[1].name = "a".to_owned();
    assert_eq!(model.contradiction(), Some("columns"));
}

#[test]
fn options_that_make_no_detector_are_refused_before_it_is_trained() {
    let rows: Vec<String> = (0..1_000).map(|row| noise(row).to_string()).collect();
    let data = of_csv(&format!("load\n{}\n", rows.join("\n")));
    type Change = fn(&mut DetectRecipe);
    let cases: [(Change, &str); 5] = [
        (|recipe| recipe.span = 0, "span"),
        (|recipe| recipe.span = usize::MAX, "span"),
        (|recipe| recipe.hold_off = 0, "hold_off"),
        (|recipe| recipe.hold_off = usize::MAX, "hold_off"),
        (
            |recipe| recipe.false_alarms = "1e-320/10000".parse().ok(),
            "is too low",
        ),
    ];
    for (change, expected) in cases {
        let mut recipe = DetectRecipe {
            first: 1.0,
            ..DetectRecipe::default()
        };
        change(&mut recipe);
        let error = recipe.check(&data).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_state_with_numbers_that_no_stream_reaches_is_refused() {
    let model = model();
    let name = model.fingerprint();
    let data = machine(100);
    let begin = || Detector::new(model_again(&model), None).unwrap().learning();
    let mut detector = begin();
    for row in 0..100 {
        detector.step(data.row(row)).unwrap();
    }
    let state = detector.snapshot(&name);
    begin().restore(&name, &state).unwrap();
    let json = serde_json::to_value(&state).unwrap();
    let large = serde_json::json!(u64::MAX);
    for path in [
        "/readings",
        "/alarms",
        "/learning/updates",
        "/learning/since",
    ] {
        let mut json = json.clone();
        *json.pointer_mut(path).unwrap() = large.clone();
        let damaged = serde_json::from_value(json).unwrap();
        let error = begin().restore(&name, &damaged).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{path}: {error}");
    }
    let mut json = json.clone();
    json["learning"]["targets"] = vec![0_u32; 64].into();
    json["learning"]["inputs"] = vec![0_u32; 128].into();
    let damaged = serde_json::from_value(json).unwrap();
    assert!(begin().restore(&name, &damaged).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_stream_in_pieces_gives_the_bits_of_the_whole(
        cuts in prop::collection::btree_set(0..900_usize, 0..5), learns in any::<bool>(),
    ) {
        let model = model();
        let name = model.fingerprint();
        let data = machine(900);
        let mut values = data.column(0, 0..900);
        values[500] = f64::NAN;
        values[700] += 40.0;
        let begin = || {
            let detector = Detector::new(model_again(&model), None).unwrap();
            if learns { detector.learning() } else { detector }
        };
        let whole = detections(&mut begin(), &values);
        let mut pieces = Vec::new();
        let mut state: Option<DetectorState> = None;
        let borders: Vec<usize> = [0].into_iter().chain(cuts).chain([900]).collect();
        for border in borders.windows(2) {
            let mut detector = begin();
            if let Some(state) = &state {
                detector.restore(&name, state).unwrap();
            }
            pieces.extend(detections(&mut detector, &values[border[0]..border[1]]));
            let json = serde_json::to_string(&detector.snapshot(&name)).unwrap();
            state = Some(serde_json::from_str(&json).unwrap());
        }
        prop_assert_eq!(whole, pieces);
    }
}
