//! Files that pandas, pyarrow and NumPy write (`tests/files/make_files.py`).
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::path::PathBuf;

use tidegate_data::{Column, Frequency, Table, TableFormat, TimeColumn, TimeSteps, Values};

fn read(name: &str) -> Table {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    Table::read(folder.join(name)).unwrap()
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    let mut columns = table.columns().iter();
    columns.find(|column| column.name == name).unwrap()
}

fn numbers<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    match &column(table, name).values {
        Values::Numbers(numbers) => numbers,
        other => panic!("{other:?}"),
    }
}

fn text<'a>(table: &'a Table, name: &str, row: usize) -> &'a str {
    match &column(table, name).values {
        Values::Texts(texts) => texts.get(row),
        other => panic!("{other:?}"),
    }
}

/// First and last time, hour by hour.
fn check_times(table: &Table, name: &str, first: &str, last: &str) {
    let time = TimeColumn::find(table, None).unwrap().unwrap();
    assert_eq!(table.columns()[time.columns[0]].name, name);
    assert_eq!(time.text(time.times[0]), first);
    assert_eq!(time.text(time.times[23]), last);
    let steps = TimeSteps::of(&time, &[(0..24).collect()]);
    let hour = Frequency::Microseconds(3_600_000_000);
    assert_eq!((steps.frequency, steps.regular), (Some(hour), 23));
}

#[test]
fn a_frame_of_pandas_is_the_same_from_parquet_and_feather() {
    for (name, format) in [
        ("pandas.parquet", TableFormat::Parquet),
        ("pandas.feather", TableFormat::ArrowFile),
    ] {
        let table = read(name);
        assert_eq!((table.format(), table.rows()), (format, 24), "{name}");
        check_times(
            &table,
            "measured",
            "2016-06-30 15:00:00Z",
            "2016-07-01 14:00:00Z",
        );
        assert_eq!(numbers(&table, "load")[..3], [0.0, 0.247, 0.479]);
        assert_eq!(column(&table, "count").missing, [5]);
        assert_eq!(numbers(&table, "count")[6], 6.0);
        assert_eq!(numbers(&table, "holiday")[..2], [1.0, 0.0]);
        assert_eq!(text(&table, "place", 3), "south");
        assert_eq!(text(&table, "weekday", 0), "Friday");
    }
}

#[test]
fn an_archive_of_numpy_is_a_table() {
    let table = read("numpy.npz");
    assert_eq!((table.format(), table.rows()), (TableFormat::Npz, 24));
    check_times(&table, "ds", "2016-07-01 00:00:00", "2016-07-01 23:00:00");
    assert_eq!(numbers(&table, "load")[1], f64::from(0.247_f32));
    assert_eq!(numbers(&table, "weather_1")[..2], [1.0, 3.0]);
    assert_eq!(text(&table, "place", 1), "north");
}
