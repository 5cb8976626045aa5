use tidegate_cells::Stack;
use tidegate_data::{Inputs, Split};
use tidegate_model::{InputLayer, ModelConfiguration, Readout};

use super::*;
use crate::cell_variant::CellVariant;
use crate::task::Task;

/// An untrained model of two features.
fn model(variant: CellVariant, change: impl FnOnce(&mut Stack)) -> Model {
    let mut stack = Stack::new(variant.cell(), 2, 5);
    change(&mut stack);
    let configuration = ModelConfiguration::new(InputLayer::Features, stack, 1, Readout::LastStep);
    Model::new(configuration, 1).unwrap()
}

fn sequence(length: usize) -> ShownSequence {
    let source = SequenceSource::Task {
        task: Task::adding_problem(length),
        split: Split::Test,
        sequence: 0,
    };
    source.read().unwrap()
}

#[test]
fn every_cell_shows_its_own_arrays_in_one_order() {
    let lstm = [
        "input_gate",
        "forget_gate",
        "output_gate",
        "candidate",
        "cell",
        "hidden",
    ];
    let gru = ["reset_gate", "update_gate", "candidate", "hidden"];
    for (variant, expected) in [
        (CellVariant::Rnn, &["hidden"][..]),
        (CellVariant::Lstm, &lstm),
        (CellVariant::LstmPeephole, &lstm),
        (CellVariant::Gru, &gru),
        (CellVariant::GruBefore, &gru),
        (CellVariant::Mgu, &["forget_gate", "candidate", "hidden"]),
    ] {
        let view = GateView::of(&model(variant, |_| {}), &sequence(7)).unwrap();
        let [layer] = &view.layers[..] else {
            panic!("{variant}: one layer")
        };
        let names: Vec<&str> = layer.arrays.iter().map(|array| array.name).collect();
        assert_eq!(names, expected, "{variant}");
        assert_eq!(names.len(), part::arrays(variant.cell()), "{variant}");
        assert!(layer.arrays.iter().all(|array| array.values.len() == 7 * 5));
        assert_eq!(layer.units.len(), 5);
        let has_constants = layer
            .units
            .iter()
            .all(|unit| unit.memory.time_constant().is_some());
        assert_eq!(has_constants, variant != CellVariant::Rnn);
    }
}

#[test]
fn all_layers_and_directions_are_shown_apart() {
    let model = model(CellVariant::Gru, |stack| {
        stack.layers = 2;
        stack.bidirectional = true;
    });
    let view = GateView::of(&model, &sequence(7)).unwrap();
    let keys: Vec<String> = view.layers.iter().map(LayerGates::key).collect();
    assert_eq!(
        keys,
        ["layer0", "layer0_reverse", "layer1", "layer1_reverse"]
    );
}

#[test]
fn a_sequence_of_another_width_or_kind_is_refused_with_both() {
    let model = model(CellVariant::Gru, |_| {});
    let refused = |inputs, names| {
        let sequence = ShownSequence {
            inputs,
            names,
            pitches: false,
            name: "x.csv".to_owned(),
            split: None,
            sequence: 0,
        };
        GateView::of(&model, &sequence).unwrap_err().to_string()
    };
    let names = ["a", "b", "c"].map(str::to_owned).to_vec();
    let three = Inputs::Features {
        size: 3,
        values: vec![0.0; 6],
    };
    assert_eq!(
        refused(three, Some(names)),
        "x.csv does not fit the model: the model reads 2 features a step, but the data has 3 features a step (a, b, c)"
    );
    assert!(refused(Inputs::Tokens(vec![3, 9]), None).contains("tokens up to 9"));
}

#[test]
fn a_state_that_overflows_is_named() {
    let mut model = model(CellVariant::RnnRelu, |_| {});
    let huge = vec![1e20; model.parameter_count()];
    model.set_parameters(&huge).unwrap();
    let message = GateView::of(&model, &sequence(9)).unwrap_err().to_string();
    assert!(
        message.contains("layer 0, hidden, step 1, unit 0 is inf"),
        "{message}"
    );
}

#[test]
fn steps_to_show_are_checked_and_long_sequences_shortened() {
    let model = model(CellVariant::Gru, |_| {});
    let stack = &model.configuration().recurrent;
    let part = |start, end| Part { start, end };
    assert_eq!(part(None, None).of(stack, 7).unwrap(), 0..7);
    assert_eq!(part(None, None).of(stack, 9_000).unwrap(), 0..2_000);
    assert_eq!(
        part(Some(8_000), None).of(stack, 9_000).unwrap(),
        8_000..9_000
    );
    assert_eq!(
        part(Some(10), Some(5_000)).of(stack, 9_000).unwrap(),
        10..5_000
    );
    for refused in [
        part(Some(7), None),
        part(Some(3), Some(3)),
        part(None, Some(8)),
    ] {
        let message = refused.of(stack, 7).unwrap_err().to_string();
        assert!(message.contains("the sequence has 7 (0 to 6)"), "{message}");
    }
    // 4 arrays of 5 units: 100,000 steps are 2 million values.
    let message = part(None, Some(100_001)).of(stack, 200_000).unwrap_err();
    assert!(
        message.to_string().contains("at most 100000 steps"),
        "{message}"
    );
}

#[test]
fn a_regressor_sees_its_channels_scaled() {
    use tidegate_data::{ChannelSchema, Scaling};
    use tidegate_train::{RegressModel, RegressPlan, Training};

    let schema = ChannelSchema {
        channels: vec!["a".to_owned(), "b".to_owned()],
        scaling: vec![
            Scaling {
                mean: 10.0,
                deviation: 2.0,
            },
            Scaling {
                mean: -1.0,
                deviation: 0.5,
            },
        ],
    };
    let mut regressor = RegressModel {
        model: model(CellVariant::Gru, |_| {}),
        plan: RegressPlan {
            schema,
            target_scaling: vec![Scaling::NONE],
            valid_share: 0.2,
            training: Training::default(),
        },
    };
    let folder = tempfile::tempdir().unwrap();
    let [path, data] = ["model.safetensors", "x.csv"].map(|name| folder.path().join(name));
    regressor.save(&path).unwrap();
    std::fs::write(&data, "a,b\n10,-1\n14,0\n").unwrap();
    let read = |sequence| ShownSequence::for_task_model(&path, &data, Split::Test, sequence);
    let shown = read(0).unwrap().unwrap();
    let expected = Inputs::Features {
        size: 2,
        values: vec![0.0, 0.0, 2.0, 2.0],
    };
    assert_eq!(shown.inputs, expected);
    assert!(read(1).unwrap_err().to_string().contains("one sequence"));
}
