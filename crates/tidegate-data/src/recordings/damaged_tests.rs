//! Whatever is in a file, reading it ends with recordings or an error.

use proptest::prelude::*;

use super::*;
use crate::npy::npy_bytes;

const TS: &str = "# two\n@problemName x\n@timeStamps false\n@missing false\n@univariate false\n@dimensions 2\n@equalLength false\n\
                  @classLabel true a b\n@data\n1.5,2,-3e-1:4,5,6:a\n7,?:8,NaN:b\n9:10:a\n";
const TIMED: &str =
    "@timeStamps true\n@classLabel true a b\n@data\n(0,1),(1,2):(0,3),(1,4):a\n(0,5):(0,6):b\n";
const CSV: &str =
    "sequence_id,time,x,y,label\na,0,1,2,up\na,1,3,4,up\nb,0,5,6,down\nb,1,7,8,down\n";
const LINES: &str = "{\"id\": \"a\", \"values\": [[1, 2], [3, 4]], \"label\": \"up\"}\n\
                     {\"id\": \"b\", \"values\": [[5, null]], \"label\": [1, \"x\"]}\n";
const NAMED: &str = "{\"channels\": {\"x\": [1, 2], \"y\": [3, 4]}, \"labels\": [\"a\", \"b\"]}\n";
const DOCUMENT: &str = "{\"train\": [{\"speaker\": 1, \"x\": [[1, 2]]}],\n\"test\": [{\"speaker\": 2, \"x\": [[3, 4]]}]}";

fn files() -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = [TS, TIMED, CSV, LINES, NAMED, DOCUMENT]
        .map(|text| text.as_bytes().to_vec())
        .into();
    files.push(npy_bytes(&[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, f32::NAN]));
    files
}

fn all_options() -> Vec<RecordingsOptions> {
    let plain = RecordingsOptions::default();
    let every_step = RecordingsOptions {
        every_step: true,
        ..plain.clone()
    };
    let part = RecordingsOptions {
        part: Some("test".to_owned()),
        label: Some("speaker".to_owned()),
        channels: Some(vec!["channel_1".to_owned()]),
        ..plain.clone()
    };
    vec![plain, every_step, part]
}

/// Reads with all options; what is read keeps the promises of its types.
fn check(bytes: &[u8]) {
    for options in all_options() {
        let Ok(read) = Recordings::read_from(bytes, "x", &options) else {
            continue;
        };
        assert!(!read.recordings.is_empty() && !read.channels.is_empty());
        for recording in &read.recordings {
            let steps = recording.values.len() / read.channels.len();
            assert!(steps > 0 && recording.values.len() == steps * read.channels.len());
            assert!(recording.values.iter().all(|value| value.is_finite()));
            if let Label::Steps(labels) = &recording.label {
                assert_eq!(labels.len(), steps);
            }
        }
        let rows: Vec<usize> = (0..read.recordings.len()).collect();
        if let Ok(schema) = RecordingsSchema::fit(&read, &rows) {
            schema.set(&read, &rows).unwrap().validate().unwrap();
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_an_error_or_recordings() {
    for file in files() {
        for end in 0..=file.len() {
            check(&file[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_changed_file_is_an_error_or_recordings(
        file in 0..7_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), "[0-9a,.:@()\\[\\]{}\"?\n#eN -]|[^a]", 0..3_u8), 1..6)
    ) {
        let mut bytes = files()[file].clone();
        for (place, text, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            let end = if kind == 0 { place } else { (place + usize::from(kind)).min(bytes.len()) };
            bytes.splice(place..end, text.bytes());
        }
        check(&bytes);
    }

    #[test]
    fn swapped_lines_and_bytes_are_an_error_or_recordings(
        file in 0..7_usize, one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let bytes = files()[file].clone();
        let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
        let (first, second) = (one.index(lines.len()), other.index(lines.len()));
        lines.swap(first, second);
        check(&lines.join(&b'\n'));
        let mut bytes = bytes;
        let place = one.index(bytes.len());
        bytes[place] = byte;
        check(&bytes);
    }

    #[test]
    fn any_bytes_are_an_error_or_recordings(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        check(&bytes);
        check(&[b"@classLabel true a\n@data\n", &bytes[..]].concat());
        check(&[b"{\"values\": [", &bytes[..]].concat());
    }

    #[test]
    fn recordings_that_are_written_are_read_back(
        written in proptest::collection::vec((proptest::collection::vec((-1e30_f32..1e30, -1.0_f32..1.0), 1..5), 0..3_u8), 1..8)
    ) {
        let numbers = |values: Vec<String>| values.join(",");
        let (mut ts, mut csv, mut json) = ("@classLabel true 0 1 2\n@data\n".to_owned(), "id,x,y,label\n".to_owned(), String::new());
        for (index, (steps, label)) in written.iter().enumerate() {
            let (x, y) = steps.iter().map(|(x, y)| (x.to_string(), y.to_string())).unzip();
            ts += &format!("{}:{}:{label}\n", numbers(x), numbers(y));
            csv += &steps.iter().map(|(x, y)| format!("{},{x},{y},{label}\n", index + 1)).collect::<String>();
            let rows: Vec<String> = steps.iter().map(|(x, y)| format!("[{x},{y}]")).collect();
            json += &format!("{{\"values\": [{}], \"label\": {label}}}\n", numbers(rows));
        }
        for text in [ts, csv, json] {
            let read = Recordings::read_from(text.as_bytes(), "x", &RecordingsOptions::default()).unwrap();
            prop_assert_eq!(read.recordings.len(), written.len());
            for (recording, (steps, label)) in read.recordings.iter().zip(&written) {
                let values: Vec<f32> = steps.iter().flat_map(|&(x, y)| [x, y]).collect();
                prop_assert_eq!(&recording.values, &values);
                prop_assert_eq!(&recording.label, &Label::Whole(label.to_string().into()));
            }
        }
    }
}
