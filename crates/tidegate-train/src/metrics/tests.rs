//! What the measures come to, by hand.

use proptest::prelude::*;

use super::*;

#[test]
fn errors_are_averaged_over_what_was_observed() {
    let mut metrics = ForecastMetrics::new(&[]);
    metrics.add(
        &[1.0, 2.0, 50.0],
        &[],
        &[3.0, 1.0, f64::NAN],
        &[true, true, false],
        Some(0.5),
    );
    let values = metrics.values();
    assert_eq!(
        (values.mse, values.mae, values.mase),
        (Some(2.5), Some(1.5), Some(3.0))
    );
    // 200 · (2/4 + 1/3) / 2
    assert!((values.smape.unwrap() - 200.0 * (0.5 + 1.0 / 3.0) / 2.0).abs() < 1e-12);
    assert_eq!(
        (values.weighted_quantile_loss, values.coverage),
        (None, vec![])
    );
}

#[test]
fn what_is_not_defined_is_none() {
    let mut metrics = ForecastMetrics::new(&[0.5]);
    assert_eq!(metrics.values().mse, None);
    metrics.add(&[1.0], &[1.0], &[5.0], &[false], Some(1.0));
    assert_eq!((metrics.values().smape, metrics.values().mae), (None, None));
    metrics.add(&[1.0], &[1.0], &[0.0], &[], None);
    let values = metrics.values();
    assert_eq!((values.mase, values.weighted_quantile_loss), (None, None));
    assert_eq!(values.smape, Some(200.0));
    assert_eq!(metrics.mean_absolute_scaled_error.without_scale(), 1);
}

#[test]
fn nothing_forecast_as_nothing_is_no_error() {
    let mut smape = SymmetricMeanAbsolutePercentageError::default();
    smape.add(&[0.0, -1.0], &[0.0, 1.0], &[]);
    assert_eq!(smape.value(), Some(100.0));
}

#[test]
fn the_scale_is_the_error_of_the_season_before_and_jumps_over_missing_values() {
    assert_eq!(
        seasonal_naive_scale(&[1.0, f64::NAN, 4.0, 6.0], 1),
        Some(2.0)
    );
    assert_eq!(seasonal_naive_scale(&[1.0, 9.0, 4.0, 10.0], 2), Some(2.0));
    assert_eq!(seasonal_naive_scale(&[1.0, 2.0], 2), None);
    assert_eq!(seasonal_naive_scale(&[3.0; 9], 1), None);
    assert_eq!(seasonal_naive_scale(&[], 0), None);
}

#[test]
fn quantiles_are_weighed_by_their_level() {
    let mut loss = WeightedQuantileLoss::new(&[0.1, 0.5, 0.9]);
    loss.add(&[1.0, 2.0, 3.0, 4.0, 4.0, 9.0], &[2.0, -6.0], &[]);
    // Level 0.1: 2 · (0.1 · 1 + 0.9 · 10); 0.5: 0 + 10; 0.9: 2 · (0.1 · 1 + 0.1 · 15); over 8.
    let expected = [18.2 / 8.0, 10.0 / 8.0, 3.2 / 8.0];
    for (found, expected) in loss.by_level().unwrap().iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    assert!((loss.value().unwrap() - 31.4 / 24.0).abs() < 1e-12);
}

#[test]
fn coverage_counts_the_values_in_each_central_interval() {
    let mut coverage = Coverage::new(&[0.05, 0.25, 0.5, 0.75, 0.95]);
    let quantiles = [0.0, 1.0, 2.0, 3.0, 4.0].repeat(4);
    coverage.add(
        &quantiles,
        &[1.0, 3.5, 5.0, 2.0],
        &[true, true, true, false],
    );
    let values = coverage.values();
    assert!((values[0].nominal - 0.9).abs() < 1e-12 && (values[1].nominal - 0.5).abs() < 1e-12);
    assert_eq!(
        (values[0].covered, values[1].covered),
        (Some(2.0 / 3.0), Some(1.0 / 3.0))
    );
    assert!(Coverage::new(&[0.1, 0.5, 0.8]).values().is_empty());
}

proptest! {
    #[test]
    fn merging_adds_up_what_two_have_seen(
        points in proptest::collection::vec((-9.0..9.0_f64, -9.0..9.0_f64, any::<bool>()), 1..30),
        cut in 0..30_usize,
    ) {
        let forecast: Vec<f64> = points.iter().map(|point| point.0).collect();
        let actual: Vec<f64> = points.iter().map(|point| point.1).collect();
        let observed: Vec<bool> = points.iter().map(|point| point.2).collect();
        let quantiles: Vec<f64> = forecast.iter().flat_map(|value| [value - 1.0, value + 1.0]).collect();
        let cut = cut.min(points.len());
        let of_range = |range: std::ops::Range<usize>| {
            let mut metrics = ForecastMetrics::new(&[0.1, 0.9]);
            let quantiles = &quantiles[2 * range.start..2 * range.end];
            metrics.add(&forecast[range.clone()], quantiles, &actual[range.clone()], &observed[range], Some(2.0));
            metrics
        };
        let whole = of_range(0..points.len()).values();
        let mut merged = of_range(0..cut);
        merged.merge(&of_range(cut..points.len()));
        let merged = merged.values();
        let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * (1.0 + a.abs()),
            (a, b) => a == b,
        };
        prop_assert!(near(whole.mse, merged.mse) && near(whole.mae, merged.mae) && near(whole.mase, merged.mase));
        prop_assert!(near(whole.smape, merged.smape) && near(whole.weighted_quantile_loss, merged.weighted_quantile_loss));
        prop_assert_eq!(whole.coverage, merged.coverage);
        prop_assert!(whole.smape.is_none_or(|smape| (0.0..=200.0).contains(&smape)));
    }
}
