//! Times as files hold them.

use proptest::prelude::*;

use super::*;

fn find(text: &str) -> Result<Option<TimeColumn>, TimeError> {
    TimeColumn::find(&Table::from_bytes(text.as_bytes()).unwrap(), None)
}

fn times(text: &str) -> TimeColumn {
    find(text).unwrap().unwrap()
}

/// The times of a column of these cells, as text.
fn read_cells(cells: &[&str]) -> Result<Vec<String>, String> {
    let text = format!("ds,y\n{},1\n", cells.join(",1\n"));
    let found = find(&text).map_err(|error| error.to_string())?.unwrap();
    Ok(found.times.iter().map(|&time| found.text(time)).collect())
}

#[test]
fn each_way_of_writing_a_time_is_read() {
    for (cell, expected) in [
        ("1949-01", "1949-01"),
        ("2016-07-01", "2016-07-01"),
        ("2016-07-01 13:05", "2016-07-01 13:05:00"),
        ("2016-07-01 13:05:09", "2016-07-01 13:05:09"),
        ("2016-07-01T13:05:09", "2016-07-01 13:05:09"),
        ("2016-07-01T13:05:09.25", "2016-07-01 13:05:09.25"),
        ("2016-07-01T13:05:09+09:00", "2016-07-01 04:05:09Z"),
        ("2016-07-01 13:05:09Z", "2016-07-01 13:05:09Z"),
        ("1467378309", "2016-07-01 13:05:09Z"),
        ("1467378309250", "2016-07-01 13:05:09.25Z"),
        ("2016-07-01 13", "2016-07-01 13:00:00"),
        ("2016/07/01", "2016-07-01"),
        ("2016/7/1 9:05", "2016-07-01 09:05:00"),
        ("2016.12.31 23:59:59.5", "2016-12-31 23:59:59.5"),
        ("31/12/2016", "2016-12-31"),
        ("31.1.2016 9:05", "2016-01-31 09:05:00"),
        ("1-31-2016", "2016-01-31"),
        ("20160701", "2016-07-01"),
    ] {
        assert_eq!(read_cells(&[cell]).unwrap(), [expected], "{cell}");
    }
}

#[test]
fn what_is_no_time_is_named_with_line_and_column() {
    for cell in [
        "07/2016",
        "31/31/2016",
        "1/7/16",
        "2016-13",
        "2016-02-30",
        "2016-07-01 25:00:00",
        "2016-07-01T",
        "noon",
        "2016-07-01 é",
    ] {
        let message = read_cells(&["2016-07-01", cell]).unwrap_err();
        assert!(
            message.starts_with(&format!("line 3, column \"ds\": {cell:?} is not a time")),
            "{message}"
        );
    }
    let message = read_cells(&["1467378309", "1467378310", "off"]).unwrap_err();
    assert!(
        message.starts_with("line 4, column \"ds\": \"off\""),
        "{message}"
    );
    let message = read_cells(&["2016-07-01", "NA"]).unwrap_err();
    assert!(
        message.contains("line 3, column \"ds\": the time is missing"),
        "{message}"
    );
}

#[test]
fn two_ways_of_writing_are_an_error_that_names_both_lines() {
    for other in [
        "2016-07-02T00:00:00",
        "2016-07-02",
        "2016-07-02 00:00:00Z",
        "2016-07",
        "01/07/2016",
    ] {
        let message =
            read_cells(&["2016-07-01 00:00:00", "2016-07-01 01:00:00", other]).unwrap_err();
        assert!(
            message.starts_with("column \"ds\": line 4 is written as"),
            "{message}"
        );
        assert!(
            message.contains("line 2 as YYYY-MM-DD hh:mm:ss"),
            "{message}"
        );
    }
    let message = read_cells(&["1467378309", "1467378309250"]).unwrap_err();
    assert!(
        message.contains("line 3 is written as milliseconds"),
        "{message}"
    );
    // A fraction that is left out where it is 0 makes no second way.
    assert!(read_cells(&["2016-07-01 00:00:00.5", "2016-07-01 00:00:01"]).is_ok());
}

#[test]
fn the_whole_column_decides_whether_the_day_or_the_month_stands_first() {
    assert_eq!(
        read_cells(&["01/07/2016 00:00", "02/07/2016 00:00", "13/07/2016 00:00"]).unwrap()[1],
        "2016-07-02 00:00:00"
    );
    assert_eq!(
        read_cells(&["1/7/2016", "1/31/2016"]).unwrap(),
        ["2016-01-07", "2016-01-31"]
    );
    for (cells, expected) in [
        (
            &["01.07.2016", "02.07.2016"][..],
            "column \"ds\": line 2 holds 01.07.2016, and no row tells whether the day or the month stands first: say \
             --day-first or --month-first",
        ),
        (
            &["1/7/2016", "1/31/2016", "2/2/2016", "13/1/2016"],
            "line 3 can only be month first, and line 5 only day first",
        ),
        (
            &["13/7/2016", "14.7.2016"],
            "line 3 is written as DD.MM.YYYY, and line 2 as DD/MM/YYYY",
        ),
        (
            &["13/7/2016", "14/7/2016 12:00"],
            "line 3 is written as DD/MM/YYYY hh:mm:ss",
        ),
    ] {
        let message = read_cells(cells).unwrap_err();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_order_that_is_asked_for_is_kept_to() {
    let table = Table::from_bytes(b"ds,y\n01/07/2016,1\n02/07/2016,2\n").unwrap();
    for (order, expected) in [
        (DateOrder::DayFirst, "2016-07-02"),
        (DateOrder::MonthFirst, "2016-02-07"),
    ] {
        let options = TimeOptions {
            order: Some(order),
            ..TimeOptions::default()
        };
        let found = TimeColumn::find(&table, options).unwrap().unwrap();
        assert_eq!(found.text(found.times[1]), expected);
        assert_eq!(found.format.order(), Some(order));
    }
    let table = Table::from_bytes(b"ds,y\n13/07/2016,1\n02/07/2016,2\n").unwrap();
    let options = TimeOptions {
        order: Some(DateOrder::MonthFirst),
        ..TimeOptions::default()
    };
    let message = TimeColumn::find(&table, options).unwrap_err().to_string();
    assert!(
        message.contains("\"13/07/2016\" is not a time"),
        "{message}"
    );
}

#[test]
fn eight_digits_are_a_date_where_the_name_says_so() {
    assert_eq!(
        times("date,y\n20160630,1\n20160701,2\n").format,
        TimeFormat::CompactDate
    );
    assert_eq!(find("y,z\n20160630,1\n20160701,2\n").unwrap(), None);
    assert_eq!(find("time,z\n20160631,1\n").unwrap(), None);
    let table = Table::from_bytes(b"y,z\n20160630,1\n").unwrap();
    assert!(TimeColumn::find(&table, Some("y")).is_ok());
}

#[test]
fn times_in_several_columns_are_put_together() {
    let found = times("No,year,month,day,hour,pm\n1,2010,1,31,23,5\n2,2010,2,1,0,6\n");
    assert_eq!(found.columns, [1, 2, 3, 4]);
    assert_eq!(found.text(found.times[1]), "2010-02-01 00:00:00");
    assert_eq!(found.times[1] - found.times[0], 3_600_000_000);
    let found = times("Year,y\n1749,1\n1750,2\n");
    assert_eq!(found.text(found.times[1]), "1750");
    let message = find("year,month,day,y\n2010,2,30,1\n")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("line 2: year 2010, month 2, day 30 is no time"),
        "{message}"
    );
    let message = find("year,month,y\n2010,NA,1\n").unwrap_err().to_string();
    assert!(
        message.contains("line 2, column \"month\": the time is missing"),
        "{message}"
    );
}

#[test]
fn the_column_is_found_by_its_name_or_by_what_it_holds() {
    let column = |text: &str| find(text).unwrap().map(|time| time.columns);
    assert_eq!(column("y,Date\n1,2016-07-01\n"), Some(vec![1]));
    assert_eq!(column("when,date\n2016-07-01,2017-07-01\n"), Some(vec![1]));
    assert_eq!(column("y,moment,z\n1,2016-07-01,x\n"), Some(vec![1]));
    assert_eq!(column("time,y\n0.5,1\n"), None);
    assert_eq!(column("y,z\n1467378309,x\n"), None);
    assert_eq!(column("month,y\nJanuary,1\n"), None);
}

#[test]
fn the_column_that_is_asked_for_is_read() {
    let table = Table::from_bytes(b"date,made\n2016-07-01,1467378309\n").unwrap();
    let found = TimeColumn::find(&table, Some("made")).unwrap().unwrap();
    assert_eq!(
        (found.columns, found.format),
        (vec![1], TimeFormat::UnixSeconds)
    );
    let error = TimeColumn::find(&table, Some("when"))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "no column is called \"when\": the columns are date, made"
    );
}

proptest! {
    #[test]
    fn every_time_that_is_shown_is_read_again(seconds in -60_000_000_000..200_000_000_000_i64, micro in 0..1_000_000_i64) {
        let format = TimeFormat::DateTime { with_t: false, offset: false };
        let time = seconds * 1_000_000 + micro;
        prop_assert_eq!(format::read_text(&format.text(time)), Some((format, time)));
    }

    #[test]
    fn any_text_is_a_time_or_not(text in "[0-9TZ:+./ é\\[-]{0,30}", start in prop_oneof![Just(""), Just("1/7/2016 "), Just("2016-07-01 "), Just("2016-07-01T12:00:0")]) {
        let _ = format::read_text(&format!("{start}{text}"));
        for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
            let _ = WrittenDate::read(&format!("{start}{text}")).and_then(|date| date.time(order));
        }
    }
}
