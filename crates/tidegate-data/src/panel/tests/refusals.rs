//! What is refused, each with its place.

use super::*;

#[test]
fn every_malformed_table_is_one_error_that_names_the_place() {
    let all = counts(2, 0, 0);
    for (text, expected) in [
        (
            "ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n2020-01-03,3\n",
            "line 4: the time 2020-01-02 stands in line 3 already",
        ),
        (
            "ds,y\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n",
            "line 4: the time 2020-01-02 is before 2020-01-03 in line 3",
        ),
        (
            "ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,2\n2020-01-06,3\n",
            "line 5: 2 steps of 1 day missing between 2020-01-03 in line 4 and 2020-01-06",
        ),
        (
            "ds,y\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n2020-01-01 02:00,2\n2020-01-01 03:10,3\n",
            "line 5: the time 2020-01-01 03:10:00 is no whole number of steps of 1 hour after 2020-01-01 02:00:00 in line 4",
        ),
        (
            "ds,y\n2020-01-01,1\n2020-01-02,\n2020-01-03,\n",
            "line 3, column \"y\": the value is missing, as are 2 in the column",
        ),
        (
            "ds,y\n2020-01-01,1\n2020-01-02,off\n2020-01-03,2\n",
            "line 3, column \"y\": \"off\" is not a number",
        ),
        (
            "ds,y\n2020-01-01,5\n2020-01-02,5\n2020-01-03,6\n",
            "the target \"y\" is constant: it is 5 in every training row",
        ),
        ("ds,y\n2020-01-01,5\n", "every series has a single time"),
        (
            "ds,note\n2020-01-01,a\n2020-01-02,b\n",
            "no column of numbers is left to forecast: the columns without a role are note",
        ),
        (
            "unique_id,ds,y\nA,2020-01-01,1\nA,2020-01-02,2\nA,2020-01-03,\n",
            "line 4, column \"y\": the value of series \"A\" is missing",
        ),
        (
            "unique_id,ds,y\nA,2020-01-01,1\n,2020-01-02,2\n",
            "line 3, column \"unique_id\": the series' name is missing",
        ),
        (
            "ds,y\n2020-01-01,1\nsoon,2\n",
            "line 3, column \"ds\": \"soon\" is not a time",
        ),
        ("y,z\n1e-320,1\n2e-320,2\n1e300,3\n", "line 4, column \"y\""),
    ] {
        let message = refusal(text, &SeriesOptions::default(), &all);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn names_that_do_not_exist_come_with_the_nearest_one() {
    let text = "ds,HUFL,OT\n2020-01-01,1,2\n2020-01-02,2,3\n";
    let all = counts(2, 0, 0);
    let message = |options: SeriesOptions| refusal(text, &options, &all);
    let none = SeriesOptions::default;
    assert_eq!(
        message(SeriesOptions {
            targets: Some(names(&["HULF"])),
            ..none()
        }),
        "no column is called \"HULF\" (target), did you mean \"HUFL\"?: the columns are ds, HUFL, OT"
    );
    for (options, role) in [
        (
            SeriesOptions {
                time: Some("dt".to_owned()),
                ..none()
            },
            "time column",
        ),
        (
            SeriesOptions {
                series: Some("id".to_owned()),
                ..none()
            },
            "series column",
        ),
        (
            SeriesOptions {
                past: names(&["wind"]),
                ..none()
            },
            "past covariate",
        ),
        (
            SeriesOptions {
                known: names(&["wind"]),
                ..none()
            },
            "known covariate",
        ),
        (
            SeriesOptions {
                statics: names(&["wind"]),
                ..none()
            },
            "static covariate",
        ),
    ] {
        let message = message(options);
        assert!(
            message.contains(role) && message.contains("ds, HUFL, OT"),
            "{message}"
        );
    }
    let twice = message(SeriesOptions {
        targets: Some(names(&["OT"])),
        past: names(&["OT"]),
        ..none()
    });
    assert!(
        twice.contains("column \"OT\" cannot be both past covariate and target"),
        "{twice}"
    );
    let twice = message(SeriesOptions {
        past: names(&["ds"]),
        ..none()
    });
    assert!(twice.contains("time column"), "{twice}");
}

#[test]
fn a_text_as_target_is_named_with_its_first_cell() {
    let options = SeriesOptions {
        targets: Some(names(&["wind"])),
        ..SeriesOptions::default()
    };
    let message = refusal("wind,y\n,1\nNW,2\nS,3\n", &options, &counts(2, 0, 0));
    assert!(
        message.contains("line 3, column \"wind\": \"NW\" is not a number"),
        "{message}"
    );
}

#[test]
fn a_static_covariate_that_changes_is_named_with_both_rows() {
    let options = SeriesOptions {
        statics: names(&["city"]),
        ..SeriesOptions::default()
    };
    let text = "series,y,city\nA,1,x\nA,2,\nA,3,x\nB,1,x\nB,2,y\n";
    let message = refusal(text, &options, &counts(2, 0, 0));
    assert!(
        message.contains(
            "line 6, column \"city\": \"y\" of series \"B\" differs from \"x\" in line 5"
        ),
        "{message}"
    );
    let message = refusal(
        "series,y,city\nA,1,\nA,2,\nB,1,2\nB,2,2\n",
        &options,
        &counts(2, 0, 0),
    );
    assert!(
        message.contains("column \"city\" of series \"A\" has no value"),
        "{message}"
    );
}

#[test]
fn too_many_categories_and_ones_that_training_lacks_are_refused() {
    let rows: String = (0..120).map(|row| format!("{row},w{row}\n")).collect();
    let options = SeriesOptions {
        past: names(&["wind"]),
        ..SeriesOptions::default()
    };
    let text = format!("y,wind\n{rows}");
    let message = refusal(&text, &options, &counts(101, 0, 0));
    assert!(
        message.contains("\"wind\" has 101 different texts, and a covariate may have 100"),
        "{message}"
    );
    let message = refusal(&text, &options, &counts(50, 0, 0));
    assert!(
        message.contains("line 52") && message.contains("… (50 in all)") && message.len() < 300,
        "{message}"
    );
}

#[test]
fn filling_needs_something_to_fill_with() {
    let text = "y,rain\n1,\n2,\n3,\n";
    for (missing, expected) in [
        (Missing::ForwardFill, "column \"rain\" has no value at all"),
        (Missing::Linear, "column \"rain\" has no value at all"),
        (Missing::Drop, "every row has a missing value"),
    ] {
        let options = SeriesOptions {
            past: names(&["rain"]),
            missing,
            ..SeriesOptions::default()
        };
        let message = refusal(text, &options, &counts(2, 0, 0));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_gap_of_ages_is_not_filled() {
    let text = "ds,y\n1980-01-01 00:00:00,1\n1980-01-01 00:00:01,2\n1980-01-01 00:00:02,2\n2020-01-01 00:00:00,3\n";
    let options = SeriesOptions {
        missing: Missing::Mask,
        ..SeriesOptions::default()
    };
    let message = refusal(text, &options, &counts(2, 0, 0));
    assert!(
        message.contains("line 5: 1262303997 steps of 1 second missing")
            && message.contains("check the times"),
        "{message}"
    );
}

#[test]
fn a_target_without_a_value_in_training_is_refused() {
    let options = SeriesOptions {
        missing: Missing::Mask,
        ..SeriesOptions::default()
    };
    let message = refusal("y,z\n1,\n2,\n3,5\n4,6\n", &options, &counts(2, 0, 0));
    assert!(
        message.contains("the target \"z\" has no value in the training rows"),
        "{message}"
    );
}
