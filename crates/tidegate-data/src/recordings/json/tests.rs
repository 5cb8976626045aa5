//! What JSON objects become.

use super::*;

fn read_with(text: &str, options: &RecordingsOptions) -> Result<Recordings, String> {
    let read = Recordings::read_from(text.as_bytes(), "x.json", options);
    read.map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Recordings, String> {
    read_with(text, &RecordingsOptions::default())
}

fn part(part: Option<&str>) -> RecordingsOptions {
    RecordingsOptions {
        part: part.map(str::to_owned),
        label: Some("speaker".to_owned()),
        ..RecordingsOptions::default()
    }
}

fn every_step() -> RecordingsOptions {
    RecordingsOptions {
        every_step: true,
        ..RecordingsOptions::default()
    }
}

#[test]
fn a_key_of_ids_that_is_not_there_is_named() {
    let options = RecordingsOptions {
        id: Some("nosuch".to_owned()),
        ..RecordingsOptions::default()
    };
    let error = read_with("{\"id\": 1, \"values\": [1, 2]}\n", &options).unwrap_err();
    assert!(
        error.contains("no column is called \"nosuch\" (id)"),
        "{error}"
    );
    assert!(error.ends_with("the columns are id, values"), "{error}");
}

#[test]
fn labels_that_are_passed_over_may_be_of_either_kind() {
    let options = RecordingsOptions {
        ignore_labels: true,
        ..RecordingsOptions::default()
    };
    for label in ["\"a\"", "[\"a\"]"] {
        let text = format!("{{\"values\": [1, 2], \"label\": {label}}}\n");
        let read = read_with(&text, &options).unwrap();
        assert_eq!(read.recordings[0].label, Label::None);
    }
}

#[test]
fn one_recording_a_line_is_a_list_of_steps_with_its_label() {
    let text = "{\"id\": \"a\", \"values\": [[1, 2], [3.5, -4e0]], \"label\": \"up\"}\n\n\
                {\"label\": 2, \"values\": [[5, 6]], \"device\": {\"name\": [1]}, \"tags\": [\"x\"]}\r\n";
    let read = read(text).unwrap();
    assert_eq!(read.channels, ["channel_0", "channel_1"]);
    let [one, two] = &read.recordings[..] else {
        panic!()
    };
    assert_eq!(
        (&*one.name, &one.values[..]),
        ("a", &[1.0, 2.0, 3.5, -4.0][..])
    );
    assert_eq!((&*two.name, &two.label), ("2", &Label::Whole("2".into())));
    assert_eq!(two.place.to_string(), "x.json, line 3");
    assert_eq!(read.format, RecordingsFormat::Json);
}

#[test]
fn channels_may_have_names_in_any_order() {
    let same = "{\"channels\": {\"x\": [1, 2], \"y\": [3, 4]}}\n{\"channels\": {\"y\": [6], \"x\": [5]}}\n";
    let keys = "{\"x\": [1, 2], \"y\": [3, 4], \"label\": \"a\"}\n{\"y\": [6], \"x\": [5]}\n";
    let values =
        "{\"values\": {\"x\": [1, 2], \"y\": [3, 4]}}\n{\"values\": {\"x\": [5], \"y\": [6]}}\n";
    for text in [same, keys, values] {
        let read = read(text).unwrap();
        assert_eq!(read.channels, ["x", "y"], "{text}");
        assert_eq!(read.recordings[0].values, [1.0, 3.0, 2.0, 4.0], "{text}");
        assert_eq!(read.recordings[1].values, [5.0, 6.0], "{text}");
    }
    let read = read("{\"x\": [1, null]}\n{\"signal\": [3]}\n").unwrap();
    assert_eq!(
        (read.channels, read.recordings[0].values.len()),
        (vec!["channel_0".to_owned()], 1)
    );
}

#[test]
fn a_document_has_parts_of_which_one_is_read() {
    let text = "{\"train\": [{\"speaker\": 1, \"x\": [[1, 2]]}], \"test\": [{\"speaker\": 2, \"x\": [[3, 4]]}, {\"speaker\": 1, \"x\": [[5, 6]]}]}";
    let pretty = text.replace('[', "[\n").replace(',', ",\n");
    for text in [text, &pretty] {
        let read = read_with(text, &part(Some("test"))).unwrap();
        assert_eq!(read.recordings[1].values, [5.0, 6.0]);
        assert_eq!(read.recordings[1].label, Label::Whole("1".into()));
        assert_eq!(read.recordings[1].place.to_string(), "x.json, row 2");
        let message = read_with(text, &part(None)).unwrap_err();
        assert_eq!(
            message,
            "x.json: say which part of the file is meant with --part: the file has train, test"
        );
        let message = read_with(text, &part(Some("valid"))).unwrap_err();
        assert_eq!(
            message,
            "x.json: there is no part \"valid\": the file has train, test"
        );
    }
    assert!(read("{\"recordings\": [{\"values\": [1, 2]}]}").is_ok());
    assert!(read("{\"data\": [{\"values\": [1, 2]}], \"name\": \"x\"}").is_ok());
}

#[test]
fn a_list_of_recordings_is_read_on_one_line_or_on_many() {
    for text in [
        "[{\"id\": 1, \"values\": [1]}, {\"id\": 2, \"values\": [2, 3]}]",
        "[\n{\"id\": 1,\n\"values\": [1]},\n{\"id\": 2, \"values\": [2, 3]}\n]\n",
    ] {
        assert_eq!(read(text).unwrap().recordings[1].values, [2.0, 3.0]);
    }
    assert_eq!(
        read("{\n\"values\": [[1],\n[2]]\n}").unwrap().recordings[0].values,
        [1.0, 2.0]
    );
}

#[test]
fn each_step_may_have_a_label() {
    let text = "{\"values\": [1, 2, 3], \"labels\": [\"a\", 1, true]}\n{\"values\": [4], \"labels\": null}\n";
    let read = read_with(text, &every_step()).unwrap();
    let Label::Steps(labels) = &read.recordings[0].label else {
        panic!()
    };
    assert_eq!(labels.join(" "), "a 1 true");
    assert_eq!(read.recordings[1].label, Label::None);
    assert_eq!(
        read_with("{\"values\": [1], \"labels\": [null]}", &every_step())
            .unwrap()
            .recordings[0]
            .label,
        Label::None
    );
    for (text, every, expected) in [
        (
            text,
            false,
            "x.json, line 1: recording \"1\" has a label for each step, and one for the whole is expected: if each step has its own, say so with --every-step",
        ),
        (
            "{\"values\": [1], \"label\": 1}",
            true,
            "recording \"1\" has one label for the whole",
        ),
        (
            "{\"values\": [1, 2], \"label\": [1]}",
            true,
            "recording \"1\" has 2 steps, and 1 labels",
        ),
        (
            "{\"values\": [1, 2], \"label\": [1, null]}",
            true,
            "recording \"1\": the label is missing, and other steps have one",
        ),
    ] {
        let options = RecordingsOptions {
            every_step: every,
            ..RecordingsOptions::default()
        };
        let message = read_with(text, &options).unwrap_err();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "{\"values\": [1]}\n{\"values\": [1",
            "x.json, line 2: byte 13: EOF while parsing a list: the file is cut short",
        ),
        (
            "{\"values\": [1, 2",
            "line 1: byte 16: EOF while parsing a list: the file is cut short",
        ),
        ("[\n{\"values\": [1, 2]},", "line 2: byte 19: EOF"),
        (
            "{\"values\": [1, NaN]}",
            "line 1: byte 16: expected value: a missing number is null",
        ),
        (
            "{\"values\": [1]} x",
            "line 1: byte 17: trailing characters",
        ),
        (
            "{\"values\": [[1, 2], [3]]}",
            "line 1: byte 23: step 1 has 1 number, and 2 are expected",
        ),
        (
            "{\"values\": [[1, 2], 3]}",
            "a number stands where those before are none",
        ),
        (
            "{\"values\": [1, [3]]}",
            "a list stands where those before are none",
        ),
        (
            "{\"values\": [1, \"x\"]}",
            "\"x\" stands in a list of numbers",
        ),
        ("{\"values\": [[1, \"x\"]]}", "invalid type: string \"x\""),
        (
            "{\"values\": [1, {}]}",
            "an object stands in a list of numbers",
        ),
        (
            "{\"values\": [1, null, 2]}",
            "line 1: in recording \"1\", step 1, channel \"channel_0\" is missing",
        ),
        (
            "{\"values\": [1, 1e39]}",
            "step 1, channel \"channel_0\" is inf",
        ),
        ("{\"values\": []}", "line 1: recording \"1\" has no steps"),
        ("{\"values\": [[]]}", "step 0 has 0 numbers"),
        ("{\"values\": [null, null]}", "recording \"1\" has no steps"),
        (
            "{\"channels\": {}, \"id\": 5}",
            "recording \"5\" has no steps",
        ),
        (
            "{\"channels\": {\"x\": [1, 2], \"y\": [1]}}",
            "channel \"y\" has 1 step where the first has 2",
        ),
        (
            "{\"channels\": {\"x\": [1], \"x\": [1]}}",
            "the channel \"x\" occurs twice",
        ),
        (
            "{\"values\": [1], \"values\": [1]}",
            "the key \"values\" occurs twice",
        ),
        (
            "{\"tags\": [\"x\"], \"label\": \"a\"}",
            "line 1: no key holds measurements",
        ),
        (
            "{\"a\": [[1, 2]], \"b\": [[1, 2]]}",
            "several keys hold lists of numbers: \"a\", \"b\"; call the measurements \"values\"",
        ),
        (
            "{\"id\": 1, \"values\": [1]}\n{\"id\": 1, \"values\": [1]}",
            "line 2: the recording \"1\" stands in line 1 already",
        ),
        (
            "{\"values\": [[1, 2]]}\n{\"values\": [[1]]}",
            "line 2: recording \"2\" has 1 channel, and those before have 2",
        ),
        (
            "{\"x\": [1], \"y\": [1]}\n{\"x\": [1], \"z\": [1]}",
            "line 2: recording \"2\" has the channels x, z, and those before have x, y",
        ),
        (
            "{\"id\": [1], \"values\": [1]}",
            "invalid type: sequence, expected a text or a number",
        ),
        (
            "{\"label\": {}, \"values\": [1]}",
            "invalid type: map, expected a label",
        ),
        ("[]", "the file holds no recordings"),
        (
            "[1, 2]",
            "line 1: byte 6: a list of objects, one for each recording, is expected",
        ),
        (
            "[{\"values\": [1]}]\n[]",
            "line 2: something follows the list of recordings",
        ),
        (
            "[{\"values\": [1]}, 2]",
            "a number stands where those before are none",
        ),
        (
            "{\"a\": [1]}\n{\"a\": 1}",
            "line 2: no key holds measurements",
        ),
        (
            "{\"a\": [1]}\n7",
            "line 2: byte 1: invalid type: integer `7`, expected an object for each recording",
        ),
    ] {
        let message = read(text).unwrap_err();
        assert!(message.contains(expected), "{text:?}: {message}");
    }
}

#[test]
fn lists_that_are_nested_too_deeply_are_refused() {
    let text = format!("{{\"values\": {}", "[".repeat(100_000));
    assert!(read(&text).is_err());
    let text = format!(
        "{{\"values\": [1], \"more\": {}{}}}",
        "[[".repeat(50_000),
        "]]".repeat(50_000)
    );
    assert!(read(&text).is_err());
}
