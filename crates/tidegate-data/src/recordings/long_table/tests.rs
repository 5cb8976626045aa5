//! What tables of steps become.

use super::*;

fn read_with(text: &str, options: &RecordingsOptions) -> Result<Recordings, String> {
    let read = Recordings::read_from(text.as_bytes(), "dir/x.csv", options);
    read.map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Recordings, String> {
    read_with(text, &RecordingsOptions::default())
}

fn every_step() -> RecordingsOptions {
    RecordingsOptions {
        every_step: true,
        ..RecordingsOptions::default()
    }
}

fn named(id: &str, time: &str, label: &str) -> RecordingsOptions {
    let some = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    RecordingsOptions {
        id: some(id),
        time: some(time),
        label: some(label),
        ..RecordingsOptions::default()
    }
}

fn labels(read: &Recordings) -> Vec<String> {
    let recordings = read.recordings.iter();
    let texts = recordings.map(|one| one.label.texts().join(" "));
    texts.collect()
}

#[test]
fn labels_that_are_passed_over_are_neither_needed_nor_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let read = |text: &str, label: Option<&str>| {
        std::fs::write(&path, text).unwrap();
        let options = RecordingsOptions {
            label: label.map(str::to_owned),
            ignore_labels: true,
            ..RecordingsOptions::default()
        };
        Recordings::read(&path, &options).unwrap()
    };
    for (text, label) in [
        ("id,x,label\na,1,up\na,2,down\n", None),
        ("id,x,kind\na,1,1\na,2,2\n", Some("kind")),
        ("id,x\na,1\na,2\n", Some("kind")),
    ] {
        let found = read(text, label);
        assert_eq!(found.channels, ["x"]);
        assert_eq!(found.recordings.len(), 1);
        assert_eq!(found.recordings[0].label, Label::None);
    }
}

#[test]
fn rows_are_sorted_into_recordings_and_by_their_times() {
    let text = "sequence_id,time,x,y,label\nb,2,5,6,two\na,0,7,8,one\nb,1,3,4,two\n";
    let read = read(text).unwrap();
    assert_eq!(read.channels, ["x", "y"]);
    assert_eq!(labels(&read), ["two", "one"]);
    assert_eq!(read.recordings[0].name, "b");
    assert_eq!(read.recordings[0].values, [3.0, 4.0, 5.0, 6.0]);
    assert_eq!(read.recordings[0].place.to_string(), "dir/x.csv, line 2");
    assert_eq!(read.recordings[1].values, [7.0, 8.0]);
}

#[test]
fn times_of_every_kind_order_rows() {
    for times in [
        ["10", "9"],
        ["2016-07-02", "2016-07-01"],
        ["1e1", "-1"],
        ["13:05", "1:05"],
    ] {
        let text = format!("id,time,x\na,{},1\na,{},2\n", times[0], times[1]);
        match read(&text) {
            Ok(read) => assert_eq!(read.recordings[0].values, [2.0, 1.0], "{times:?}"),
            Err(message) => assert!(
                message.starts_with("dir/x.csv: ") && times[0] == "13:05",
                "{message}"
            ),
        }
    }
}

#[test]
fn a_time_that_repeats_in_a_recording_is_refused_with_both_lines() {
    let message = read("id,time,x\na,1,1\nb,1,1\na,2,1\na,1,5\n").unwrap_err();
    assert_eq!(
        message,
        "dir/x.csv, line 5, recording \"a\": the time 1 stands in line 2 already: a recording has one row for each time"
    );
    let message = read("id,time,x\na,1,1\na,,1\n").unwrap_err();
    assert!(
        message.contains("line 3: column \"time\": the time is missing"),
        "{message}"
    );
}

#[test]
fn columns_are_found_by_usual_names_or_by_those_that_are_given() {
    let text = "Recording_ID;Step;Class;x\n1;1;a;0,5\n2;1;b;1,5\n";
    let read = read(text).unwrap();
    assert_eq!(
        (read.channels, read.recordings[1].values.clone()),
        (vec!["x".to_owned()], vec![1.5])
    );
    let text = "who,when,x,what,id\n1,1,0.5,a,9\n1,2,1.5,a,9\n";
    let read = read_with(text, &named("who", "when", "what")).unwrap();
    assert_eq!(read.channels, ["x"], "what is called an id is no channel");
    let note = "columns that are called as an id, a time or a label is were left out: \"id\"";
    assert!(
        read.notes[0].to_string().starts_with(note),
        "{}",
        read.notes[0]
    );
}

#[test]
fn a_file_without_ids_is_one_recording() {
    let read = read("x,y\n1,2\n3,4\n").unwrap();
    assert_eq!(read.recordings.len(), 1);
    assert_eq!(
        (&*read.recordings[0].name, &read.recordings[0].label),
        ("x", &Label::None)
    );
    let message = self::read("x,label\n1,a\n2,b\n").unwrap_err();
    assert!(
        message.contains("recording \"x\": the label is \"a\" in line 2 and \"b\" in line 3: a recording has one label; if each step has its own, say so with --every-step; if the file has several recordings, name the column that tells them apart with --id"),
        "{message}"
    );
}

#[test]
fn a_recording_has_one_label_or_one_for_each_step() {
    let text = "id,x,label\na,1,up\na,2,down\nb,3,up\n";
    assert_eq!(
        read(text).unwrap_err(),
        "dir/x.csv, recording \"a\": the label is \"up\" in line 2 and \"down\" in line 3: a recording has one label; if \
         each step has its own, say so with --every-step"
    );
    let read = read_with(text, &every_step()).unwrap();
    assert_eq!(labels(&read), ["up down", "up"]);
    assert_eq!(read.recordings[1].label, Label::Steps(vec!["up".into()]));
}

#[test]
fn a_label_may_stand_in_one_row_of_a_recording_and_is_missing_where_it_stands_in_none() {
    let text = "id,x,label\na,1,\na,2,down\nb,3,NA\n";
    assert_eq!(labels(&read(text).unwrap()), ["down", ""]);
    let message = read_with(text, &every_step()).unwrap_err();
    assert!(
        message.contains("line 2, recording \"a\": the label is missing, and other steps have one"),
        "{message}"
    );
    let text = "id,x,label\na,1,up\nb,3,\nb,3,\n";
    assert_eq!(labels(&read_with(text, &every_step()).unwrap()), ["up", ""]);
}

#[test]
fn numbers_are_labels_too() {
    assert_eq!(
        labels(&read("id,x,label\na,1,1.0\nb,2,10\nc,2,-0.5\n").unwrap()),
        ["1", "10", "-0.5"]
    );
    let message = read("id,x,label\na,1,1\na,2,2\n").unwrap_err();
    assert!(
        message.contains("the label is \"1\" in line 2 and \"2\" in line 3"),
        "{message}"
    );
    let text = "id,x,label\na,1,2016-07-01\n";
    assert_eq!(labels(&read(text).unwrap()), ["2016-07-01"]);
}

#[test]
fn columns_without_numbers_are_left_out_and_noted() {
    let read = read("id,x,device,label\na,1,phone,w\nb,2,watch,r\n").unwrap();
    assert_eq!(read.channels, ["x"]);
    assert_eq!(
        read.notes[0].to_string(),
        "columns without numbers were left out: \"device\""
    );
}

#[test]
fn a_row_as_every_recording_is_noted() {
    let read = read("id,x,label\n1,1,w\n2,2,r\n").unwrap();
    assert!(
        read.notes[0]
            .to_string()
            .starts_with("each row has a \"id\" of its own")
    );
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    for (text, options, expected) in [
        (
            "id,x\na,1\n,2\n",
            named("", "", ""),
            "line 3, column \"id\": the cell that names the recording is empty",
        ),
        (
            "id,x\na,1\na,\na,3\n",
            named("", "", ""),
            "line 3: in recording \"a\", step 1, channel \"x\" is missing",
        ),
        (
            "id,x\na,1\na,1e39\n",
            named("", "", ""),
            "line 3: in recording \"a\", step 1, channel \"x\" is inf",
        ),
        (
            "id,x\na,1\na,2\na,oops\n",
            named("", "", ""),
            "line 4, column \"x\": \"oops\" is not a number, and a channel holds numbers",
        ),
        (
            "id,x\na,inf\n",
            named("", "", ""),
            "line 2, column \"x\": inf is infinite",
        ),
        (
            "id,label\na,b\n",
            named("", "", ""),
            "no column of numbers is left as a channel",
        ),
        (
            "id,x\na,1\n",
            named("", "", "lable"),
            "no column is called \"lable\" (label): the columns are id, x",
        ),
        (
            "id,x,labels\na,1,b\n",
            named("", "", "label"),
            "no column is called \"label\" (label), did you mean \"labels\"?",
        ),
        (
            "id,x\na,1\n",
            named("x", "", "x"),
            "column \"x\" cannot be both id and label: give it one role",
        ),
        ("id,x\n", named("", "", ""), "no row follows the header"),
        (
            "id,x\na\n",
            named("", "", ""),
            "line 2: the row has 1 cell where the header has 2",
        ),
        ("", named("", "", ""), "the file is empty"),
        (
            "id,x\nb,\nb,\n",
            named("", "", ""),
            "line 2: recording \"b\" has no steps",
        ),
    ] {
        let message = read_with(text, &options).unwrap_err();
        assert!(message.contains(expected), "{text:?}: {message}");
    }
}

#[test]
fn channels_that_are_asked_for_come_in_that_order() {
    let options = |names: &[&str]| RecordingsOptions {
        channels: Some(names.iter().map(|&name| name.to_owned()).collect()),
        ..RecordingsOptions::default()
    };
    let text = "id,x,y,z,device\na,1,2,3,phone\n";
    let read = read_with(text, &options(&["z", "x"])).unwrap();
    assert_eq!(
        (read.channels.join(" "), &read.recordings[0].values[..]),
        ("z x".to_owned(), &[3.0, 1.0][..])
    );
    assert!(read.notes.is_empty());
    for (names, expected) in [
        (
            &["z", "z"][..],
            "column \"z\" cannot be both channel and channel",
        ),
        (
            &["device"],
            "line 2, column \"device\": \"phone\" is not a number",
        ),
        (&["w"], "no column is called \"w\" (channel)"),
        (&[], "no column of numbers is left as a channel"),
    ] {
        let message = read_with(text, &options(names)).unwrap_err();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn json_lines_of_rows_are_a_table() {
    let text =
        "{\"id\": 1, \"x\": 0.5, \"label\": \"a\"}\n{\"id\": 1, \"x\": 1.5, \"label\": \"a\"}\n";
    let read = read(text).unwrap();
    assert_eq!(
        (labels(&read), read.recordings[0].values.len()),
        (vec!["a".to_owned()], 2)
    );
    assert!(matches!(
        read.format,
        RecordingsFormat::LongTable(crate::TableFormat::JsonLines)
    ));
}
