use std::fmt::Write;

use tidegate_cells::{Cell, Gru};
use tidegate_data::{SeriesOptions, SplitOptions, Table};
use tidegate_model::Normalisation;
use tidegate_train::baselines::Baseline;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{ForecastRecipe, NetworkKind, Training};

use super::*;

const HORIZON: usize = 4;

fn value(row: usize) -> f64 {
    let season = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0];
    season[row % 6] + (row * row % 7) as f64 / 10.0
}

/// A model that has hardly learnt anything, and its data of 100 rows, of which the last 20 are for the test.
fn trained() -> (ForecastModel, ForecastData) {
    let mut text = "y\n".to_owned();
    for row in 0..100 {
        writeln!(text, "{}", value(row)).unwrap();
    }
    let table = Table::from_bytes(text.as_bytes()).unwrap();
    let recipe = ForecastRecipe {
        series: SeriesOptions::default(),
        split: SplitOptions::default(),
        window: 12,
        horizon: HORIZON,
        season: Some(6),
        network: NetworkKind::Direct,
        cell: Cell::Gru(Gru::default()),
        hidden_size: 4,
        layers: 1,
        normalisation: Normalisation::Last,
        dropout: 0.0,
        loss: ForecastLoss::Squared,
        levels: vec![0.1, 0.5, 0.9],
        training: Training {
            epochs: 1,
            ..Training::default()
        },
    };
    let data = recipe.prepare(&table).unwrap();
    let (model, _) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
    (model, data)
}

fn options(stride: Option<usize>, origins: Option<usize>) -> BacktestOptions {
    BacktestOptions {
        rows: BacktestRows::Test,
        stride,
        origins,
    }
}

fn origins(measured: &Backtest) -> Vec<usize> {
    let places = measured.set.places().iter();
    places.map(|place| place.origin).collect()
}

#[test]
fn origins_lie_whole_strides_before_the_last_one_of_their_series() {
    let (model, data) = trained();
    let found = |options| origins(&backtest(&model, &data, &options).unwrap());
    assert_eq!(found(options(None, None)), [80, 84, 88, 92, 96]);
    assert_eq!(found(options(Some(7), None)), [82, 89, 96]);
    assert_eq!(found(options(Some(7), Some(2))), [89, 96]);
    let all = BacktestOptions {
        rows: BacktestRows::All,
        ..options(Some(40), None)
    };
    assert_eq!(found(all), [16, 56, 96]);
    let places = [(0, 5), (0, 6), (0, 7), (2, 3), (2, 4)];
    let places = places.map(|(series, origin)| WindowPlace { series, origin });
    let kept = rolling(&places, 2, None);
    let kept: Vec<_> = kept.iter().map(|one| (one.series, one.origin)).collect();
    assert_eq!(kept, [(0, 5), (0, 7), (2, 4)]);
}

#[test]
fn naive_errors_are_those_that_one_finds_by_hand_in_all_and_at_each_step() {
    let (model, data) = trained();
    let measured = backtest(&model, &data, &options(Some(1), None)).unwrap();
    let origins = origins(&measured);
    assert_eq!(origins.len(), 17);
    let all = &measured.evaluation.all;
    let naive = |evaluation: &tidegate_train::MethodEvaluation| {
        let (baseline, errors) = &evaluation.baselines[0];
        assert_eq!(*baseline, Baseline::Naive);
        errors.in_units.mae.unwrap()
    };
    let by_hand = |steps: std::ops::Range<usize>| {
        let errors = origins.iter().flat_map(|&origin| {
            steps
                .clone()
                .map(move |step| (value(origin + step) - value(origin - 1)).abs())
        });
        let errors: Vec<f64> = errors.collect();
        errors.iter().sum::<f64>() / errors.len() as f64
    };
    assert!((naive(all) - by_hand(0..HORIZON)).abs() < 1e-9);
    assert_eq!(all.steps.len(), HORIZON);
    for (step, evaluation) in all.steps.iter().enumerate() {
        assert!((naive(evaluation) - by_hand(step..step + 1)).abs() < 1e-9);
        assert!(evaluation.steps.is_empty());
    }
    // There is one channel, and the errors of the steps are those of the whole.
    assert_eq!(measured.evaluation.channels[0].1, *all);
    let steps = all.steps.iter();
    let mean = steps.map(|one| one.model.scaled.mse.unwrap()).sum::<f64>() / HORIZON as f64;
    assert!((mean - all.model.scaled.mse.unwrap()).abs() < 1e-9);
}

#[test]
fn a_stride_or_a_number_of_origins_of_0_is_refused_by_its_name() {
    let (model, data) = trained();
    for (options, name) in [
        (options(Some(0), None), "stride"),
        (options(None, Some(0)), "origins"),
    ] {
        match backtest(&model, &data, &options) {
            Err(TrainError::Option { option, .. }) => assert_eq!(option, name),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_model_stands_by_the_better_one_of_naive_and_seasonal_naive() {
    let (model, data) = trained();
    let measured = backtest(&model, &data, &options(None, None)).unwrap();
    let mut standing = Standing::of(&measured.evaluation.all);
    assert_eq!(standing.measure, ScoreMeasure::Mase);
    // A season that repeats but for a tenth is hard to beat after one epoch of training.
    let (baseline, best) = standing.best_naive().unwrap();
    assert_eq!(baseline, Baseline::SeasonalNaive { season: 6 });
    assert!(!standing.beats_naive());
    assert_eq!(standing.beats(baseline), Some(false));
    standing.model = Some(best);
    assert!(!standing.beats_naive());
    standing.model = Some(0.99 * best);
    assert!(standing.beats_naive());
    standing.model = None;
    assert_eq!(standing.beats(baseline), None);
    assert!(!standing.beats_naive());
}

#[test]
fn the_page_shows_forecasts_that_do_not_overlap_and_the_errors_of_each_step() {
    let (model, data) = trained();
    let measured = backtest(&model, &data, &options(Some(3), None)).unwrap();
    let picture = measured.picture("Backtest".to_owned(), vec![], &model, &data);
    let picture = picture.unwrap();
    let firsts = picture.series[0].origins.iter().map(|origin| origin.first);
    assert_eq!(firsts.collect::<Vec<_>>(), [84, 90, 96]);
    let origin = &picture.series[0].origins[0];
    assert_eq!(origin.baselines[0], vec![value(83); HORIZON]);
    assert_eq!(origin.quantiles.len(), HORIZON);
    assert_eq!(picture.errors.as_ref().unwrap().methods.len(), 4);
    let html = picture.html().unwrap();
    assert!(html.contains("seasonal naive"));
}
