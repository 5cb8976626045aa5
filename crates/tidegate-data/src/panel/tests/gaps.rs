//! Missing values and missing times under each policy.

use super::*;

fn with(missing: Missing) -> SeriesOptions {
    SeriesOptions {
        missing,
        ..SeriesOptions::default()
    }
}

/// Training mean 2 and deviation 1 over the observed values 1 and 3.
const HOLES: [&str; 7] = ["", "1", "", "", "3", "", "5"];

#[test]
fn a_mask_tells_what_was_observed_and_how_long_ago() {
    let (schema, panel) = fit(&days(&HOLES), &with(Missing::Mask), &counts(5, 1, 1));
    assert_eq!(schema.past_features(), ["y", "mask of y", "time since y"]);
    let one = &panel.series[0];
    let column = |index: usize| -> Vec<f32> {
        one.features
            .past
            .iter()
            .skip(index)
            .step_by(3)
            .copied()
            .collect()
    };
    assert_eq!(column(0), [0.0, -1.0, -1.0, -1.0, 1.0, 1.0, 3.0]);
    assert_eq!(column(1), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    let steps: Vec<f32> = column(2)
        .iter()
        .map(|value| value.exp_m1().round())
        .collect();
    assert_eq!(steps, [0.0, 1.0, 1.0, 2.0, 3.0, 1.0, 2.0]);
    assert_eq!(
        one.features.observed,
        [false, true, false, false, true, false, true]
    );
    assert!(one.targets[0].is_nan() && one.targets[5].is_nan());
}

#[test]
fn columns_without_missing_values_have_no_mask_and_may_not_miss_any_later() {
    let (schema, panel) = fit(
        &days(&["1", "2", "4"]),
        &with(Missing::Mask),
        &counts(3, 0, 0),
    );
    assert_eq!(schema.past_features(), ["y"]);
    assert!(panel.series[0].features.observed.is_empty());
    let error = schema
        .apply(&table(&days(&["1", "", "3"])), Purpose::Evaluate)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("line 3, column \"y\": the value is missing, and none was in training")
    );
}

#[test]
fn forward_filling_repeats_and_leaves_out_what_precedes_the_first_value() {
    let (_, panel) = fit(&days(&HOLES), &with(Missing::ForwardFill), &counts(5, 1, 1));
    let one = &panel.series[0];
    assert_eq!(one.features.past, [-1.0, -1.0, -1.0, 1.0, 1.0, 3.0]);
    assert_eq!(
        one.features.observed,
        [true, false, false, true, false, true]
    );
    assert_eq!((one.offset, one.rows, one.lines[0]), (1, 6, 3));
    let notes: Vec<String> = panel.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "the first 1 row left out: before the first observed value there is none to fill with",
            "3 missing values of \"y\" filled by forward-fill"
        ]
    );
    // The parts are those of the whole series.
    let parts = Parts::of(&panel, &counts(5, 1, 1)).unwrap();
    assert_eq!(parts.ranges, [[0..4, 4..5, 5..6]]);
}

#[test]
fn straight_lines_join_values_and_the_last_one_is_repeated() {
    let values = ["1", "", "", "4", "", "3", ""];
    let (_, panel) = fit(&days(&values), &with(Missing::Linear), &counts(7, 0, 0));
    let one = &panel.series[0];
    let units: Vec<f64> = one
        .features
        .past
        .iter()
        .map(|&value| one.to_units(0, f64::from(value)))
        .collect();
    for (found, expected) in units.iter().zip([1.0, 2.0, 3.0, 4.0, 3.5, 3.0, 3.0]) {
        assert!((found - expected).abs() < 1e-6, "{units:?}");
    }
    assert!(!one.features.observed[1]);
}

#[test]
fn dropping_cuts_a_series_into_pieces() {
    let values = ["", "1", "2", "", "3", "5", "6", ""];
    let (schema, panel) = fit(&days(&values), &with(Missing::Drop), &counts(4, 2, 2));
    let pieces: Vec<(usize, usize)> = panel
        .series
        .iter()
        .map(|one| (one.offset, one.rows))
        .collect();
    assert_eq!(pieces, [(1, 2), (4, 3)]);
    assert_eq!(
        panel.notes[0].to_string(),
        "3 rows left out for a missing value; what is left is 2 pieces"
    );
    assert!(
        panel
            .series
            .iter()
            .all(|one| one.features.observed.is_empty())
    );
    assert_eq!(panel.series[0].scalings, panel.series[1].scalings);
    let parts = Parts::of(&panel, &counts(4, 2, 2)).unwrap();
    assert_eq!(parts.ranges, [[0..2, 2..2, 2..2], [0..0, 0..2, 2..3]]);
    // A forecast starts after the last complete row.
    let panel = schema
        .apply(&table(&days(&values)), Purpose::Forecast { horizon: 2 })
        .unwrap();
    assert_eq!(panel.series.len(), 1);
    assert_eq!((panel.series[0].target_rows, panel.series[0].rows), (3, 3));
}

#[test]
fn times_that_are_missing_become_rows_without_values() {
    let text = "ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n2020-01-06,6\n";
    let (_, panel) = fit(text, &with(Missing::Linear), &counts(6, 0, 0));
    let one = &panel.series[0];
    assert_eq!(one.lines, [2, 3, 4, 0, 0, 5]);
    assert_eq!(one.times[3] - one.times[2], 86_400_000_000);
    assert!(one.targets[4].is_nan());
    assert!((one.to_units(0, f64::from(one.features.past[4])) - 5.0).abs() < 1e-6);
    assert_eq!(
        panel.notes[0].to_string(),
        "2 rows put in at 1 gap in the times"
    );
    let (_, panel) = fit(text, &with(Missing::Drop), &counts(6, 0, 0));
    assert_eq!(
        panel.series.iter().map(|one| one.rows).collect::<Vec<_>>(),
        [3, 1]
    );
}

#[test]
fn months_are_counted_by_the_calendar() {
    let text = "ds,y\n2019-11-30,1\n2019-12-31,2\n2020-01-31,3\n2020-03-31,6\n";
    let (schema, panel) = fit(text, &with(Missing::Mask), &counts(5, 0, 0));
    let time = schema.time.as_ref().unwrap();
    let texts: Vec<String> = panel.series[0]
        .times
        .iter()
        .map(|&one| time.format.text(one))
        .collect();
    assert_eq!(
        texts,
        [
            "2019-11-30",
            "2019-12-31",
            "2020-01-31",
            "2020-02-29",
            "2020-03-31"
        ]
    );
    let after = time.after(panel.series[0].times[4], 11).unwrap();
    assert_eq!(time.format.text(after), "2021-02-28");
}

#[test]
fn a_missing_category_is_none_of_them_or_the_one_before() {
    let text = "y,wind\n1,N\n2,\n3,S\n5,N\n";
    let options = |missing| SeriesOptions {
        past: names(&["wind"]),
        missing,
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit(text, &options(Missing::Mask), &counts(4, 0, 0));
    assert_eq!(schema.masked, ["wind"]);
    assert_eq!(panel.series[0].features.past[6..9], [0.0, 0.0, 0.0]);
    for missing in [Missing::ForwardFill, Missing::Linear] {
        let (_, panel) = fit(text, &options(missing), &counts(4, 0, 0));
        assert_eq!(panel.series[0].features.past[4..6], [1.0, 0.0], "{missing}");
    }
}
