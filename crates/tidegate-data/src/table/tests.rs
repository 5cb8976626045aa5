//! What text files become, whole and malformed.

use proptest::prelude::*;

use super::*;

fn table(text: &str) -> Table {
    Table::from_bytes(text.as_bytes()).unwrap()
}

fn error(bytes: &[u8]) -> String {
    Table::from_bytes(bytes).unwrap_err().to_string()
}

fn numbers<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    let mut columns = table.columns().iter();
    match &columns.find(|column| column.name == name).unwrap().values {
        Values::Numbers(values) => values,
        other => panic!("{name} holds no numbers: {other:?}"),
    }
}

#[test]
fn the_separator_is_found_out() {
    for (text, separator) in [
        ("a,b\n1,2\n", Separator::Comma),
        ("a;b\n1;2\n", Separator::Semicolon),
        ("a\tb\r\n1\t2\r\n", Separator::Tab),
        ("a;b\n1,5;2,5\n", Separator::Semicolon),
        ("\"a;x\",b\n1,2\n", Separator::Comma),
        ("a\n1\n", Separator::Comma),
    ] {
        let format = table(text).format();
        assert!(
            matches!(format, TableFormat::Delimited { separator: found, .. } if found == separator),
            "{text:?}: {format:?}"
        );
    }
}

#[test]
fn a_decimal_comma_is_read_between_semicolons_only() {
    let read = table("a;b\n1,5;3\n-2;4\n");
    assert_eq!(numbers(&read, "a"), [1.5, -2.0]);
    assert_eq!(numbers(&read, "b"), [3.0, 4.0]);
    let decimal_comma = |table: &Table| matches!(table.format(), TableFormat::Delimited { decimal_comma, .. } if decimal_comma);
    assert!(decimal_comma(&read));
    let read = table("a\tb\n1,5\t3\n");
    assert!(matches!(read.columns()[0].values, Values::Texts(_)));
    assert!(!decimal_comma(&read));
}

#[test]
fn byte_order_marks_quotes_spaces_and_both_ends_of_line_are_read() {
    for text in [
        "\u{feff}a,\"b,c\"\r\n 1 ,\"2\"\r\n3,4\r\n",
        "a,\"b,c\"\n1,2\n3,4",
        "a,\"b,c\"\r1,2\r3,4\r\r",
    ] {
        let read = table(text);
        assert_eq!(numbers(&read, "a"), [1.0, 3.0], "{text:?}");
        assert_eq!(numbers(&read, "b,c"), [2.0, 4.0]);
        assert_eq!((read.line(0), read.line(1)), (2, 3), "{text:?}");
    }
}

#[test]
fn a_row_has_the_line_that_it_begins_at() {
    let read = table("a,b\r\n1,\"two\r\nlines\"\r\n2,x\r\n");
    assert_eq!((read.rows(), read.line(0), read.line(1)), (2, 2, 4));
    let read = table("\n\n{\"a\": 1}\n\n{\"a\": 2}\n");
    assert_eq!((read.line(0), read.line(1)), (3, 5));
}

#[test]
fn missing_values_are_counted_with_the_first_line_of_each_marker() {
    let read = table("a,b\n1,x\nNA,\n,y\nNA,z\n");
    let column = &read.columns()[0];
    assert_eq!((column.present(), &column.missing[..]), (1, &[1, 2, 3][..]));
    let marker = |text: &str, count, line| Marker {
        text: text.to_owned(),
        count,
        first: Place::Line(line),
    };
    assert_eq!(column.markers, [marker("NA", 2, 3), marker("", 1, 4)]);
    assert!(numbers(&read, "a")[1].is_nan());
    assert_eq!(read.columns()[1].markers, [marker("", 1, 3)]);
    // A column with nothing in it is one of numbers that are all missing.
    assert_eq!(table("a,b\n1,?\n2,?\n").columns()[1].present(), 0);
}

#[test]
fn text_among_numbers_is_kept_and_named() {
    let read = table("a,b\n1,x\n2,y\noff,3\n4,z\n");
    let stray = StrayText {
        count: 1,
        line: 4,
        cell: "off".to_owned(),
    };
    assert_eq!(read.columns()[0].stray, Some(stray));
    // A few numbers among texts are texts.
    assert_eq!(read.columns()[1].stray, None);
    assert!(matches!(&read.columns()[1].values, Values::Texts(texts) if texts.get(2) == "3"));
}

#[test]
fn json_lines_become_columns_in_the_order_of_the_first_row() {
    let read = table(
        "{\"ds\": \"2016-07-01\", \"y\": 1.5e2, \"on\": true}\n{\"y\": null, \"on\": false, \"ds\": \"2016-07-02\"}\n",
    );
    assert_eq!(read.format(), TableFormat::JsonLines);
    let names: Vec<&str> = read
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["ds", "y", "on"]);
    assert_eq!(numbers(&read, "y")[0], 150.0);
    assert_eq!(read.columns()[1].missing, [1]);
    assert!(
        matches!(&read.columns()[0].values, Values::Texts(texts) if texts.get(1) == "2016-07-02")
    );
}

#[test]
fn a_key_that_a_json_line_leaves_out_is_missing_there() {
    let read = table("{\"a\": 1}\n{\"c\": 5, \"b\": null}\n{}\n{\"b\": 2, \"a\": 3}\n");
    let names: Vec<&str> = read
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["a", "c", "b"]);
    let missing: Vec<&[usize]> = read
        .columns()
        .iter()
        .map(|column| &column.missing[..])
        .collect();
    assert_eq!(missing, [&[1, 2][..], &[0, 2, 3], &[0, 1, 2]]);
    assert_eq!((numbers(&read, "a")[3], numbers(&read, "c")[1]), (3.0, 5.0));
    let markers = &read.columns()[2].markers;
    assert_eq!((markers.len(), markers[1].first), (2, Place::Line(2)));
}

#[test]
fn an_unnamed_column_gets_a_name() {
    assert_eq!(table(",a\n0,5\n").columns()[0].name, "unnamed_1");
}

#[test]
fn every_malformed_file_is_one_error_that_names_the_place() {
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (b"\n \r\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"a,b\n", "no row follows the header"),
        (b"1.5,2\n3,4\n", "line 1 holds \"1.5\", and no name"),
        (
            b"2016-07-01 00:00:00,2\n2016-07-01 01:00:00,4\n",
            "needs a header",
        ),
        (
            b"a,b,a\n1,2,3\n",
            "line 1: columns 1 and 3 are both called \"a\"",
        ),
        (
            b"a,b\r\n1,2\r\n3\r\n",
            "line 3: the row has 1 cell where the header has 2",
        ),
        (
            b"a,b\n1,2,3\n",
            "line 2: the row has 3 cells where the header has 2",
        ),
        (
            b"a,b\r\n1,2\r\n\r\n3,4\r\n",
            "line 3 is empty, and rows follow",
        ),
        (b"a,b\n1,2\n3,\"4\n5,6\n", "line 3 opens a quotation mark"),
        (
            b"a,b\n1,2\n3,inf\n",
            "line 3, column \"b\": inf is infinite",
        ),
        (
            b"a,b\n1,2\n3,1e999\n",
            "line 3, column \"b\": 1e999 is infinite",
        ),
        (b"a,b\n1,2\n3,\xe9\n", "line 3, byte 3 is not text in UTF-8"),
        (b"a,b\n1,\x002\n", "line 2, byte 3 is not text in UTF-8"),
        (b"PAR1\x15\x04", "the Parquet file is cut short"),
        (b"ARROW1\x00\x00", "the Arrow file is cut short"),
        (b"\xff\xff\xff\xff", "the Arrow file is cut short"),
        (b"\x93NUMPY", "the NumPy file is cut short"),
        (b"PK\x03\x04rest", "the NumPy archive is cut short"),
        (
            b"\x1f\x8b\x08",
            "compressed with gzip, which is not read: unpack it first",
        ),
        (b"\xff\xfea\x00,\x00", "UTF-16"),
        (b"[{\"a\": 1}]", "a JSON array"),
        (b"{}\n", "line 1: the object is empty"),
        (
            b"{\"a\": 1}\n{\"a\": 2\n",
            "line 2: not one JSON object a line",
        ),
        (b"{\n\"a\": 1}\n", "line 1: not one JSON object a line"),
        (
            b"{\"a\": 1}\n[2]\n",
            "line 2: invalid type: sequence, expected a JSON object",
        ),
        (b"{\"a\": [1]}\n", "expected a number, a text"),
        (b"{\"a\": 1, \"a\": 2}\n", "the key \"a\" occurs twice"),
        (
            b"{\"a\": 1e999}\n",
            "line 1: not one JSON object a line (number out of range",
        ),
    ] {
        let message = error(bytes);
        assert!(
            message.contains(expected),
            "{:?}: {message}",
            String::from_utf8_lossy(bytes)
        );
    }
}

proptest! {
    #[test]
    fn a_written_table_is_read_back(
        separator in 0..3_usize,
        end in prop_oneof![Just("\n"), Just("\r\n")],
        rows in proptest::collection::vec((proptest::option::of(-1e300..1e300_f64), "[a-z\",;\t \r\n]{0,6}"), 1..30),
    ) {
        let separator = Separator::ALL[separator].byte() as char;
        let mut text = format!("number{separator}text{end}");
        for (number, word) in &rows {
            let number = number.map_or("NA".to_owned(), |number| number.to_string());
            text += &format!("{number}{separator}\"w{}w\"{end}", word.replace('"', "\"\""));
        }
        let read = table(&text);
        prop_assert_eq!(read.rows(), rows.len());
        let Values::Texts(words) = &read.columns()[1].values else { panic!("text is read as numbers") };
        for (row, (number, word)) in rows.iter().enumerate() {
            prop_assert_eq!(words.get(row), format!("w{word}w"));
            prop_assert_eq!(read.columns()[0].missing.contains(&row), number.is_none());
            if let Some(number) = number {
                prop_assert_eq!(numbers(&read, "number")[row], *number);
            }
        }
    }

    #[test]
    fn any_bytes_are_an_error_or_a_table(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Table::from_bytes(&bytes);
    }

    #[test]
    fn any_text_of_the_characters_that_matter_is_an_error_or_a_table(
        text in "[ab01,;.\t\"\r\n{}:N?-]{0,60}",
        header in prop_oneof![Just(""), Just("a,b\n"), Just("{\"a\": 1}\n")],
    ) {
        if let Ok(table) = Table::from_bytes(format!("{header}{text}").as_bytes()) {
            let rows = table.rows();
            prop_assert!(rows > 0 && (1..rows).all(|row| table.line(row) > table.line(row - 1)));
        }
    }
}
