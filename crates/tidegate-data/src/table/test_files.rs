//! Files with types as the crates that define them write them, and columns as tests show them.

use std::io::Write;
use std::sync::Arc;

use ::arrow_ipc::CompressionType;
use ::arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int16Array, Int64Array, LargeStringArray, NullArray, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray, TimestampNanosecondArray, TimestampSecondArray,
    UInt64Array,
};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

pub(super) fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

pub(super) fn parquet_with(batches: &[RecordBatch], compression: Compression) -> Vec<u8> {
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

pub(super) fn parquet(batches: &[RecordBatch]) -> Vec<u8> {
    parquet_with(batches, Compression::SNAPPY)
}

pub(super) fn arrow_file(batches: &[RecordBatch], compression: Option<CompressionType>) -> Vec<u8> {
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

pub(super) fn arrow_stream(
    batches: &[RecordBatch],
    compression: Option<CompressionType>,
) -> Vec<u8> {
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
pub(super) fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    described(&format!("'{descr}'"), shape, data)
}

/// The same with the type of its elements in Python's notation.
pub(super) fn described(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!(
        "{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}{:>20}",
        "\n"
    );
    let length = (text.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), data].concat()
}

pub(super) fn doubles(values: &[f64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

pub(super) fn npz(files: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
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

/// Two rows of each type that is read, and a third one that is null.
pub(super) fn typed() -> RecordBatch {
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

pub(super) fn error(bytes: &[u8]) -> String {
    Table::from_bytes(bytes).unwrap_err().to_string()
}

pub(super) fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    let mut columns = table.columns().iter();
    columns.find(|column| column.name == name).unwrap()
}

/// The values of a column as text; `-` where they are missing.
pub(super) fn shown(table: &Table, name: &str) -> String {
    let column = column(table, name);
    let row = |row: usize| match &column.values {
        _ if column.missing.contains(&row) => "-".to_owned(),
        Values::Numbers(numbers) => numbers[row].to_string(),
        Values::Texts(texts) => texts.get(row).to_owned(),
        Values::Times(times) => times.microseconds[row].to_string(),
    };
    (0..table.rows()).map(row).collect::<Vec<_>>().join(" ")
}
