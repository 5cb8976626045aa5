//! What `.ts` files become.

use super::*;

fn read_with(text: &str, options: &RecordingsOptions) -> Result<Recordings, String> {
    Recordings::read_from(text.as_bytes(), "x.ts", options).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Recordings, String> {
    read_with(text, &RecordingsOptions::default())
}

const HEADER: &str =
    "@problemName x\n@univariate false\n@dimensions 2\n@classLabel true a b\n@data\n";

#[test]
fn labels_that_are_passed_over_need_not_be_declared() {
    let options = RecordingsOptions {
        ignore_labels: true,
        ..RecordingsOptions::default()
    };
    let read = read_with(&format!("{HEADER}1:4:c\n"), &options).unwrap();
    assert_eq!(read.recordings[0].label, Label::None);
    assert_eq!(read.notes, []);
}

#[test]
fn channels_become_columns_of_steps() {
    let text = format!("# made up\n\n{HEADER}1,2,3:4,5,6:a\n# then\n7:-8e-1: b \n");
    let read = read(&text).unwrap();
    assert_eq!(read.channels, ["channel_0", "channel_1"]);
    assert_eq!(read.recordings[0].values, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(read.recordings[1].values, [7.0, -0.8]);
    assert_eq!(read.recordings[1].label, Label::Whole("b".into()));
    assert_eq!(read.recordings[1].place.to_string(), "x.ts, line 10");
    assert_eq!(read.recordings[1].name, "2");
    assert_eq!(
        (read.format, &read.notes[..]),
        (RecordingsFormat::Ts, &[][..])
    );
}

#[test]
fn every_line_of_a_header_is_read_in_capitals_or_not() {
    let header = "@PROBLEMNAME x y\n@timestamps FALSE\n@missing true\n@univariate true\n@dimension 1\n@equalLength true\n\
                  @serieslength 2\n@targetlabel false\n@classLabel False\n@Data\n";
    let read = read(&format!("{header}1,2\r\n3,4\r\n")).unwrap();
    assert_eq!(read.recordings[1].values, [3.0, 4.0]);
    assert_eq!(read.recordings[1].label, Label::None);
    // Windows' line ends, and a byte order mark.
    let text = format!("\u{feff}{}", HEADER.replace('\n', "\r\n")) + "1:2:a\r\n";
    assert_eq!(self::read(&text).unwrap().recordings[0].values, [1.0, 2.0]);
}

#[test]
fn classes_that_no_recording_has_are_noted() {
    let read = read(&format!("{HEADER}1:2:a\n3:4:?\n")).unwrap();
    assert_eq!(read.recordings[1].label, Label::None);
    assert_eq!(
        read.notes,
        [RecordingsNote::DeclaredOnly {
            classes: vec!["b".to_owned()]
        }]
    );
}

#[test]
fn missing_values_are_padding_at_the_end_and_refused_elsewhere() {
    let read = read(&format!("{HEADER}1,2,?:4,5,NaN:a\n7:8:b\n")).unwrap();
    assert_eq!(read.recordings[0].values, [1.0, 4.0, 2.0, 5.0]);
    assert_eq!(
        read.notes[0].to_string(),
        "1 step at the end of 1 recording hold no value and were left out as padding"
    );
    for (line, expected) in [
        (
            "1,?,3:4,5,6:a",
            "x.ts, line 6: in recording \"1\", step 1, channel \"channel_0\" is missing",
        ),
        ("1,2:4,?:a", "step 1, channel \"channel_1\" is missing"),
        ("1,2:4,1e39:a", "step 1, channel \"channel_1\" is inf"),
        ("?,?:?,?:a", "x.ts, line 6: recording \"1\" has no steps"),
        (":: a", "recording \"1\" has no steps"),
    ] {
        let message = self::read(&format!("{HEADER}{line}\n")).unwrap_err();
        assert!(message.contains(expected), "{line}: {message}");
    }
}

#[test]
fn times_in_brackets_are_left_out_where_all_channels_have_the_same() {
    let header = format!("@timeStamps true\n{HEADER}");
    let read = |lines: &str| read(&format!("{header}{lines}\n"));
    let found = read("(0,1),(0.5,2) : (0,4), (0.5,5):a").unwrap();
    assert_eq!(found.recordings[0].values, [1.0, 4.0, 2.0, 5.0]);
    let found = read("(2016-07-01 13:00:00,1):(2016-07-01 13:00:00,?):a");
    assert!(
        found
            .unwrap_err()
            .contains("step 0, channel \"channel_1\" is missing")
    );
    for (line, expected) in [
        (
            "(0,1),(1,2):(0,4),(2,5):a",
            "channel 1, step 1 has the time \"2\", which is not that of channel 0",
        ),
        (
            "(0,1),(0,2):(0,4),(0,5):a",
            "the time \"0\" of step 1 is not after that of the step before",
        ),
        (
            "1,2:3,4:a",
            "\"1,2:3,4\" stands where a time in brackets is expected",
        ),
        (
            "(0,1:(0,4):a",
            "recording \"1\" has 1 channel, and the header says 2",
        ),
        (
            "(0,1):(0,4:a",
            "channel 1, step 0: a time and a value in brackets are expected",
        ),
    ] {
        let message = read(line).unwrap_err();
        assert!(message.contains(expected), "{line}: {message}");
    }
    let message = self::read(&format!("{HEADER}(0,1):(0,2):a\n")).unwrap_err();
    assert!(message.contains("@timeStamps true"), "{message}");
}

#[test]
fn a_header_that_is_wrong_is_named_with_its_line() {
    for (text, expected) in [
        (
            "@problemName x\n@clasLabel true a\n@data\n1:a\n",
            "line 2: @clasLabel is no line of a header, did you mean @classLabel?",
        ),
        (
            "@problemName x\n@data\n1\n",
            "line 2: the header says nothing of labels",
        ),
        (
            "@classLabel true\n@data\n1:a\n",
            "line 1: @classLabel true is followed by no class",
        ),
        (
            "@classLabel maybe\n@data\n1:a\n",
            "line 1: @classLabel is followed by \"maybe\": true or false is expected",
        ),
        (
            "@targetLabel true\n@data\n1:0.5\n",
            "line 1: @targetLabel true says that the recordings have numbers to predict",
        ),
        (
            "@dimensions none\n",
            "line 1: @dimensions is followed by \"none\": a whole number",
        ),
        (
            "@dimensions 0\n",
            "line 1: @dimensions is followed by \"0\": a whole number",
        ),
        (
            "@univariate true\n@dimensions 3\n",
            "line 2: @univariate true and @dimensions 3 contradict each other",
        ),
        (
            "@problemName x\n@classLabel false\n",
            "line 2: the file ends before @data: it is cut short",
        ),
        (
            "@problemName x\n1,2,3:a\n",
            "line 2: \"1,2,3:a\" stands before @data",
        ),
        (
            "@classLabel false\n@data\n",
            "x.ts: the file holds no recordings",
        ),
        (
            "@relation x\n@attribute a numeric\n@data\n1\n",
            "x.ts: the file is an ARFF file, which is not read",
        ),
    ] {
        let message = read(text).unwrap_err();
        assert!(message.contains(expected), "{text:?}: {message}");
    }
}

#[test]
fn a_recording_that_is_wrong_is_named_with_its_line() {
    for (lines, expected) in [
        (
            "1:2:3:a\n",
            "x.ts, line 6: recording \"1\" has 3 channels, and the header says 2",
        ),
        (
            "1:2:a\n1:a\n",
            "x.ts, line 7: recording \"2\" has 1 channel, and the header says 2",
        ),
        (
            "1,2:3:a\n",
            "channel \"channel_1\" has 1 step where the first has 2",
        ),
        (
            "1:2:c\n",
            "the label \"c\" of recording \"1\" is not among those of @classLabel, which are \"a\", \"b\"",
        ),
        ("1:2:a\n1,2\n", "line 7: no label follows the values"),
        ("1,x:2,2:a\n", "channel 0, step 1: \"x\" is not a number"),
        ("1,,1:2,2,2:a\n", "channel 0, step 1: \"\" is not a number"),
        ("1;2:2;3:a\n", "channel 0, step 0: \"1;2\" is not a number"),
    ] {
        let message = read(&format!("{HEADER}{lines}")).unwrap_err();
        assert!(message.contains(expected), "{lines:?}: {message}");
    }
    let message = read("@classLabel false\n@data\n1:2\n1:2:3\n").unwrap_err();
    assert!(
        message.contains("line 4: recording \"2\" has 3 channels, and those before have 2"),
        "{message}"
    );
    let header = "@equalLength true\n@seriesLength 3\n@classLabel false\n@data\n";
    let message = read(&format!("{header}1,2,3\n1,2\n")).unwrap_err();
    assert!(
        message.contains("line 6: recording \"2\" has 2 steps, and the header says"),
        "{message}"
    );
}

#[test]
fn a_label_for_each_step_is_no_part_of_the_format() {
    let options = RecordingsOptions {
        every_step: true,
        ..RecordingsOptions::default()
    };
    let message = read_with(&format!("{HEADER}1:2:a\n"), &options).unwrap_err();
    assert!(
        message.contains("one label for the whole, and one for each step is expected"),
        "{message}"
    );
    assert!(read_with("@classLabel false\n@data\n1\n", &options).is_ok());
}

#[test]
fn bytes_that_are_no_text_are_named_with_line_and_byte() {
    let bytes = [HEADER.as_bytes(), b"1:2:\xff\n"].concat();
    let read = Recordings::read_from(&bytes[..], "x.ts", &RecordingsOptions::default());
    let message = read.unwrap_err().to_string();
    assert!(
        message.starts_with("x.ts: line 6, byte 5 is not text in UTF-8"),
        "{message}"
    );
}

#[test]
fn channels_are_chosen_by_their_names_and_other_options_are_noted() {
    let options = RecordingsOptions {
        channels: Some(vec!["channel_1".to_owned()]),
        label: Some("speaker".to_owned()),
        ..RecordingsOptions::default()
    };
    let read = read_with(&format!("{HEADER}1,2:3,4:a\n2:3:b\n"), &options).unwrap();
    assert_eq!(read.recordings[0].values, [3.0, 4.0]);
    assert_eq!(read.channels, ["channel_1"]);
    assert_eq!(read.notes.len(), 1);
    assert!(
        read.notes[0]
            .to_string()
            .starts_with("--label speaker names a column")
    );
    let options = RecordingsOptions {
        part: Some("train".to_owned()),
        ..RecordingsOptions::default()
    };
    let message = read_with(&format!("{HEADER}1:2:a\n"), &options).unwrap_err();
    assert!(
        message.contains("there is no part \"train\": the file has no parts"),
        "{message}"
    );
}
