//! Roles, scaling, categories, calendar and what a schema keeps.

use super::*;

#[test]
fn scaling_comes_from_the_training_rows_alone() {
    let text = days(&["1", "3", "2", "1000", "-1000"]);
    let (schema, panel) = fit(&text, &SeriesOptions::default(), &counts(3, 1, 1));
    let scaling = schema.scaling("", 0).unwrap();
    let deviation = (2.0_f64 / 3.0).sqrt();
    assert_eq!((scaling.mean, scaling.deviation), (2.0, deviation));
    let one = &panel.series[0];
    assert_eq!(one.features.past[3], (998.0 / deviation) as f32);
    assert_eq!(one.targets, [1.0, 3.0, 2.0, 1000.0, -1000.0]);
    assert!((one.to_units(0, one.to_scaled(0, 7.5)) - 7.5).abs() < 1e-12);
    assert!(one.features.observed.is_empty());
    assert_eq!(
        (schema.scaling("other", 0), schema.scaling("", 1)),
        (None, None)
    );
}

#[test]
fn features_stand_in_the_order_of_their_names() {
    let text =
        "ds,wind,y,holiday,load\n2020-01-06,N,1,0,5\n2020-01-07,S,2,1,6\n2020-01-08,N,4,0,9\n";
    let options = SeriesOptions {
        targets: Some(names(&["y"])),
        past: names(&["load", "wind"]),
        known: names(&["holiday"]),
        calendar: Calendar::Auto,
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit(text, &options, &counts(2, 1, 0));
    assert_eq!(
        schema.past_features(),
        [
            "y",
            "load",
            "wind is N",
            "wind is S",
            "holiday",
            "sine of day_of_week",
            "cosine of day_of_week",
            "sine of day_of_year",
            "cosine of day_of_year"
        ]
    );
    let features = &panel.series[0].features;
    assert_eq!(features.past.len(), 3 * schema.past_features().len());
    assert_eq!(features.known.len(), 3 * schema.known_features().len());
    // 2020-01-06 is a Monday; training holds the first two rows.
    assert_eq!(features.past[..7], [-1.0, -1.0, 1.0, 0.0, -1.0, 0.0, 1.0]);
    assert_eq!(features.past[18..23], [5.0, 7.0, 1.0, 0.0, -1.0]);
    assert_eq!(features.past[4..9], features.known[..5]);
}

#[test]
fn each_feature_of_a_series_has_the_scaling_that_it_was_made_with() {
    let text = "ds,shop,y,size,holiday,load,kind\n\
        2020-01-06,a,1,4,0,5,x\n2020-01-07,a,2,4,1,6,x\n2020-01-08,a,4,4,0,9,x\n\
        2020-01-06,b,11,8,0,25,z\n2020-01-07,b,22,8,1,16,z\n2020-01-08,b,14,8,0,19,z\n";
    let options = SeriesOptions {
        targets: Some(names(&["y"])),
        past: names(&["load"]),
        known: names(&["holiday"]),
        statics: names(&["size", "kind"]),
        calendar: Calendar::Auto,
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit(text, &options, &counts(2, 1, 0));
    let raw = [[1.0, 5.0, 0.0, 4.0], [11.0, 25.0, 0.0, 8.0]];
    // Where y, load, holiday and size stand among what is known up to now.
    let places = [0, 1, 2, 7];
    for (series, raw) in panel.series.iter().zip(raw) {
        let past = schema.past_scalings(&series.name).unwrap();
        let known = schema.known_scalings(&series.name).unwrap();
        assert_eq!(past.len(), schema.past_features().len());
        assert_eq!(past[2..], known);
        for (place, scaling) in past.iter().enumerate() {
            match places.iter().position(|&own| own == place) {
                None => assert_eq!(*scaling, Scaling::NONE),
                Some(index) => {
                    assert_ne!(*scaling, Scaling::NONE);
                    let scaled = scaling.to_scaled(raw[index]) as f32;
                    assert_eq!(series.features.past[place], scaled, "feature {place}");
                }
            }
        }
    }
    assert_eq!(schema.scaled_like_all(), None);
    assert_eq!(schema.past_scalings("c"), None);
}

#[test]
fn series_that_are_scaled_alike_share_their_scaling() {
    let text = "ds,shop,y\n2020-01-06,a,1\n2020-01-07,a,2\n2020-01-06,b,2\n2020-01-07,b,1\n";
    let (schema, _) = fit(text, &SeriesOptions::default(), &counts(2, 0, 0));
    assert_eq!(schema.scaled_like_all(), Some("a"));
    let (schema, _) = fit(
        &days(&["1", "2"]),
        &SeriesOptions::default(),
        &counts(2, 0, 0),
    );
    assert_eq!(schema.scaled_like_all(), Some(""));
}

#[test]
fn every_column_of_numbers_without_another_role_is_a_target() {
    let text = "ds,a,note,b,c\n2020-01,1,x,5,0\n2020-02,2,y,4,1\n2020-03,3,x,4,1\n";
    let options = SeriesOptions {
        past: names(&["c"]),
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit(text, &options, &counts(2, 1, 0));
    assert_eq!(schema.targets, ["a", "b"]);
    assert_eq!(
        panel.notes,
        [SeriesNote::Unused {
            columns: names(&["note"])
        }]
    );
    assert_eq!(panel.series[0].history(1), [5.0, 4.0, 4.0]);
}

#[test]
fn series_of_a_long_table_are_scaled_each_for_itself_and_static_ones_over_all() {
    let text =
        "unique_id,ds,y,size\nB,2020-01,10,4\nA,2020-01,1,2\nB,2020-02,30,4\nA,2020-02,3,2\n";
    let options = SeriesOptions {
        statics: names(&["size"]),
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit(text, &options, &counts(2, 0, 0));
    let found: Vec<&str> = panel.series.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(found, ["B", "A"]);
    assert_eq!(panel.series[0].features.past, [-1.0, 1.0, 1.0, 1.0]);
    assert_eq!(panel.series[1].features.past, [-1.0, -1.0, 1.0, -1.0]);
    assert_eq!(panel.series[1].lines, [3, 5]);
    assert_eq!(schema.scaling("B", 0).unwrap().mean, 20.0);
    // A series that is new is scaled by what it has.
    let other = table("ds,y,size,unique_id\n2021-01,7,3,C\n2021-02,9,3,C\n");
    let panel = schema.apply(&other, Purpose::Evaluate).unwrap();
    assert_eq!(panel.series[0].features.past, [-1.0, 0.0, 1.0, 0.0]);
    let new = SeriesNote::ScaledByItself {
        series: "C".to_owned(),
    };
    assert_eq!(panel.notes, [new]);
}

#[test]
fn a_series_that_cannot_be_trained_on_is_left_out_and_named() {
    let text = "series,ds,y\nA,2020-01,1\nA,2020-02,2\nB,2020-01,5\nC,2020-01,\nC,2020-02,\n";
    let options = SeriesOptions {
        missing: Missing::Mask,
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit(text, &options, &counts(2, 0, 0));
    assert_eq!(panel.series.len(), 1);
    assert!(schema.masked.is_empty(), "{:?}", schema.masked);
    let notes: Vec<String> = panel.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes[0].contains("series \"B\" left out") && notes[0].contains("needs 2 rows"),
        "{notes:?}"
    );
    assert!(notes[1].contains("series \"C\" left out"), "{notes:?}");
}

#[test]
fn columns_are_found_by_name_in_another_table() {
    let (schema, panel) = fit(
        "date,y,wind\n2020-01-01,1,N\n2020-01-02,2,S\n2020-01-03,4,N\n",
        &SeriesOptions {
            past: names(&["wind"]),
            ..SeriesOptions::default()
        },
        &counts(3, 0, 0),
    );
    let other = "extra,wind,date,y\n0,N,2020-01-01 00:00:00,1\n0,S,2020-01-02 00:00:00,2\n0,N,2020-01-03 00:00:00,4\n";
    let again = schema.apply(&table(other), Purpose::Evaluate).unwrap();
    assert_eq!(again.series[0].features, panel.series[0].features);
    let message = |text: &str| {
        let result = schema.apply(&table(text), Purpose::Evaluate);
        result.unwrap_err().to_string()
    };
    let gone = message("date,z\n2020-01-01,1\n");
    assert!(gone.contains("y, wind; its columns are date, z"), "{gone}");
    let gone = message("y,wind\n1,N\n");
    assert!(
        gone.contains("a column that the table does not have: date;"),
        "{gone}"
    );
    let slower = message("date,y,wind\n2020-01,1,N\n2020-02,2,N\n");
    assert!(
        slower.contains("1 month apart") && slower.contains("1 day apart"),
        "{slower}"
    );
    let unseen = message("date,y,wind\n2020-01-01,1,E\n");
    assert_eq!(
        unseen,
        "line 2, column \"wind\": the category \"E\" is in no training row, which have \"N\", \"S\": correct the cell, or train \
         on rows that have it"
    );
    // One row has no step, and that of training holds.
    assert!(
        schema
            .apply(&table("date,y,wind\n2020-01-01,1,S\n"), Purpose::Evaluate)
            .is_ok()
    );
}

#[test]
fn a_schema_is_kept_as_json_and_one_that_was_changed_is_refused() {
    let text = "ds,y,wind\n2020-01-31,1,N\n2020-02-29,2.1,S\n2020-03-31,4,N\n";
    let options = SeriesOptions {
        past: names(&["wind"]),
        calendar: Calendar::Auto,
        ..SeriesOptions::default()
    };
    let (schema, _) = fit(text, &options, &SplitOptions::default());
    let json = serde_json::to_string(&schema).unwrap();
    let read: SeriesSchema = serde_json::from_str(&json).unwrap();
    assert_eq!(read, schema);
    let mut changed = schema.clone();
    changed.scalings.insert(String::new(), vec![]);
    let mut still = schema.clone();
    still.time.as_mut().unwrap().frequency = crate::Frequency::Months(0);
    for changed in [changed, still] {
        let error = changed.apply(&table(text), Purpose::Evaluate).unwrap_err();
        assert!(matches!(error, SeriesError::Schema { .. }), "{error}");
    }
}

#[test]
fn a_table_without_times_counts_its_rows() {
    let options = SeriesOptions {
        calendar: Calendar::Auto,
        ..SeriesOptions::default()
    };
    let (schema, panel) = fit("y\n1\n2\n4\n", &options, &counts(2, 1, 0));
    assert_eq!((schema.time.is_none(), schema.season()), (true, 1));
    assert_eq!(panel.series[0].times, [0, 1, 2]);
    assert!(panel.series[0].features.known.is_empty());
    let split = SplitOptions {
        by: "2020-01-01,2020-02-01".parse().unwrap(),
        gap: 0,
    };
    assert_eq!(Parts::of(&panel, &split), Err(SplitError::NoTimes));
}

#[test]
fn a_constant_covariate_is_noted_and_a_target_that_is_constant_in_one_of_many_series_too() {
    let options = SeriesOptions {
        targets: Some(names(&["y"])),
        past: names(&["flat"]),
        ..SeriesOptions::default()
    };
    let (_, panel) = fit("y,flat\n1,0.1\n2,0.1\n4,0.3\n", &options, &counts(2, 0, 1));
    assert_eq!(panel.series[0].features.past[1], 0.0);
    assert_eq!(panel.series[0].features.past[5], 0.2_f32);
    assert_eq!(
        (&panel.notes[0], panel.notes.len()),
        (&SeriesNote::NoTimes, 2)
    );
    let text = "series,y\nA,1\nA,2\nB,5\nB,5\n";
    let (schema, panel) = fit(text, &SeriesOptions::default(), &counts(2, 0, 0));
    assert_eq!(schema.scaling("B", 0).unwrap().deviation, 1.0);
    assert_eq!(
        panel.notes[1].to_string(),
        "\"y\" of series \"B\" is constant over the training rows"
    );
}

#[test]
fn the_largest_numbers_are_scaled_without_overflow() {
    let (_, panel) = fit(
        "y\n8e307\n-8e307\n8e307\n-8e307\n",
        &SeriesOptions::default(),
        &counts(4, 0, 0),
    );
    assert_eq!(panel.series[0].features.past, [1.0, -1.0, 1.0, -1.0]);
}
