//! Forecasts by hand, and what holds of all of them.

use proptest::prelude::*;

use super::*;

const NONE: f64 = f64::NAN;
const SEASONAL: Baseline = Baseline::SeasonalNaive { season: 3 };

#[test]
fn seasonal_naive_repeats_the_last_season_and_passes_over_what_is_missing() {
    let history = [1.0, 2.0, 3.0, 4.0, NONE, 6.0];
    let forecast = |history: &[f64]| SEASONAL.forecast(history, 4);
    assert_eq!(forecast(&history), Some(vec![4.0, 2.0, 6.0, 4.0]));
    // Places of the season that never were.
    assert_eq!(forecast(&[7.0, 8.0]), Some(vec![8.0, 7.0, 8.0, 8.0]));
    assert_eq!(forecast(&[NONE, NONE]), None);
    assert_eq!(
        Baseline::SeasonalNaive { season: 0 }.forecast(&[3.0], 2),
        Some(vec![3.0, 3.0])
    );
}

#[test]
fn drift_goes_on_as_from_the_first_value_to_the_last() {
    assert_eq!(
        Baseline::Drift.forecast(&[NONE, 1.0, 9.0, 5.0], 2),
        Some(vec![7.0, 9.0])
    );
    assert_eq!(
        Baseline::Drift.forecast(&[NONE, 1.0, NONE], 2),
        Some(vec![1.0, 1.0])
    );
    assert_eq!(Baseline::Drift.forecast(&[], 2), None);
}

#[test]
fn deviations_are_those_of_residuals() {
    let history = [1.0, 3.0, NONE, 2.0, 6.0];
    assert_eq!(Baseline::Naive.deviation(&history), Some(10.0_f64.sqrt()));
    assert_eq!(SEASONAL.deviation(&history), Some(5.0_f64.sqrt()));
    // Slope 1.25 a step: residuals 0.75 and 2.75, less one parameter.
    assert_eq!(
        Baseline::Drift.deviation(&history),
        Some((0.5625_f64 + 7.5625).sqrt())
    );
    assert_eq!(Baseline::Naive.deviation(&[1.0]), None);
    assert_eq!(SEASONAL.deviation(&[1.0, 2.0]), None);
    assert_eq!(Baseline::Drift.deviation(&[1.0, 2.0]), None);
}

#[test]
fn intervals_widen_as_the_textbook_has_it() {
    let levels = [0.1, 0.5, 0.975];
    let history = [1.0, 2.0, 3.0, 4.0, 5.0];
    let quantiles =
        |baseline: Baseline, history: &[f64]| baseline.quantiles(history, 4, &levels, 2.0).unwrap();
    let near = |a: f64, b: f64| (a - b).abs() < 1e-5;
    let naive = quantiles(Baseline::Naive, &history);
    assert!(
        near(naive[0], 5.0 - 1.281_551_6 * 2.0) && near(naive[1], 5.0),
        "{naive:?}"
    );
    assert!(near(naive[11], 5.0 + 1.959_964 * 4.0), "{naive:?}");
    let seasonal = quantiles(SEASONAL, &history);
    assert!(near(seasonal[2], 3.0 + 1.959_964 * 2.0), "{seasonal:?}");
    assert!(
        near(seasonal[11], 3.0 + 1.959_964 * 2.0 * 2.0_f64.sqrt()),
        "{seasonal:?}"
    );
    let drift = quantiles(Baseline::Drift, &history);
    assert!(
        near(drift[5], 7.0 + 1.959_964 * 2.0 * (2.0 * 1.5_f64).sqrt()),
        "{drift:?}"
    );
    // A value that is missing at the end is a step further.
    let missing = quantiles(Baseline::Naive, &[1.0, 2.0, 3.0, 4.0, 5.0, NONE]);
    assert!(near(missing[2], naive[5]));
}

proptest! {
    #[test]
    fn quantiles_do_not_cross_and_the_median_is_the_forecast(
        history in proptest::collection::vec(proptest::option::weighted(0.8, -99.0..99.0_f64), 1..40),
        season in 0..9_usize,
        horizon in 1..20_usize,
        deviation in 0.0..9.0_f64,
    ) {
        let history: Vec<f64> = history.into_iter().map(|value| value.unwrap_or(NONE)).collect();
        for baseline in [Baseline::Naive, Baseline::SeasonalNaive { season }, Baseline::Drift] {
            let Some(forecast) = baseline.forecast(&history, horizon) else {
                prop_assert!(history.iter().all(|value| value.is_nan()));
                continue;
            };
            let quantiles = baseline.quantiles(&history, horizon, &[0.05, 0.5, 0.95], deviation).unwrap();
            prop_assert_eq!(quantiles.len(), 3 * horizon);
            for (row, value) in quantiles.chunks(3).zip(forecast) {
                prop_assert!(row[0] <= row[1] && row[1] <= row[2], "{:?}", row);
                prop_assert!((row[1] - value).abs() < 1e-9 && value.is_finite());
            }
            prop_assert!(baseline.deviation(&history).is_none_or(|deviation| deviation >= 0.0));
        }
    }
}
