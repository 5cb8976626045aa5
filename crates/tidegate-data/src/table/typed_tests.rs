//! What files with types become, as the crates that define them write them, whole and malformed.

use std::io::Write;
use std::sync::Arc;

use ::arrow_ipc::CompressionType;
use ::arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray,
    Float32Array, Float64Array, Int16Array, Int64Array, LargeStringArray, NullArray, RecordBatch,
    StringArray, StringViewArray, StructArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field};
use proptest::prelude::*;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

fn parquet_with(batches: &[RecordBatch], compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder().set_compression(compression);
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, batches[0].schema(), Some(properties.build())).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
    bytes
}

fn parquet(batches: &[RecordBatch]) -> Vec<u8> {
    parquet_with(batches, Compression::SNAPPY)
}

fn arrow_file(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression);
    let mut bytes = Vec::new();
    let mut writer =
        FileWriter::try_new_with_options(&mut bytes, &batches[0].schema(), options.unwrap())
            .unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn arrow_stream(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression);
    let mut bytes = Vec::new();
    let mut writer =
        StreamWriter::try_new_with_options(&mut bytes, &batches[0].schema(), options.unwrap())
            .unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    bytes
}

/// A file as NumPy writes it.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    described(&format!("'{descr}'"), shape, data)
}

/// The same with the type of its elements in Python's notation.
fn described(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!(
        "{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}{:>20}",
        "\n"
    );
    let length = (text.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), data].concat()
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn npz(files: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = ZipWriter::new(&mut bytes);
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap();
    bytes.into_inner()
}

fn error(bytes: &[u8]) -> String {
    Table::from_bytes(bytes).unwrap_err().to_string()
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    let mut columns = table.columns().iter();
    columns.find(|column| column.name == name).unwrap()
}

/// The values of a column as text; `-` where they are missing.
fn shown(table: &Table, name: &str) -> String {
    let column = column(table, name);
    let row = |row: usize| match &column.values {
        _ if column.missing.contains(&row) => "-".to_owned(),
        Values::Numbers(numbers) => numbers[row].to_string(),
        Values::Texts(texts) => texts.get(row).to_owned(),
        Values::Times(times) => times.microseconds[row].to_string(),
    };
    (0..table.rows()).map(row).collect::<Vec<_>>().join(" ")
}

/// Two rows of each type that is read, and a third one that is null.
fn typed() -> RecordBatch {
    let decimals = Decimal128Array::from(vec![Some(123_450), Some(-5), None]);
    let times = TimestampSecondArray::from(vec![Some(0), Some(60), None]);
    batch(vec![
        (
            "int16",
            Arc::new(Int16Array::from(vec![Some(-3), Some(4), None])),
        ),
        (
            "int64",
            Arc::new(Int64Array::from(vec![Some(-3), Some(1 << 40), None])),
        ),
        (
            "uint64",
            Arc::new(UInt64Array::from(vec![Some(3), Some(4), None])),
        ),
        (
            "float32",
            Arc::new(Float32Array::from(vec![Some(0.5), Some(f32::NAN), None])),
        ),
        (
            "float64",
            Arc::new(Float64Array::from(vec![Some(0.1), Some(-1e300), None])),
        ),
        (
            "decimal",
            Arc::new(decimals.with_precision_and_scale(10, 3).unwrap()),
        ),
        (
            "boolean",
            Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        ),
        (
            "text",
            Arc::new(StringArray::from(vec![Some("NA"), Some("12"), None])),
        ),
        (
            "large",
            Arc::new(LargeStringArray::from(vec![Some("a"), Some(""), None])),
        ),
        (
            "view",
            Arc::new(StringViewArray::from(vec![
                Some("a"),
                Some("a text of more than twelve bytes"),
                None,
            ])),
        ),
        (
            "category",
            Arc::new(
                [Some("x"), Some("y"), None]
                    .into_iter()
                    .collect::<DictionaryArray<Int8Type>>(),
            ),
        ),
        (
            "date",
            Arc::new(Date32Array::from(vec![Some(16_983), Some(-1), None])),
        ),
        ("seconds", Arc::new(times)),
        (
            "micro",
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(7), Some(-7), None])
                    .with_timezone("Asia/Seoul"),
            ),
        ),
        (
            "nano",
            Arc::new(TimestampNanosecondArray::from(vec![
                Some(7_000),
                Some(-7_000),
                None,
            ])),
        ),
        ("null", Arc::new(NullArray::new(3))),
    ])
}

fn check_typed(table: &Table, rows: usize) {
    assert_eq!(table.rows(), rows);
    for (name, expected) in [
        ("int16", "-3 4 -"),
        ("int64", "-3 1099511627776 -"),
        ("uint64", "3 4 -"),
        ("float32", "0.5 - -"),
        ("decimal", "123.45 -0.005 -"),
        ("boolean", "1 0 -"),
        ("text", "NA 12 -"),
        ("large", "a  -"),
        ("view", "a a text of more than twelve bytes -"),
        ("category", "x y -"),
        ("date", "1467331200000000 -86400000000 -"),
        ("seconds", "0 60000000 -"),
        ("micro", "7 -7 -"),
        ("nano", "7 -7 -"),
        ("null", "- - -"),
    ] {
        let expected = vec![expected; rows / 3].join(" ");
        assert_eq!(shown(table, name), expected, "{name}");
    }
    assert_eq!(shown(table, "float64").split(' ').next(), Some("0.1"));
    let kind = |name| match &column(table, name).values {
        Values::Times(times) => times.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        [kind("date"), kind("seconds"), kind("micro")],
        [TimeKind::Date, TimeKind::Civil, TimeKind::Instant]
    );
    let markers = &column(table, "float32").markers;
    let found: Vec<_> = markers
        .iter()
        .map(|one| (&one.text[..], one.first))
        .collect();
    assert_eq!(found, [("NaN", Place::Row(2)), ("null", Place::Row(3))]);
}

#[test]
fn every_type_is_read_from_parquet_in_every_compression() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ] {
        let read = Table::from_bytes(&parquet_with(&[typed()], compression)).unwrap();
        assert_eq!(read.format(), TableFormat::Parquet);
        check_typed(&read, 3);
    }
}

#[test]
fn every_type_is_read_from_arrow_files_and_streams_in_every_compression() {
    for compression in [
        None,
        Some(CompressionType::LZ4_FRAME),
        Some(CompressionType::ZSTD),
    ] {
        let read = Table::from_bytes(&arrow_file(&[typed(), typed()], compression)).unwrap();
        assert_eq!(read.format(), TableFormat::ArrowFile);
        check_typed(&read, 6);
        let read = Table::from_bytes(&arrow_stream(&[typed(), typed()], compression)).unwrap();
        assert_eq!(read.format(), TableFormat::ArrowStream);
        check_typed(&read, 6);
    }
}

#[test]
fn the_times_of_a_file_that_keeps_them_are_found_whatever_their_column_is_called() {
    let times = TimestampMillisecondArray::from(vec![1_467_378_300_000, 1_467_378_360_250]);
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0]));
    for (times, format, expected) in [
        (
            Arc::new(times.clone()) as ArrayRef,
            "timestamps without a zone",
            "2016-07-01 13:06:00.25",
        ),
        (
            Arc::new(times.with_timezone("+09:00")),
            "timestamps in UTC",
            "2016-07-01 13:06:00.25Z",
        ),
        (
            Arc::new(Date64Array::from(vec![0, 86_400_000])),
            "dates",
            "1970-01-02",
        ),
    ] {
        let bytes = parquet(&[batch(vec![("y", numbers.clone()), ("when", times)])]);
        let read = Table::from_bytes(&bytes).unwrap();
        let found = crate::TimeColumn::find(&read, None).unwrap().unwrap();
        assert_eq!(
            (&found.columns[..], found.format.to_string().as_str()),
            (&[1][..], format)
        );
        assert_eq!(found.text(found.times[1]), expected);
    }
    let missing = TimestampSecondArray::from(vec![Some(0), None]);
    let bytes = parquet(&[batch(vec![("when", Arc::new(missing))])]);
    let found = crate::TimeColumn::find(&Table::from_bytes(&bytes).unwrap(), None);
    assert!(
        found
            .unwrap_err()
            .to_string()
            .starts_with("row 2, column \"when\": the time is missing")
    );
}

#[test]
fn what_a_column_holds_that_is_not_read_is_an_error_that_names_it() {
    let field = Arc::new(Field::new("a", DataType::Float64, true));
    let values: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    let record = StructArray::from(vec![(field, values)]);
    let infinite = Float64Array::from(vec![Some(1.0), None, Some(f64::NEG_INFINITY)]);
    for (array, expected) in [
        (Arc::new(record) as ArrayRef, "column \"x\" holds records"),
        (
            Arc::new(
                arrow_array::ListArray::from_iter_primitive::<Int8Type, _, _>([Some([Some(1)])]),
            ),
            "column \"x\" holds lists",
        ),
        (
            Arc::new(arrow_array::BinaryArray::from(vec![&b"a"[..]])),
            "column \"x\" holds bytes",
        ),
        (Arc::new(infinite), "row 3, column \"x\": -inf is infinite"),
        (
            Arc::new(TimestampNanosecondArray::from(vec![1000, 1])),
            "row 2, column \"x\": the time is no whole number of microseconds",
        ),
        (
            Arc::new(TimestampSecondArray::from(vec![i64::MAX])),
            "row 1, column \"x\": the time",
        ),
        (
            Arc::new(Float64Array::from(Vec::<f64>::new())),
            "the file holds no rows",
        ),
    ] {
        for bytes in [
            parquet(&[batch(vec![("x", array.clone())])]),
            arrow_file(&[batch(vec![("x", array.clone())])], None),
            arrow_stream(&[batch(vec![("x", array.clone())])], None),
        ] {
            let message = error(&bytes);
            assert!(message.contains(expected), "{message}");
        }
    }
}

#[test]
fn arrays_of_numpy_are_columns() {
    let read = |bytes: &[u8]| Table::from_bytes(bytes).unwrap();
    let vector = read(&npy("<f8", "(3,)", &doubles(&[1.0, f64::NAN, 2.5])));
    assert_eq!(
        (vector.format(), shown(&vector, "value")),
        (TableFormat::Npy, "1 - 2.5".into())
    );
    let matrix = read(&npy("<f8", "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0])));
    assert_eq!(
        (shown(&matrix, "column_0"), shown(&matrix, "column_1")),
        ("1 3".into(), "2 4".into())
    );
    for (descr, data, expected) in [
        ("|b1", &[1, 0][..], "1 0"),
        ("|i1", &[255, 1], "-1 1"),
        ("|u1", &[255, 1], "255 1"),
        (">i2", &[255, 254, 0, 1], "-2 1"),
        ("<f2", &[0x00, 0x3c, 0x00, 0xc0], "1 -2"),
        (
            "<U2",
            &[97, 0, 0, 0, 0, 0, 0, 0, 97, 0, 0, 0, 98, 0, 0, 0],
            "a ab",
        ),
        (
            "<M8[M]",
            &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128],
            "2678400000000 -",
        ),
    ] {
        assert_eq!(
            shown(&read(&npy(descr, "(2,)", data)), "value"),
            expected,
            "{descr}"
        );
    }
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let archive = npz(
            &[
                (
                    "t.npy",
                    npy(
                        "<M8[D]",
                        "(2,)",
                        &[0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
                    ),
                ),
                (
                    "x.npy",
                    npy("<f8", "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0])),
                ),
            ],
            method,
        );
        let archive = read(&archive);
        let names: Vec<_> = archive.columns().iter().map(|one| &one.name[..]).collect();
        assert_eq!(
            (archive.format(), &names[..]),
            (TableFormat::Npz, &["t", "x_0", "x_1"][..])
        );
        assert_eq!(shown(&archive, "x_1"), "2 4");
        let time = crate::TimeColumn::find(&archive, None).unwrap().unwrap();
        assert_eq!(time.text(time.times[1]), "1970-01-02");
    }
}

#[test]
fn arrays_of_numpy_that_make_no_table_are_errors() {
    let vector = |length: usize| npy("<f8", &format!("({length},)"), &doubles(&vec![1.0; length]));
    let archive = |files: &[(&str, Vec<u8>)]| npz(files, CompressionMethod::Deflated);
    for (bytes, expected) in [
        (
            archive(&[("a.npy", vector(2)), ("b.npy", vector(3))]),
            "the arrays \"a\" and \"b\" have 2 and 3 rows",
        ),
        (
            archive(&[("[Content_Types].xml", vec![])]),
            "a ZIP archive or a spreadsheet, which is not read",
        ),
        (archive(&[]), "holds no rows"),
        (
            archive(&[
                ("a_0.npy", vector(2)),
                ("a.npy", npy("<f8", "(2, 1)", &doubles(&[1.0; 2]))),
            ]),
            "columns 1 and 2 are both called \"a_0\"",
        ),
        (
            archive(&[("a.npy", npy("<f8", "()", &doubles(&[1.0])))]),
            "array \"a\": it has the shape []",
        ),
        (
            archive(&[("a.npy", npy("|O", "(1,)", &[0; 8]))]),
            "array \"a\": the array has the type \"|O\"",
        ),
        (
            npy("<f8", "(1, 100000)", &doubles(&[1.0; 100_000])),
            "100000 columns",
        ),
        (npy("<f8", "(0,)", &[]), "holds no rows"),
        (npy("<f8", "(1, 0)", &[]), "holds no rows"),
        (
            npy("<f8", "(2, 1)", &doubles(&[1.0, f64::INFINITY])),
            "row 2, column \"column_0\": inf is infinite",
        ),
        (npy("<U0", "(9999999999999999,)", &[]), "most"),
        (
            npy("<M8[Y]", "(1,)", &[255, 255, 255, 255, 255, 255, 255, 127]),
            "row 1, column \"value\": the time",
        ),
        (npy("<U1", "(1,)", &[0, 0, 0, 255]), "none in Unicode"),
        (
            npy("<f8", "(2,)", &doubles(&[1.0, 2.0])[..15]),
            "the NumPy file is cut short",
        ),
    ] {
        let message = error(&bytes);
        assert!(message.contains(expected), "{message}");
    }
    let structured = described("[('a', '<f8'), ('b', '<i4')]", "(1,)", &[0; 12]);
    assert!(error(&structured).contains("the array is structured"));
}

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
