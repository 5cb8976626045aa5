//! What holds of any table.

use proptest::prelude::*;

use super::*;

fn text_of(values: &[Option<f64>]) -> String {
    let rows = values.iter().map(|value| match value {
        Some(value) => format!("{value},1\n"),
        None => "NA,1\n".to_owned(),
    });
    "y,x\n".to_owned() + &rows.collect::<String>()
}

fn options(missing: Missing) -> SeriesOptions {
    SeriesOptions {
        targets: Some(names(&["y"])),
        past: names(&["x"]),
        missing,
        ..SeriesOptions::default()
    }
}

proptest! {
    #[test]
    fn scaling_and_back_is_the_value(
        values in proptest::collection::vec(-1e6..1e6_f64, 2..40),
        value in -1e6..1e6_f64,
    ) {
        if let Some((scaling, _)) = Scaling::of(values.iter().copied()) {
            let back = scaling.to_units(scaling.to_scaled(value));
            prop_assert!((back - value).abs() <= 1e-9 * (1.0 + value.abs() + scaling.mean.abs()), "{back} {value}");
            prop_assert!(scaling.deviation > 0.0);
        }
    }

    #[test]
    fn a_value_changes_no_feature_of_a_row_before_it(
        mut values in proptest::collection::vec(proptest::option::weighted(0.7, -9.0..9.0_f64), 12..30),
        row in 6..12_usize,
        other in proptest::option::of(-9.0..9.0_f64),
        mask in any::<bool>(),
    ) {
        // Scaling is that of the first rows; a missing value at the end keeps the mask.
        (values[0], values[1]) = (Some(1.0), Some(2.0));
        values.push(None);
        let missing = if mask { Missing::Mask } else { Missing::ForwardFill };
        let split = counts(5, 0, 0);
        let (schema, before) = fit(&text_of(&values), &options(missing), &split);
        values[row] = other;
        let (_, after) = fit(&text_of(&values), &options(missing), &split);
        let size = schema.past_features().len();
        let [before, after] = [before, after].map(|panel| panel.series[0].features.clone());
        prop_assert_eq!(&before.past[..row * size], &after.past[..row * size]);
        prop_assert_eq!(&before.observed[..row], &after.observed[..row]);
    }

    #[test]
    fn filled_values_are_never_observed_and_features_are_finite(
        mut values in proptest::collection::vec(proptest::option::weighted(0.6, -9.0..9.0_f64), 6..40),
        policy in 0..4_usize,
    ) {
        (values[1], values[2]) = (Some(1.0), Some(2.0));
        let missing = [Missing::Mask, Missing::ForwardFill, Missing::Linear, Missing::Drop][policy];
        let (schema, panel) = fit(&text_of(&values), &options(missing), &counts(4, 0, 0));
        let mut seen = 0;
        for one in &panel.series {
            prop_assert_eq!(one.features.past.len(), one.rows * schema.past_features().len());
            prop_assert!(one.features.past.iter().all(|value| value.is_finite()));
            for row in 0..one.rows {
                let observed = one.features.observed.get(row).copied().unwrap_or(true);
                prop_assert_eq!(observed, values[one.offset + row].is_some());
                prop_assert_eq!(observed, !one.targets[row].is_nan());
                seen += usize::from(observed);
            }
        }
        prop_assert_eq!(seen, values.iter().flatten().count());
    }

    #[test]
    fn windows_stay_in_their_parts(
        rows in 3..60_usize,
        train in 1..40_usize,
        valid in 0..20_usize,
        gap in 0..4_usize,
        window in 1..10_usize,
        horizon in 1..10_usize,
    ) {
        let values: Vec<Option<f64>> = (0..rows).map(|row| Some((row % 5) as f64)).collect();
        let (_, panel) = fit(&text_of(&values), &options(Missing::Refuse), &counts(rows, 0, 0));
        let split = SplitOptions { by: SplitBy::Counts([train, valid, 3]), gap };
        let Ok(parts) = Parts::of(&panel, &split) else {
            prop_assert!(train + valid + 3 + 2 * gap > rows);
            return Ok(());
        };
        let [first, second, third] = parts.ranges[0].clone();
        prop_assert_eq!((second.start - first.end, third.start - second.end), (gap, gap));
        for (part, range) in Split::ALL.into_iter().zip([first, second, third]) {
            let places = parts.places(part, window, horizon).unwrap_or_default();
            for place in &places {
                prop_assert!(place.origin >= range.start && place.origin + horizon <= range.end);
                let start = if part == Split::Train { range.start } else { 0 };
                prop_assert!(place.origin >= start + window);
            }
            let all = (0..rows).filter(|&origin| {
                let start = if part == Split::Train { range.start + window } else { window.max(range.start) };
                origin >= start && origin + horizon <= range.end
            });
            prop_assert_eq!(places.len(), all.count());
        }
    }
}
