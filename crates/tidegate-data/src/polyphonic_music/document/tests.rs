//! Documents well formed, malformed and mutated.

use proptest::prelude::*;

use super::*;

fn read_text(text: impl AsRef<[u8]>) -> Result<[Vec<Piece>; 3], DataError> {
    read(Path::new("music.json"), text.as_ref())
}

fn refused(text: impl AsRef<[u8]>) -> String {
    read_text(text).unwrap_err().to_string()
}

fn frame(pitches: &[i128]) -> Frame {
    pitches
        .iter()
        .fold(Frame::default(), |frame, pitch| frame.with(*pitch).unwrap())
}

#[test]
fn reads_sets_in_any_order_and_passes_over_other_keys() {
    let sets = read_text(
        r#" {"test": [[[21, 108], []]], "source": {"who": ["nobody", 1e5, null]}, "valid": [], "train": [[], [[60]]]} "#,
    )
    .unwrap();
    assert_eq!(sets[0], [vec![], vec![frame(&[60])]]);
    assert_eq!(sets[1], Vec::<Piece>::new());
    assert_eq!(sets[2], [vec![frame(&[21, 108]), frame(&[])]]);
}

#[test]
fn order_and_repetition_within_a_step_mean_nothing() {
    let sets =
        read_text(r#"{"train": [[[60, 64], [64, 60, 64]]], "valid": [], "test": []}"#).unwrap();
    assert_eq!(sets[0][0][0], sets[0][0][1]);
}

#[test]
fn a_pitch_off_the_piano_is_named_with_its_place() {
    for (pitch, column) in [
        ("20", 23),
        ("109", 24),
        ("-60", 24),
        ("18446744073709551615", 41),
    ] {
        let text = format!("{{\"train\": [[[60],\n [21]], [[108], [60, {pitch}]]]}}");
        assert_eq!(
            refused(text),
            format!(
                "music.json, line 2, column {column} (training set, piece 1, step 1): pitch {pitch} is not on the \
                 piano, which has the MIDI pitches 21 to 108"
            )
        );
    }
}

#[test]
fn what_is_not_a_whole_number_is_named_with_its_place() {
    for (pitch, found) in [
        ("60.5", "floating point `60.5`"),
        ("60.0", "floating point `60.0`"),
        ("1e30", "floating point `1e+30`"),
        ("\"C4\"", "string \"C4\""),
        ("null", "null"),
        ("true", "boolean `true`"),
        ("[60]", "sequence"),
        ("{}", "map"),
    ] {
        let error = refused(format!(r#"{{"valid": [[[60], [], [{pitch}]]]}}"#));
        assert!(error.starts_with("music.json, line 1, column "), "{error}");
        assert!(
            error.ends_with(&format!(
                "(validation set, piece 0, step 2): invalid type: {found}, expected a MIDI pitch, which is a whole \
                 number from 21 to 108"
            )),
            "{error}"
        );
    }
}

#[test]
fn a_document_of_another_shape_is_refused_with_what_was_expected() {
    for (text, expected) in [
        (
            "[]",
            "(outside the sets): invalid type: sequence, expected an object with the keys train, valid and test",
        ),
        (
            "60",
            "(outside the sets): invalid type: integer `60`, expected an object with the keys train",
        ),
        (
            r#"{"test": 5}"#,
            "(test set): invalid type: integer `5`, expected a list of pieces",
        ),
        (
            r#"{"test": [5]}"#,
            "(test set, piece 0): invalid type: integer `5`, expected a piece",
        ),
        (
            r#"{"test": [[5]]}"#,
            "(test set, piece 0, step 0): invalid type: integer `5`, expected a step",
        ),
        (
            r#"{"test": [], "test": []}"#,
            "(outside the sets): the key \"test\" is there twice",
        ),
        (
            r#"{"test": []} x"#,
            "line 1, column 14 (outside the sets): trailing characters",
        ),
        (
            r#"{"test": [[[60,]]]}"#,
            "(test set, piece 0, step 0): trailing comma",
        ),
    ] {
        let error = refused(text);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_missing_set_is_named() {
    assert_eq!(
        refused(r#"{"train": [], "test": []}"#),
        "music.json: the key \"valid\" is missing: a file of music has the keys train, valid and test"
    );
}

#[test]
fn a_file_cut_short_is_said_to_be_so_at_every_byte() {
    let text = r#"{"train": [[[60, 64], []]], "valid": [[[21]]], "test": [[[108]]]}"#;
    assert!(read_text(text).is_ok());
    for end in 0..text.len() {
        // Also between the digits of a pitch, where what is left is not on the piano.
        let error = refused(&text[..end]);
        assert!(error.contains("the file is cut short"), "{end}: {error}");
    }
}

#[test]
fn a_long_string_in_the_file_does_not_make_a_long_error() {
    let error = refused(format!(r#"{{"train": [[["{}"]]]}}"#, "é".repeat(100_000)));
    assert!(error.len() < 1_000);
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    for text in [
        "[".repeat(1_000_000),
        format!(r#"{{"x": {}"#, "[".repeat(1_000_000)),
    ] {
        assert!(matches!(
            read_text(text),
            Err(DataError::MalformedMusic { .. })
        ));
    }
}

#[test]
fn a_pitch_at_the_end_of_its_line_is_named_with_that_line() {
    let error = refused("{\"train\": [\n [\n  [\n   60,\n   200\n  ]\n ]\n]}");
    assert!(
        error.starts_with("music.json, line 5, column 6 (training set, piece 0, step 0)"),
        "{error}"
    );
}

type Music = [Vec<Vec<Vec<u8>>>; 3];

fn any_music() -> impl Strategy<Value = Music> {
    let step = prop::collection::vec(21u8..=108, 0..5);
    let piece = prop::collection::vec(step, 0..5);
    prop::array::uniform3(prop::collection::vec(piece, 0..4))
}

fn written(music: &Music) -> String {
    let [train, valid, test] = music;
    serde_json::json!({ "train": train, "valid": valid, "test": test }).to_string()
}

fn names_the_file_or_succeeds(
    result: Result<[Vec<Piece>; 3], DataError>,
) -> Result<(), TestCaseError> {
    if let Err(error) = result {
        prop_assert!(error.to_string().contains("music.json"));
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_written_document_is_read_back(music in any_music()) {
        let read = read_text(written(&music)).unwrap();
        let expected = music.map(|set| {
            set.iter()
                .map(|piece| {
                    piece.iter().map(|step| frame(&step.iter().map(|p| i128::from(*p)).collect::<Vec<_>>())).collect()
                })
                .collect::<Vec<Piece>>()
        });
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        names_the_file_or_succeeds(read_text(bytes))?;
    }

    #[test]
    fn arbitrary_pieces_of_json_never_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"train\"", "\"valid\"", "\"test\"", "\"", "60", "-", "1e999", "0.5", "\\u",
        "\\ud800", "null", " ", "\n", "\u{fffd}",
    ]), 0..60)) {
        names_the_file_or_succeeds(read_text(pieces.concat()))?;
    }

    #[test]
    fn a_mutated_document_never_panics(
        music in any_music(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..6),
    ) {
        let mut bytes = written(&music).into_bytes();
        for (index, byte, kind) in mutations {
            if bytes.is_empty() {
                break;
            }
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        names_the_file_or_succeeds(read_text(bytes))?;
    }

    #[test]
    fn a_document_cut_short_is_refused(music in any_music(), end: prop::sample::Index) {
        let text = written(&music);
        let end = end.index(text.len());
        prop_assert!(refused(&text[..end]).contains("the file is cut short"));
    }
}
