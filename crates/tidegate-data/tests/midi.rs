//! A MIDI file, byte for byte, that another program has read: `tests/files/read_midi.py` does.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::path::PathBuf;

use tidegate_data::{MidiOptions, midi_file};

/// Four voices, of which some are held and all are silent for a step.
fn piece() -> Vec<Vec<u8>> {
    vec![
        vec![67, 64, 60, 48],
        vec![69, 65, 60, 53],
        vec![69, 65, 60, 53],
        vec![],
        vec![67, 64, 60, 48],
    ]
}

#[test]
fn a_midi_file_has_the_bytes_that_another_program_has_read() {
    let options = MidiOptions {
        tempo: 100.0,
        steps_per_beat: 2,
        instrument: 19,
    };
    let written = midi_file(&piece(), &options).unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files/chorale.mid");
    assert_eq!(written, std::fs::read(path).unwrap());
}
