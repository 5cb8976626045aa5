//! What files with types become where they are cut short or changed.

use std::sync::Arc;

use ::arrow_ipc::CompressionType;
use ::parquet::basic::{Compression, ZstdLevel};
use arrow_array::Int64Array;
use proptest::prelude::*;
use zip::CompressionMethod;

use super::test_files::*;
use super::*;

#[test]
fn a_size_that_a_file_only_announces_takes_no_memory() {
    let bytes = arrow_stream(
        &[batch(vec![(
            "x",
            Arc::new(Int64Array::from(vec![7; 1000])),
        )])],
        Some(CompressionType::ZSTD),
    );
    // The length of the buffer once it is unpacked stands before what is packed.
    let place = bytes
        .windows(8)
        .position(|eight| eight == 8000_i64.to_le_bytes())
        .unwrap();
    for announced in [1_i64 << 40, i64::MAX, 1 << 31] {
        let mut forged = bytes.clone();
        for place in place..bytes.len() - 8 {
            if bytes[place..place + 8] == 8000_i64.to_le_bytes() {
                forged[place..place + 8].copy_from_slice(&announced.to_le_bytes());
            }
        }
        let message = error(&forged);
        assert!(
            message.contains("1 GiB") || message.contains("damaged"),
            "{message}"
        );
    }
}

/// One small file of each format, with everything that is read in it.
fn files() -> Vec<Vec<u8>> {
    let vector = npy("<f8", "(3,)", &doubles(&[1.0, 2.0, 3.0]));
    let files = [
        ("a.npy", vector.clone()),
        ("b.npy", npy("<f8", "(3, 2)", &doubles(&[1.0; 6]))),
    ];
    vec![
        parquet(&[typed()]),
        parquet_with(&[typed()], Compression::ZSTD(ZstdLevel::default())),
        parquet_with(&[typed()], Compression::UNCOMPRESSED),
        parquet_with(&[typed()], Compression::LZ4_RAW),
        parquet_with(&[typed()], Compression::GZIP(Default::default())),
        arrow_file(&[typed(), typed()], None),
        arrow_file(&[typed()], Some(CompressionType::ZSTD)),
        arrow_stream(&[typed(), typed()], Some(CompressionType::LZ4_FRAME)),
        arrow_stream(&[typed()], None),
        npz(&files, CompressionMethod::Deflated),
        npz(&files, CompressionMethod::Stored),
        vector,
    ]
}

#[test]
fn a_file_that_is_cut_short_anywhere_is_an_error() {
    for bytes in files() {
        let step = (bytes.len() / 400).max(1);
        for length in (1..bytes.len()).step_by(step) {
            let result = Table::from_bytes(&bytes[..length]);
            assert!(result.is_err(), "{length} of {}", bytes.len());
        }
    }
}

fn damaged_file() -> impl Strategy<Value = Vec<u8>> {
    let files = files();
    (0..files.len()).prop_flat_map(move |file| {
        let bytes = files[file].clone();
        let length = bytes.len();
        let change = prop_oneof![
            (0..length, 0..8_u32).prop_map(|(place, bit)| (place, vec![bit as u8], true)),
            (0..length, proptest::collection::vec(any::<u8>(), 1..9))
                .prop_map(|(place, bytes)| (place, bytes, false)),
            (0..length, prop_oneof![Just(0xff_u8), Just(0x7f), Just(0)])
                .prop_map(|(place, byte)| (place, vec![byte; 4], false)),
        ];
        proptest::collection::vec(change, 1..4).prop_map(move |changes| {
            let mut bytes = bytes.clone();
            for (place, change, flip) in changes {
                if flip {
                    bytes[place] ^= 1 << change[0];
                    continue;
                }
                for (byte, new) in bytes[place..].iter_mut().zip(change) {
                    *byte = new;
                }
            }
            bytes
        })
    })
}

proptest! {
    #[test]
    fn a_damaged_file_is_an_error_or_a_table(bytes in damaged_file()) {
        if let Ok(table) = Table::from_bytes(&bytes) {
            prop_assert!(table.rows() > 0);
        }
    }
}
