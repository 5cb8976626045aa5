//! Parts and the windows in them.

use super::*;

fn panel(rows: usize) -> Panel {
    let values: Vec<String> = (0..rows).map(|row| (row % 7).to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    fit(
        &days(&values),
        &SeriesOptions::default(),
        &counts(rows, 0, 0),
    )
    .1
}

fn ranges(panel: &Panel, by: &str, gap: usize) -> [std::ops::Range<usize>; 3] {
    let by = by.parse().unwrap();
    Parts::of(panel, &SplitOptions { by, gap }).unwrap().ranges[0].clone()
}

#[test]
fn a_split_is_counts_or_shares_or_times() {
    let panel = panel(20);
    assert_eq!(ranges(&panel, "10,4,5", 0), [0..10, 10..14, 14..19]);
    assert_eq!(ranges(&panel, "10,3,3", 2), [0..10, 12..15, 17..20]);
    assert_eq!(ranges(&panel, "0.7, 0.1, 0.2", 0), [0..14, 14..16, 16..20]);
    assert_eq!(ranges(&panel, "0.77,0.07,0.16", 0), [0..15, 15..16, 16..20]);
    assert_eq!(ranges(&panel, "0.5,0.25,0.25", 2), [0..8, 10..13, 15..20]);
    assert_eq!(
        ranges(&panel, "2020-01-11,2020-01-16", 1),
        [0..9, 10..14, 15..20]
    );
    assert_eq!(
        ranges(&panel, "2020-01-11,2021-01-16", 0),
        [0..10, 10..20, 20..20]
    );
}

#[test]
fn a_split_is_read_back_from_its_text() {
    for by in [
        "8640,2880,2880",
        "0.7,0.1,0.2",
        "1.0,0.0,0.0",
        "2017-01-01 00:00:00,2017-06-01 12:30:00",
    ] {
        let read: SplitBy = by.parse().unwrap();
        assert_eq!(read.to_string(), by);
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<SplitBy>(&json).unwrap(), read);
    }
}

#[test]
fn a_split_that_is_none_is_refused_with_what_is_wrong() {
    for (by, expected) in [
        ("", "is no split"),
        ("1,2", "is no split"),
        ("1,2,3,4", "is no split"),
        ("a,b,c", "is no split"),
        ("99999999999999999999,1,1", "is no split"),
        ("0.5,0.1,0.1", "they add up to 0.7"),
        ("1.5,-0.5,0", "from 0 to 1"),
        ("NaN,0.5,0.5", "from 0 to 1"),
        ("0.0,0.5,0.5", "the first above 0"),
        ("2020-01-02,2020-01-01", "it has to begin later"),
    ] {
        let error = by.parse::<SplitBy>().unwrap_err().to_string();
        assert!(error.contains(expected), "{by}: {error}");
    }
    let panel = panel(20);
    for (by, gap, expected) in [
        ("18,2,2", 0, "needs 22 rows, and there are 20"),
        ("10,5,5", 1, "with gaps of 1 needs 22 rows"),
        (
            "0,5,5",
            0,
            "the training part has no row: the split is 0,5,5",
        ),
        (
            "0.1,0.4,0.5",
            2,
            "0.1 of 20 rows, and a gap of 2 before the next part",
        ),
        (
            "2019-01-01,2020-01-03",
            0,
            "validation begins at 2019-01-01",
        ),
    ] {
        let by = by.parse().unwrap();
        let error = Parts::of(&panel, &SplitOptions { by, gap })
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{by}: {error}");
    }
}

#[test]
fn windows_of_training_lie_in_its_part_and_those_of_the_others_reach_back() {
    let parts = Parts::of(&panel(20), &counts(10, 4, 5)).unwrap();
    let origins = |part, window, horizon| -> Vec<usize> {
        let places = parts.places(part, window, horizon).unwrap();
        places.iter().map(|place| place.origin).collect()
    };
    assert_eq!(origins(Split::Train, 6, 2), [6, 7, 8]);
    assert_eq!(origins(Split::Valid, 6, 2), [10, 11, 12]);
    assert_eq!(origins(Split::Test, 14, 5), [14]);
    assert_eq!(origins(Split::Test, 15, 4), [15]);
    let message =
        |part, window, horizon| parts.places(part, window, horizon).unwrap_err().to_string();
    assert!(
        message(Split::Train, 9, 2).contains(
            "a window of 9 and a horizon of 2 need 11 rows, and the longest series has 10"
        )
    );
    assert!(message(Split::Valid, 2, 5).contains("no window fits into the validation part"));
    assert!(message(Split::Train, usize::MAX, 1).contains("no window fits"));
    assert!(message(Split::Test, 1, usize::MAX).contains("no window fits"));
    assert!(message(Split::Train, 0, 2).contains("the window is 0"));
    assert!(message(Split::Train, 2, 0).contains("the horizon is 0"));
}

#[test]
fn a_part_without_rows_has_no_window() {
    let parts = Parts::of(&panel(20), &counts(20, 0, 0)).unwrap();
    assert_eq!(parts.places(Split::Valid, 3, 1), Ok(vec![]));
    assert_eq!(parts.rows(Split::Train), 20);
}

#[test]
fn series_that_are_too_short_are_named_by_index() {
    let text = "series,y\nA,1\nA,2\nA,3\nA,4\nB,1\nB,2\n";
    let split = SplitOptions {
        by: "1.0,0.0,0.0".parse().unwrap(),
        gap: 0,
    };
    let (_, panel) = fit(text, &SeriesOptions::default(), &split);
    let parts = Parts::of(&panel, &split).unwrap();
    assert_eq!(parts.too_short(Split::Train, 2, 1), [1]);
    assert_eq!(parts.places(Split::Train, 2, 1).unwrap().len(), 2);
}

#[test]
fn parts_are_found_again_by_their_times() {
    let text = days(&["1", "2", "3", "4", "5", "6", "7", "8"]);
    let (schema, panel) = fit(&text, &SeriesOptions::default(), &counts(4, 2, 1));
    let parts = Parts::of(&panel, &counts(4, 2, 1)).unwrap();
    let times = parts.times(&panel);
    let json = serde_json::to_string(&times).unwrap();
    assert_eq!(serde_json::from_str::<SplitTimes>(&json).unwrap(), times);
    assert_eq!(times.parts(&panel), parts);
    // A table that begins later has fewer training rows.
    let later = text
        .lines()
        .enumerate()
        .filter(|(line, _)| !(1..3).contains(line));
    let later: Vec<&str> = later.map(|(_, line)| line).collect();
    let panel = schema
        .apply(&table(&later.join("\n")), Purpose::Evaluate)
        .unwrap();
    assert_eq!(times.parts(&panel).ranges, [[0..2, 2..4, 4..5]]);
    assert_eq!(
        SplitTimes::default().parts(&panel),
        Parts::test_only(&panel)
    );
}
