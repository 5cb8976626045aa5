//! From recordings to the sequences of a model.

use super::*;
use crate::kind::Supervision;
use crate::sequence::{Inputs, Targets};

fn read(text: &str) -> Recordings {
    read_with(text, false)
}

fn read_with(text: &str, every_step: bool) -> Recordings {
    let options = RecordingsOptions {
        every_step,
        ..RecordingsOptions::default()
    };
    Recordings::read_from(text.as_bytes(), "x", &options).unwrap()
}

/// Three recordings of two steps, of two channels, in two classes.
const TEXT: &str = "id,x,y,label\na,1,5,10\na,3,5,10\nb,5,5,9\nb,7,5,9\nc,100,6,9\nc,-100,6,9\n";

fn message<T: std::fmt::Debug>(result: Result<T, RecordingsError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn channels_are_scaled_by_the_training_recordings_alone() {
    let recordings = read(TEXT);
    let schema = RecordingsSchema::fit(&recordings, &[0, 1]).unwrap();
    assert_eq!(schema.channels, ["x", "y"]);
    assert_eq!(schema.classes, ["9", "10"]);
    assert!(!schema.every_step);
    assert_eq!(
        (schema.scaling[0].mean, schema.scaling[0].deviation),
        (4.0, 5.0_f64.sqrt())
    );
    // A channel that is constant is moved to 0, and not divided by nothing.
    assert_eq!(
        (schema.scaling[1].mean, schema.scaling[1].deviation),
        (5.0, 1.0)
    );
    let set = schema.set(&recordings, &[2, 0]).unwrap();
    set.validate().unwrap();
    assert_eq!(set.supervision, Supervision::LastStep);
    let Inputs::Features { size: 2, values } = &set.sequences[0].inputs else {
        panic!()
    };
    let expected = (96.0 / 5.0_f64.sqrt()) as f32;
    assert_eq!((values[0], values[1]), (expected, 1.0));
    assert_eq!(set.sequences[0].targets, Targets::Classes(vec![0]));
    assert_eq!(set.sequences[1].targets, Targets::Classes(vec![1]));
    let inputs = schema.inputs(&recordings).unwrap();
    assert_eq!(inputs[2], set.sequences[0].inputs);
    assert_eq!(schema.class_counts(&recordings, &[0, 1, 2]), [2, 1]);
}

#[test]
fn each_step_may_have_a_class() {
    let recordings = read_with("id,x,label\na,1,up\na,3,down\nb,5,up\n", true);
    let schema = RecordingsSchema::fit(&recordings, &[0, 1]).unwrap();
    assert!(schema.every_step);
    let set = schema.set(&recordings, &[0, 1]).unwrap();
    set.validate().unwrap();
    assert_eq!(set.supervision, Supervision::EveryStep);
    assert_eq!(set.sequences[0].targets, Targets::Classes(vec![1, 0]));
    assert_eq!(schema.class_counts(&recordings, &[0, 1]), [1, 2]);
    let whole = read(TEXT);
    let unlike = RecordingsSchema {
        channels: vec!["x".into(), "y".into()],
        scaling: vec![schema.scaling[0]; 2],
        ..schema
    };
    assert!(
        message(unlike.set(&whole, &[0]))
            .contains("x, line 2: recording \"a\" has one label for the whole")
    );
}

#[test]
fn channels_in_another_order_are_put_right_and_others_refused() {
    let recordings = read(TEXT);
    let schema = RecordingsSchema::fit(&recordings, &[0, 1]).unwrap();
    let other = read("id,y,x\nq,5,4\n");
    let Inputs::Features { values, .. } = &schema.inputs(&other).unwrap()[0] else {
        panic!()
    };
    assert_eq!(values, &[0.0, 0.0]);
    // A file without names has the channels in the order of training.
    let unnamed = read("@classLabel false\n@data\n4:5\n");
    let Inputs::Features { values, .. } = &schema.inputs(&unnamed).unwrap()[0] else {
        panic!()
    };
    assert_eq!(values, &[0.0, 0.0]);
    for (text, expected) in [
        (
            "id,x,z\na,1,2\n",
            "x: the channels are not those of the training recordings: missing: y; not known: z; its channels are x, z, and x, y were trained on",
        ),
        ("id,x\na,1\n", "missing: y; its channels are x, and"),
        (
            "id,x,y,z\na,1,2,3\n",
            "not known: z; its channels are x, y, z, and",
        ),
        (
            "@classLabel false\n@data\n4:5:6\n",
            "its channels are channel_0, channel_1, channel_2, and",
        ),
    ] {
        let found = message(schema.inputs(&read(text)));
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn what_cannot_be_learned_is_refused() {
    for (text, expected) in [
        (
            "id,x,label\na,1,up\nb,2,up\n",
            "x: every label is \"up\": at least two classes are needed",
        ),
        (
            "id,x,label\na,1,up\nb,2,down\nc,3,\n",
            "x, line 4: recording \"c\" has no label, and others have one: label it, or leave it out",
        ),
        (
            "id,x\na,1\nb,2\n",
            "x: no recording has a label: name the column that holds them with --label",
        ),
        (
            "@classLabel false\n@data\n1\n2\n",
            "x: no recording has a label: a label for each is needed to train and to evaluate",
        ),
        (
            "id,x,label\na,1,0.1\nb,2,0.2\nc,2,0.3\n",
            "x: each of the 3 recordings has a label of its own, such as \"0.1\"",
        ),
    ] {
        let recordings = read(text);
        let all: Vec<usize> = (0..recordings.recordings.len()).collect();
        let found = message(RecordingsSchema::fit(&recordings, &all));
        assert!(found.contains(expected), "{found}");
    }
    let recordings = read(TEXT);
    assert_eq!(
        message(RecordingsSchema::fit(&recordings, &[])),
        "x: the file holds no recordings"
    );
}

#[test]
fn more_labels_than_classes_could_be_are_refused() {
    let rows: String = (0..1_001)
        .map(|row| format!("{row},1,{}\n{row}b,1,{0}\n", row as f64 / 10.0))
        .collect();
    let recordings = read(&format!("id,x,label\n{rows}"));
    let all: Vec<usize> = (0..recordings.recordings.len()).collect();
    let found = message(RecordingsSchema::fit(&recordings, &all));
    assert!(
        found
            .starts_with("x: the recordings have more than 1000 different labels, such as \"100\""),
        "{found}"
    );
    assert!(matches!(
        stratified_split(&recordings, 0.5, 1),
        Err(RecordingsError::TooManyClasses { .. })
    ));
}

#[test]
fn a_class_that_training_never_saw_is_named_with_its_recording() {
    let schema = RecordingsSchema::fit(&read(TEXT), &[0, 1]).unwrap();
    for label in ["11", "up"] {
        let other = read(&format!("id,x,y,label\nq,5,4,9\nr,5,4,{label}\n"));
        assert_eq!(
            message(schema.set(&other, &[0, 1])),
            format!(
                "x, line 3: recording \"r\" has the label \"{label}\", which no training recording has: they have \"9\", \"10\""
            )
        );
        // Without labels, nothing is asked of them.
        assert_eq!(schema.inputs(&other).unwrap().len(), 2);
        assert_eq!(schema.class_counts(&other, &[0, 1]), [1, 0]);
    }
}

#[test]
fn a_value_that_cannot_be_scaled_is_named() {
    let recordings = read("id,x,label\na,1e-38,up\nb,1.1e-38,down\nc,1.2e-38,up\n");
    let schema = RecordingsSchema::fit(&recordings, &[0, 1, 2]).unwrap();
    let found = message(schema.inputs(&read("id,x\nq,1\nr,1e38\n")));
    assert!(
        found.starts_with("x, line 2: in recording \"q\", step 0, channel \"x\" is 1: too far"),
        "{found}"
    );
}

#[test]
fn constant_channels_and_classes_of_one_recording_are_noted() {
    let recordings = read(TEXT);
    let schema = RecordingsSchema::fit(&recordings, &[0, 1]).unwrap();
    let notes: Vec<String> = schema
        .notes(&recordings, &[0, 1])
        .iter()
        .map(RecordingsNote::to_string)
        .collect();
    assert_eq!(
        notes,
        [
            "channel \"y\" is constant in the training recordings: a model learns nothing from it",
            "class \"10\" has one recording, \"a\": it serves for training, and none is held back"
        ]
    );
    assert_eq!(schema.notes(&recordings, &[0, 1, 2]).len(), 1);
}

#[test]
fn a_schema_is_kept_as_json_and_refused_where_it_does_not_hold_together() {
    let schema = RecordingsSchema::fit(&read(TEXT), &[0, 1]).unwrap();
    let json = serde_json::to_string(&schema).unwrap();
    assert_eq!(
        serde_json::from_str::<RecordingsSchema>(&json).unwrap(),
        schema
    );
    type Change = fn(&mut RecordingsSchema);
    let changes: [(Change, &str); 7] = [
        (|one| one.channels.clear(), "there is no channel"),
        (
            |one| one.channels[1] = "x".to_owned(),
            "two channels have one name",
        ),
        (
            |one| one.scaling.truncate(1),
            "not one scaling for each channel",
        ),
        (
            |one| one.scaling[0].deviation = 0.0,
            "its deviation is not above 0",
        ),
        (|one| one.classes.truncate(1), "fewer than two classes"),
        (
            |one| one.classes[1] = "9".to_owned(),
            "two classes have one name",
        ),
        (
            |one| one.classes = (0..1_001).map(|class| class.to_string()).collect(),
            "too many classes",
        ),
    ];
    for (change, expected) in changes {
        let mut changed = schema.clone();
        change(&mut changed);
        for found in [
            message(changed.inputs(&read(TEXT))),
            message(changed.set(&read(TEXT), &[0])),
        ] {
            assert!(found.contains(expected), "{found}");
        }
    }
}
