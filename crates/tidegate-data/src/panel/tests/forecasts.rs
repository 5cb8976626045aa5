//! What a table holds when what follows it is forecast.

use super::*;
use crate::table::Place;

const SOLD: &str = "ds,sold,price\n2020-01-01,1,2\n2020-01-02,3,2\n2020-01-03,2,4\n";

fn known() -> SeriesOptions {
    SeriesOptions {
        targets: Some(names(&["sold"])),
        known: names(&["price"]),
        ..SeriesOptions::default()
    }
}

#[test]
fn rows_without_a_target_are_the_future_of_what_is_known_ahead() {
    let (schema, _) = fit(SOLD, &known(), &counts(3, 0, 0));
    let more = format!("{SOLD}2020-01-04,,5\n2020-01-05,,5\n2020-01-06,,9\n");
    let panel = schema
        .apply(&table(&more), Purpose::Forecast { horizon: 2 })
        .unwrap();
    let one = &panel.series[0];
    // What is known beyond the horizon is not needed.
    assert_eq!((one.target_rows, one.rows), (3, 5));
    assert_eq!(one.history(0), [1.0, 3.0, 2.0]);
    assert_eq!(one.features.past.len(), 5 * 2);
    assert_eq!(one.features.known.len(), 5);
    assert_eq!(one.features.known[3], one.features.known[4]);
    // To evaluate, the same rows miss their targets.
    let error = schema.apply(&table(&more), Purpose::Evaluate).unwrap_err();
    assert!(
        matches!(
            error,
            SeriesError::Missing(MissingError::MissingValue {
                line: Place::Line(5),
                ..
            })
        ),
        "{error}"
    );
}

#[test]
fn what_is_known_ahead_must_be_known() {
    let (schema, _) = fit(SOLD, &known(), &counts(3, 0, 0));
    let message = |rows: &str, horizon| {
        let result = schema.apply(
            &table(&format!("{SOLD}{rows}")),
            Purpose::Forecast { horizon },
        );
        result.unwrap_err().to_string()
    };
    let few = message("2020-01-04,,5\n", 2);
    assert!(
        few.starts_with(
            "1 row with covariates that are known ahead follows the last target, and 2 are forecast"
        ),
        "{few}"
    );
    assert!(few.contains("price"));
    let hole = message("2020-01-04,,\n2020-01-05,,5\n", 2);
    assert!(
        hole.starts_with(
            "line 5, column \"price\": the value is missing in a row that is forecast"
        ),
        "{hole}"
    );
    assert!(message("", 0).contains("the horizon is 0"));
}

#[test]
fn past_covariates_show_that_a_row_is_history() {
    let text = "ds,y,rain,price\n2020-01-01,1,0,2\n2020-01-02,,1,2\n2020-01-03,2,0,4\n";
    let options = SeriesOptions {
        targets: Some(names(&["y"])),
        past: names(&["rain"]),
        missing: Missing::Mask,
        ..known()
    };
    let (schema, _) = fit(text, &options, &counts(3, 0, 0));
    let more = format!("{text}2020-01-04,,1,5\n2020-01-05,,,5\n");
    let panel = schema
        .apply(&table(&more), Purpose::Forecast { horizon: 1 })
        .unwrap();
    assert_eq!((panel.series[0].target_rows, panel.series[0].rows), (4, 5));
}

#[test]
fn the_calendar_goes_on_after_the_last_row() {
    let text = "ds,y\n2020-11-01,1\n2020-12-01,2\n2021-01-01,4\n";
    let options = SeriesOptions {
        calendar: Calendar::Auto,
        ..SeriesOptions::default()
    };
    let (schema, _) = fit(text, &options, &counts(3, 0, 0));
    let panel = schema
        .apply(&table(text), Purpose::Forecast { horizon: 12 })
        .unwrap();
    let one = &panel.series[0];
    assert_eq!((one.rows, one.features.known.len()), (3, (3 + 12) * 2));
    // The twelfth month after the last is January again.
    assert_eq!(one.features.known[28..30], one.features.known[4..6]);
    assert_eq!(one.features.known[4..6], [0.0, 1.0]);
}

#[test]
fn no_history_is_an_error() {
    let (schema, _) = fit(SOLD, &known(), &counts(3, 0, 0));
    let text = "ds,sold,price\n2020-01-04,,5\n2020-01-05,,5\n";
    let error = schema
        .apply(&table(text), Purpose::Forecast { horizon: 1 })
        .unwrap_err();
    assert!(
        matches!(error, SeriesError::Missing(MissingError::NoHistory { .. })),
        "{error}"
    );
}

#[test]
fn dropping_forecasts_from_the_last_complete_row_over_what_is_known_ahead() {
    let options = SeriesOptions {
        past: names(&["rain"]),
        missing: Missing::Drop,
        ..known()
    };
    let text =
        "ds,sold,rain,price\n2020-01-01,1,0,2\n2020-01-02,3,1,2\n2020-01-03,,0,4\n2020-01-04,,,6\n";
    let (schema, _) = fit(text, &options, &counts(2, 1, 1));
    let panel = schema
        .apply(&table(text), Purpose::Forecast { horizon: 2 })
        .unwrap();
    let one = &panel.series[0];
    assert_eq!((one.target_rows, one.rows), (2, 4));
}
