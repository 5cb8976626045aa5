use proptest::prelude::*;

use super::*;

fn columns(time: bool, values: &[&str]) -> StreamColumns {
    StreamColumns {
        time: time.then(|| "time".to_owned()),
        values: values.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// Each line in words.
fn lines(bytes: &[u8], columns: StreamColumns) -> Vec<String> {
    let mut stream = ReadingStream::new(bytes, columns);
    let mut lines = Vec::new();
    loop {
        lines.push(match stream.next() {
            Ok(None) => return lines,
            Ok(Some(StreamLine::Header)) => "header".to_owned(),
            Ok(Some(StreamLine::Reading { time, values })) => format!("{time} {values:?}"),
            Ok(Some(StreamLine::Skipped { time, problem })) => format!("{time} skipped: {problem}"),
            Err(error) => {
                lines.push(error.to_string());
                return lines;
            }
        });
    }
}

#[test]
fn columns_are_found_by_name_between_each_separator() {
    for separator in [",", ";", "\t"] {
        let text =
            format!("\u{feff}b{separator}time{separator}a\r\n1{separator}x{separator}2.5\r\n");
        assert_eq!(
            lines(text.as_bytes(), columns(true, &["a", "b"])),
            ["header", "x [2.5, 1.0]"]
        );
    }
    assert_eq!(
        lines(b"time;a\nx;2,5\ny;2.5\n", columns(true, &["a"])),
        ["header", "x [2.5]", "y [2.5]"]
    );
}

#[test]
fn a_last_line_without_an_end_is_left_alone_where_it_may_still_be_written() {
    let mut stream =
        ReadingStream::new(&b"time,a\nx,1\ny,5"[..], columns(true, &["a"])).only_ended_lines();
    assert!(matches!(stream.next(), Ok(Some(StreamLine::Header))));
    assert!(matches!(
        stream.next(),
        Ok(Some(StreamLine::Reading { .. }))
    ));
    assert!(!stream.has_left_a_line());
    assert!(matches!(stream.next(), Ok(None)));
    assert_eq!((stream.has_left_a_line(), stream.line()), (true, 2));
}

#[test]
fn a_header_may_come_again_and_be_missing() {
    assert_eq!(
        lines(b"time,a\nx,1\na,time\n2,y\n", columns(true, &["a"])),
        ["header", "x [1.0]", "header", "y [2.0]"]
    );
    assert_eq!(
        lines(b"x,1\ny,\n", columns(true, &["a"])),
        ["x [1.0]", "y [NaN]"]
    );
    assert_eq!(
        lines(b"1\nNA\n3", columns(false, &["a"])),
        [" [1.0]", " [NaN]", " [3.0]"]
    );
}

#[test]
fn a_first_line_that_can_be_read_in_two_ways_asks_for_a_header() {
    let found = lines(b"2023;55,5\n", columns(true, &["a"]));
    assert!(found[0].contains("put the header first"), "{found:?}");
    assert_eq!(
        lines(b"time;a\n2023;55,5\n", columns(true, &["a"])),
        ["header", "2023 [55.5]"]
    );
}

#[test]
fn a_header_with_a_column_twice_is_refused() {
    assert_eq!(
        lines(b"time,a,a\nx,1,2\n", columns(true, &["a"])),
        ["line 1: the header has the column \"a\" twice: give each column a name of its own"]
    );
}

#[test]
fn what_stands_behind_a_bare_carriage_return_is_part_of_the_line() {
    assert_eq!(
        lines(
            b"time,a\r\n\"x\",1\ry,2\n\"x\",1\r\n",
            columns(true, &["a"])
        ),
        [
            "header",
            "x skipped: it has 3 cells where 2 are expected",
            "x [1.0]"
        ]
    );
}

#[test]
fn half_a_line_is_not_more() {
    let buffered = |bytes| {
        let mut stream = ReadingStream::new(io::BufReader::new(bytes), columns(false, &["a"]));
        stream.next().unwrap();
        stream.has_more()
    };
    assert!(buffered(&b"1\n2\n"[..]));
    assert!(!buffered(&b"1\n2"[..]));
}

#[test]
fn a_stream_goes_on_without_a_header_where_its_layout_is_known() {
    let mut first = ReadingStream::new(&b"x,time,a\n0,n,1\n"[..], columns(true, &["a"]));
    first.next().unwrap();
    let layout = first.layout().cloned();
    let mut second =
        ReadingStream::new(&b"0,m,2\n"[..], columns(true, &["a"])).with_layout(layout.clone());
    let reading = StreamLine::Reading {
        time: "m",
        values: &[2.0],
    };
    assert_eq!(second.next().unwrap(), Some(reading));
    // One of other columns is not taken.
    let other = ReadingStream::new(&b""[..], columns(true, &["a", "b"])).with_layout(layout);
    assert_eq!(other.layout(), None);
}

#[test]
fn a_line_that_is_no_reading_is_named_and_passed_over() {
    let mut bytes = b"time,a\nt1,five\nt2\nt3,1,2\nt4,inf\n\n\"t5,1\n\xff,1\n".to_vec();
    bytes.extend(vec![b'9'; 3 << 20]);
    bytes.extend(b"\n\"t,6\",7\n");
    assert_eq!(
        lines(&bytes, columns(true, &["a"])),
        [
            "header",
            "t1 skipped: column \"a\": \"five\" is not a number",
            "t2 skipped: it has 1 cell where 2 are expected",
            "t3 skipped: it has 3 cells where 2 are expected",
            "t4 skipped: column \"a\": \"inf\" is infinite",
            " skipped: it has 1 cell where 2 are expected",
            " skipped: a quotation mark is not closed on the line",
            " skipped: it is not text in UTF-8",
            " skipped: it is longer than 1 MiB",
            "t,6 [7.0]",
        ]
    );
}

#[test]
fn what_begins_with_neither_header_nor_reading_is_refused_with_the_names() {
    let found = lines(b"zeit,wert\n1,2\n", columns(true, &["a"]));
    assert_eq!(
        found,
        [
            "line 1: \"zeit,wert\" is no header that names \"time\", \"a\", and no reading with exactly these cells: put \
          the header first"
        ]
    );
}

#[test]
fn memory_stays_bounded_however_long_a_line_is() {
    let endless = io::BufReader::new(io::Read::take(io::repeat(b'x'), 64 << 20));
    let mut stream = ReadingStream::new(endless, columns(false, &["a"]));
    assert!(matches!(
        stream.next(),
        Ok(Some(StreamLine::Skipped {
            problem: LineProblem::TooLong,
            ..
        }))
    ));
    assert!(stream.source.bytes.capacity() <= 4 << 20);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_each_line_gives_one(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let stream = [&b"time,a\n"[..], &bytes].concat();
        let mut stream = ReadingStream::new(&stream[..], columns(true, &["a"]));
        let mut lines = 0;
        while let Ok(Some(_)) = stream.next() {
            lines += 1;
        }
        let ends = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let is_cut = bytes.last().is_some_and(|&byte| byte != b'\n');
        prop_assert_eq!(lines, 1 + ends + usize::from(is_cut));
    }
}
