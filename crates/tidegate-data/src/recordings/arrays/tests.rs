//! What arrays become, alone or in folders.

use std::fs;

use super::*;
use crate::npy::npy_bytes;

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn read(folder: &tempfile::TempDir) -> Result<Recordings, String> {
    let read = Recordings::read(folder.path(), &RecordingsOptions::default());
    let shown = format!("{}/", folder.path().display());
    read.map_err(|error| {
        error
            .to_string()
            .replace(&shown, "")
            .replace(shown.trim_end_matches('/'), "folder")
    })
}

fn array(steps: usize, channels: usize) -> Vec<u8> {
    let values: Vec<f32> = (0..steps * channels).map(|value| value as f32).collect();
    npy_bytes(&[steps, channels], &values)
}

#[test]
fn names_of_sub_folders_are_labels() {
    let folder = folder(&[
        ("walk/b.npy", &array(2, 2)),
        ("walk/a.npy", &array(1, 2)),
        ("run/a.npy", &array(3, 2)),
        (".cache/x", b""),
        ("run/.hidden", b""),
    ]);
    let read = read(&folder).unwrap();
    let found: Vec<_> = read
        .recordings
        .iter()
        .map(|one| (&*one.name, &*one.label.texts()[0], one.values.len()))
        .collect();
    assert_eq!(
        found,
        [
            ("run/a", "run", 6),
            ("walk/a", "walk", 2),
            ("walk/b", "walk", 4)
        ]
    );
    assert_eq!(read.format, RecordingsFormat::Arrays);
    assert!(read.recordings[2].place.to_string().ends_with("b.npy"));
    let options = RecordingsOptions {
        every_step: true,
        ..RecordingsOptions::default()
    };
    let message = Recordings::read(folder.path(), &options)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("recording \"run/a\" has one label for the whole"),
        "{message}"
    );
}

#[test]
fn labels_that_are_passed_over_are_not_looked_at() {
    let arrays: [(&str, &[u8]); 2] = [("a/1.npy", &array(2, 1)), ("b/1.npy", &array(2, 1))];
    let folder = folder(&arrays);
    let options = RecordingsOptions {
        ignore_labels: true,
        ..RecordingsOptions::default()
    };
    let read = Recordings::read(folder.path(), &options).unwrap();
    assert!(read.recordings.iter().all(|one| one.label == Label::None));
}

#[test]
fn numbers_with_zeros_before_them_are_names_of_files() {
    let arrays: [(&str, &[u8]); 3] = [
        ("001.npy", &array(2, 1)),
        ("002.npy", &array(2, 1)),
        ("labels.csv", b"file,label\n001,a\n002,b\n"),
    ];
    let folder = folder(&arrays);
    let read = Recordings::read(folder.path(), &RecordingsOptions::default()).unwrap();
    let labels: Vec<String> = read
        .recordings
        .iter()
        .flat_map(|one| one.label.texts())
        .map(|label| label.to_string())
        .collect();
    assert_eq!(labels, ["a", "b"]);
}

#[test]
fn a_file_of_labels_gives_each_array_its_own() {
    let arrays: [(&str, &[u8]); 2] = [
        ("1.npy", &array(2, 1)),
        ("2.npy", &npy_bytes(&[3], &[1.0, 2.0, 3.0])),
    ];
    let with =
        |labels: &'static str| folder(&[arrays[0], arrays[1], ("labels.csv", labels.as_bytes())]);
    let found = read(&with("file,label\n2.npy,b\n1.npy,a\n")).unwrap();
    let labels: Vec<_> = found
        .recordings
        .iter()
        .map(|one| &*one.label.texts()[0])
        .collect();
    assert_eq!(labels, ["a", "b"]);
    assert_eq!(
        read(&with("label,filename\n0,1\n,2\n")).unwrap().recordings[1].label,
        Label::None
    );
    for (labels, expected) in [
        (
            "file,label\n1.npy,a\n",
            "labels.csv: recording \"2\" has no label, and others have one",
        ),
        (
            "file,label\n1.npy,a\n2.npy,a\n3.npy,b\n",
            "labels.csv, line 4: the folder holds no file \"3\", and it is given a label",
        ),
        (
            "file,label\n1.npy,a\n2.npy,a\n1,b\n",
            "labels.csv, line 4: the recording \"1\" stands in line 2 already",
        ),
        (
            "file,what\n1.npy,a\n2.npy,a\n",
            "labels.csv: no column is called \"label\" (label): the columns are file, what",
        ),
        (
            "name,label\n1.npy,a\n2.npy,a\n",
            "labels.csv: no column is called \"file\" (file)",
        ),
        ("", "labels.csv: the file is empty"),
    ] {
        let message = read(&with(labels)).unwrap_err();
        assert!(message.contains(expected), "{labels:?}: {message}");
    }
}

#[test]
fn arrays_beside_each_other_have_no_labels() {
    let folder = folder(&[("a.npy", &array(2, 1)), ("b.npy", &array(1, 1))]);
    let read = read(&folder).unwrap();
    assert!(read.recordings.iter().all(|one| one.label == Label::None));
    let one = Recordings::read(folder.path().join("a.npy"), &RecordingsOptions::default()).unwrap();
    assert_eq!(
        (&one.recordings[0].values, &*one.recordings[0].name),
        (&read.recordings[0].values, "a")
    );
}

#[test]
fn arrays_of_numbers_of_any_type_are_read_and_others_refused() {
    let typed = |descr: &str, data: &[u8]| {
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}");
        while (header.len() + 11) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        [
            b"\x93NUMPY\x01\x00",
            &(header.len() as u16).to_le_bytes()[..],
            header.as_bytes(),
            data,
        ]
        .concat()
    };
    let file = |bytes: &[u8]| {
        let read = Recordings::read_from(bytes, "x.npy", &RecordingsOptions::default());
        read.map_err(|error| error.to_string())
    };
    assert_eq!(
        file(&typed("<i2", &[1, 0, 255, 255])).unwrap().recordings[0].values,
        [1.0, -1.0]
    );
    assert_eq!(
        file(&typed("|u1", &[1, 255])).unwrap().recordings[0].values,
        [1.0, 255.0]
    );
    let message = file(&typed("<M8[s]", &[0; 16])).unwrap_err();
    assert!(
        message.contains("x.npy: the array has the type \"<M8[s]\": numbers are expected"),
        "{message}"
    );
    let nan = npy_bytes(&[3, 1], &[1.0, f32::NAN, 2.0]);
    let message = file(&nan).unwrap_err();
    assert_eq!(
        message,
        "x.npy: in recording \"x\", step 1, channel \"channel_0\" is missing: every number has to be finite; fill it in, or \
         leave the recording out"
    );
    assert_eq!(
        file(&npy_bytes(&[2, 1], &[1.0, f32::NAN]))
            .unwrap()
            .recordings[0]
            .values,
        [1.0]
    );
    for (bytes, expected) in [
        (
            npy_bytes(&[1, 1, 1], &[1.0]),
            "the array has the shape [1, 1, 1]: [steps, features] or [steps] is expected",
        ),
        (
            npy_bytes(&[0, 3], &[]),
            "a sequence needs at least one step",
        ),
        (array(2, 2)[..130].to_vec(), "cut short or damaged"),
    ] {
        let message = file(&bytes).unwrap_err();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_folder_that_is_none_of_recordings_is_refused_with_its_place() {
    let good = array(2, 2);
    for (files, expected) in [
        (&[][..], "folder: the folder holds no .npy files"),
        (
            &[("a.npy", &good[..]), ("notes.txt", b"x")],
            "notes.txt: not a .npy file",
        ),
        (
            &[("a/b.npy", &good), ("a/notes.txt", b"x")],
            "a/notes.txt: not a .npy file",
        ),
        (&[("a/b/c.npy", &good)], "a/b: not a .npy file"),
        (
            &[("a.npy", &good), ("b/c.npy", &good)],
            "folder: the folder holds sub-folders, whose names are labels, and arrays outside of them",
        ),
        (
            &[("b/c.npy", &good), ("labels.csv", b"file,label\nb,c\n")],
            "sub-folders, whose names are labels, and a labels.csv",
        ),
        (
            &[("a.npy", &good), ("b.npy", &array(2, 3))],
            "b.npy: recording \"b\" has 3 channels, and those before have 2",
        ),
        (&[("a.npy", &good), ("b.npy", b"1,2\n")], "b.npy: "),
        (&[("a.npy", &good), ("b.npy", &good[..140])], "b.npy: "),
        (&[("a/x", b"")], "a/x: not a .npy file"),
        (
            &[("labels.csv", b"file,label\na,b\n")],
            "labels.csv, line 2: the folder holds no file \"a\"",
        ),
    ] {
        let message = read(&folder(files)).unwrap_err();
        assert!(
            message.starts_with(expected) || message.contains(expected),
            "{message}"
        );
    }
}
