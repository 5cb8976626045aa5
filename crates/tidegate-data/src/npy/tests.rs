use proptest::prelude::*;

use super::*;

/// A file as NumPy writes it.
fn file(descr: &str, fortran_order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!(
        "{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape}, }}{:>20}",
        "\n"
    );
    let length = (text.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), data].concat()
}

fn single(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[test]
fn arrays_of_both_precisions_orders_and_byte_orders_are_the_same_sequence() {
    let values = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
    let transposed = single(&[1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    let double: Vec<u8> = values
        .iter()
        .flat_map(|&v| f64::from(v).to_le_bytes())
        .collect();
    let big: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
    for bytes in [
        file("<f4", "False", "(3, 2)", &single(&values)),
        file("<f4", "True", "(3, 2)", &transposed),
        file("<f8", "False", "(3, 2)", &double),
        file(">f4", "False", "(3, 2)", &big),
    ] {
        let sequence = read(&bytes).unwrap();
        assert_eq!((sequence.size, &sequence.values[..]), (2, &values[..]));
    }
    let vector = read(&file("<f4", "False", "(6,)", &single(&values))).unwrap();
    assert_eq!((vector.size, vector.steps()), (1, 6));
}

#[test]
fn what_is_written_is_read_back_and_begins_at_a_multiple_of_64_bytes() {
    let bytes = npy_bytes(&[2, 3], &[1.0, -2.0, 3.0, 4.0, 5.0, 0.1]);
    assert_eq!((bytes.len() - 24) % 64, 0);
    let sequence = read(&bytes).unwrap();
    assert_eq!(sequence.values, [1.0, -2.0, 3.0, 4.0, 5.0, 0.1]);
    assert_eq!((sequence.size, sequence.steps()), (3, 2));
}

#[test]
fn what_is_no_array_of_real_numbers_is_refused() {
    let whole = file("<f4", "False", "(2,)", &single(&[1.0, 2.0]));
    for (bytes, expected) in [
        (b"hello".to_vec(), "does not begin as a .npy file"),
        (vec![], "does not begin as a .npy file"),
        (whole[..20].to_vec(), "cut short in its header"),
        (whole[..7].to_vec(), "cut short in its header"),
        (whole[..whole.len() - 1].to_vec(), "7 bytes follow it"),
        ([&whole[..], &[0]].concat(), "9 bytes follow it"),
        (b"\x93NUMPY\x09\x00".to_vec(), "version 9"),
        (
            b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(),
            "4294967295 bytes",
        ),
        (file("<i8", "False", "(2,)", &[0; 16]), "float32 or float64"),
        (file("|O", "False", "(2,)", &[0; 16]), "float32 or float64"),
        (file("", "False", "(2,)", &[0; 16]), "float32 or float64"),
        (file("=f4", "False", "(2,)", &[0; 8]), "byte order"),
        (file("<f4", "False", "(1, 1, 2)", &[0; 8]), "[1, 1, 2]"),
        (file("<f4", "False", "()", &[0; 4]), "[steps]"),
        (file("<f4", "False", "(0, 2)", &[]), "at least one step"),
        (file("<f4", "False", "(-1, 2)", &[]), "does not describe"),
        (
            file("<f4", "False", "(9999999999999, 9999999999999)", &[]),
            "0 bytes follow it",
        ),
        (
            file("<f4", "False", &"(".repeat(3000), &[]),
            "does not describe",
        ),
        (
            file("<f4", "False", "(2,)", &single(&[1.0, f32::NAN])),
            "step 1, feature 0 is NaN",
        ),
        (
            file("<f8", "False", "(1,)", &1e300_f64.to_le_bytes()),
            "step 0, feature 0 is 1e300",
        ),
    ] {
        let message = read(&bytes).unwrap_err();
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(text in "[ -~]{0,120}", data in proptest::collection::vec(any::<u8>(), 0..40)) {
        let length = (text.len() as u16).to_le_bytes();
        let bytes = [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), &data].concat();
        let _ = read(&bytes);
    }
}
