//! What Parquet and Arrow files become.

use std::sync::Arc;

use ::arrow_ipc::CompressionType;
use ::parquet::basic::{Compression, ZstdLevel};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, Date64Array, Float64Array, StructArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray,
};
use arrow_schema::{DataType, Field};

use super::test_files::*;
use super::*;

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
            "there are no rows",
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
