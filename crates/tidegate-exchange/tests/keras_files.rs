//! Models as Keras saves them, beside the outputs that it gives (`reference/keras/models.py`), and damaged ones.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod counting_allocator;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use counting_allocator::peak;
use proptest::prelude::*;
use serde_json::Value;
use tidegate_cells::Batch;
use tidegate_exchange::{FileKind, Input, Network, keras};
use tidegate_model::BatchInputs;

/// Both sides are float32 with their own exponentials; outputs are at most near 1.
const BOUND: f32 = 1e-6;
const BATCH: usize = 2;
const STEPS: usize = 5;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/keras/models")
}

fn model(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    let numbers = value.as_array().unwrap().iter();
    numbers
        .map(|value| value.as_f64().unwrap() as f32)
        .collect()
}

fn refusal(bytes: &[u8]) -> String {
    keras::read_file(bytes).unwrap_err().to_string()
}

#[test]
fn models_give_the_numbers_that_keras_gives() {
    let records: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("reference/keras/models.json")).unwrap();
    assert_eq!(records.len(), 10);
    for (name, record) in records {
        let bytes = model(&name);
        assert_eq!(FileKind::of(&bytes).unwrap(), FileKind::Keras);
        let network = Network::from_bytes(&bytes, &Default::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (inputs, expected) = (numbers(&record["inputs"]), numbers(&record["outputs"]));
        let tokens: Vec<u32> = inputs.iter().map(|&token| token as u32).collect();
        let inputs = match network.input {
            Input::Tokens { .. } => BatchInputs::Tokens(&tokens),
            Input::Features(_) => BatchInputs::Features(&inputs),
        };
        let found = network.run(&Batch::full(STEPS, BATCH), &inputs).unwrap();
        assert_eq!(found.values.len(), expected.len(), "{name}");
        for (found, expected) in found.values.iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= BOUND * expected.abs().max(1.0),
                "{name}: {found}, {expected}"
            );
        }
    }
}

#[test]
fn what_is_not_read_is_named() {
    for (name, expected) in [
        (
            "quantised.keras",
            "(Dense), the weights at layers/dense/vars/0: hold 8-bit integers, where 32-bit or 16-bit floats are read",
        ),
        (
            "bfloat16.keras",
            "the weights at layers/dense/vars/0: hold bytes of a type that HDF5 does not know (such as bfloat16)",
        ),
        ("branches.keras", "is no chain of layers"),
        ("initialised.keras", "is no chain of layers"),
        ("nested.h5", "save it with model.save(\"model.keras\")"),
        (
            "not_built.keras",
            "(GRU): has no weights, expected a kernel, a recurrent kernel and a bias",
        ),
        (
            "lstm.weights.h5",
            "build the model in Python, call its load_weights(path), and save it whole with model.save",
        ),
    ] {
        let message = refusal(&model(name));
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn damaged_archives_and_files_are_refused() {
    let archive = model("gru_functional.keras");
    for length in (0..archive.len()).step_by(97) {
        assert!(keras::read_file(&archive[..length]).is_err());
    }
    let whole = model("functional.h5");
    for length in (0..whole.len()).step_by(97) {
        assert!(keras::read_file(&whole[..length]).is_err());
    }
    assert!(refusal(b"PK\x03\x04").contains("the archive: is damaged"));
    assert!(refusal(b"\x89HDF\r\n\x1a\n").contains("the weights: are damaged"));
}

#[test]
fn a_type_of_other_types_is_refused() {
    let mut bytes = model("functional.h5");
    // The datatype of an array: version 1, class 1 (floating-point), little-endian, IEEE single.
    let single = [0x11, 0x20, 0x1f, 0x00, 0x04, 0x00, 0x00, 0x00];
    let mut found = 0;
    for at in 0..bytes.len() - 8 {
        if bytes[at..at + 8] == single {
            // Class 9, a list of what follows.
            bytes[at] = 0x19;
            found += 1;
        }
    }
    assert!(found > 0);
    assert!(refusal(&bytes).contains("where 32-bit or 16-bit floats are read"));
}

/// Each file that differs from a whole model in one place, where `from` stands as `to`.
fn changed_at_each(from: &[u8], to: &[u8]) -> Vec<Vec<u8>> {
    assert_eq!(from.len(), to.len());
    let whole = model("functional.h5");
    let places = (0..whole.len() - from.len()).filter(|&at| whole[at..].starts_with(from));
    let changed: Vec<Vec<u8>> = places
        .map(|at| {
            let mut bytes = whole.clone();
            bytes[at..at + to.len()].copy_from_slice(to);
            bytes
        })
        .collect();
    assert!(!changed.is_empty());
    changed
}

#[test]
fn a_group_that_is_no_symbol_table_is_not_passed_over() {
    // A symbol table of 16 bytes; a message about links in its place.
    for bytes in changed_at_each(&[0x11, 0, 16, 0, 0, 0, 0, 0], &[0x02, 0, 16, 0, 0, 0, 0, 0]) {
        let message = refusal(&bytes);
        assert!(
            message.contains("a group of a later kind, as h5py writes for names beyond ASCII: save the model as .keras"),
            "{message}"
        );
    }
}

#[test]
fn a_state_kept_from_call_to_call_and_a_bias_that_is_denied_are_named() {
    for bytes in changed_at_each(b"\"stateful\": false", b"\"stateful\": true ") {
        let message = refusal(&bytes);
        assert!(message.contains(": stateful"), "{message}");
    }
    for bytes in changed_at_each(b"\"use_bias\": true", b"\"use_bias\":false") {
        let message = refusal(&bytes);
        assert!(message.contains("as its use_bias is false"), "{message}");
    }
}

/// Bytes that reading a file of this length may take. An entry of JSON is held in a few times its bytes.
fn bound(length: usize) -> usize {
    32 * length + (64 << 10)
}

/// Every name of a group begins in the same bytes, and all together are many times as long as the file.
#[test]
fn names_that_overlap_take_no_memory() {
    let mut bytes = model("nested.h5");
    let heaps: Vec<usize> = (0..bytes.len() - 32)
        .filter(|&at| &bytes[at..at + 4] == b"HEAP")
        .collect();
    let number = |bytes: &[u8], at: usize| {
        usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap()
    };
    assert!(!heaps.is_empty());
    for heap in heaps {
        let (length, place) = (number(&bytes, heap + 8), number(&bytes, heap + 24));
        for byte in &mut bytes[place..place + length] {
            if *byte == 0 {
                *byte = b'a';
            }
        }
    }
    let (result, taken) = peak(|| keras::read_file(&bytes));
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("a name without an end")
    );
    assert!(taken <= bound(bytes.len()), "{taken}");
}

/// A tree of a group whose nodes overlap: each has as many children as a node can have, and the last of them is the next node, which
/// begins where its first child stands. All are listed from few bytes.
#[test]
fn nodes_of_a_tree_that_overlap_take_no_memory() {
    const CHILDREN: usize = 65_535;
    const LEVELS: usize = 256;
    let (header, heap, tree) = (256, 512, 1024);
    let mut bytes = vec![0; tree + 16 * (CHILDREN + LEVELS + 4)];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    let number = |number: usize| (number as u64).to_le_bytes();
    // Superblock 0 with offsets and lengths of 8 bytes; the header of the root.
    put(0, b"\x89HDF\r\n\x1a\n");
    put(13, &[8, 8]);
    put(64, &number(header));
    // Version 1, one message of 24 bytes: a symbol table.
    put(header, &[1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0]);
    put(header + 16, &[0x11, 0, 16]);
    put(header + 24, &number(tree));
    put(header + 32, &number(heap));
    put(heap, b"HEAP");
    put(heap + 8, &number(16));
    put(heap + 24, &number(600));
    for level in 0..LEVELS {
        let node = tree + 16 * level;
        put(node, b"TREE\0");
        put(node + 5, &[(LEVELS - 1 - level) as u8, 0xff, 0xff]);
        put(node + 32 + 16 * (CHILDREN - 1), &number(node + 16));
    }
    let (result, taken) = peak(|| keras::read_file(&bytes));
    let message = result.unwrap_err().to_string();
    assert!(
        message.contains("more parts than the file can hold"),
        "{message}"
    );
    // A child takes 16 bytes of the file and 16 of the list, which is held twice while it grows.
    assert!(taken <= 4 * bytes.len(), "{taken}");
}

/// A header whose one block leads to itself.
#[test]
fn a_header_that_leads_to_itself_takes_no_memory() {
    let header = 96;
    let mut bytes = vec![0; 70_000];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    put(0, b"\x89HDF\r\n\x1a\n");
    put(13, &[8, 8]);
    put(64, &(header as u64).to_le_bytes());
    // A continuation of 16 bytes, then empty messages of a kind that is read.
    let length = 24u8 + 8 * 16;
    put(header, &[1, 0, 0xff, 0xff, 1, 0, 0, 0, length, 0, 0, 0]);
    put(header + 16, &[0x10, 0, 16]);
    put(header + 24, &(header as u64 + 16).to_le_bytes());
    put(header + 32, &u64::from(length).to_le_bytes());
    for message in 0..16 {
        put(header + 40 + 8 * message, &[0x0c]);
    }
    let (result, taken) = peak(|| keras::read_file(&bytes));
    let message = result.unwrap_err().to_string();
    assert!(
        message.contains("an object longer than the file"),
        "{message}"
    );
    assert!(taken <= bound(bytes.len()), "{taken}");
}

/// A change of some bytes of a file.
#[derive(Clone, Debug)]
struct Change {
    at: prop::sample::Index,
    bytes: Vec<u8>,
}

fn change() -> impl Strategy<Value = Change> {
    let number = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        any::<u16>().prop_map(|value| value.to_le_bytes().to_vec()),
        // An offset within the file, and sizes of every magnitude.
        (0u64..40_000).prop_map(|value| value.to_le_bytes().to_vec()),
        (0u32..64).prop_map(|bits| (u64::MAX >> bits).to_le_bytes().to_vec()),
    ];
    (any::<prop::sample::Index>(), number).prop_map(|(at, bytes)| Change { at, bytes })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn a_damaged_file_is_refused_or_read_and_never_a_panic(
        name in prop::sample::select(vec![
            "gru_functional.keras", "nested.keras", "tokens.keras", "gru_both.h5", "functional.h5",
        ]),
        changes in prop::collection::vec(change(), 1..4),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut bytes = model(name);
        // What is not zero is structure, or text.
        let written: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] != 0).collect();
        for change in changes {
            let at = written[change.at.index(written.len())];
            for (place, byte) in bytes[at..].iter_mut().zip(change.bytes) {
                *place = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let (network, taken) = peak(|| keras::read_file(&bytes));
        prop_assert!(taken <= bound(bytes.len()), "{taken} bytes for {}", bytes.len());
        if let Ok(network) = network {
            prop_assert!(network.validate().is_ok());
        }
    }
}
