//! From a table to forecasts.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell as Counter;
use std::fmt::Write as _;

use tidegate_cells::{Cell, Gru};
use tidegate_data::{Missing, SeriesOptions, Split, SplitOptions, Table};
use tidegate_model::Normalisation;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{
    Checkpointing, ForecastModel, ForecastRecipe, ModelTask, NetworkKind, Outcome, Predictions,
    TrainError, Trained, Training,
};

/// Two channels with a season of 12 steps, the second without some of its values.
fn table(rows: usize) -> Table {
    let mut text = "date,load,flow\n".to_owned();
    for row in 0..rows {
        let season = (row as f64 * std::f64::consts::TAU / 12.0).sin();
        let noise = f64::from((row as u32).wrapping_mul(2_654_435_761) >> 8) / 16_777_216.0 - 0.5;
        let flow = match row % 17 {
            3 => String::new(),
            _ => (20.0 - 4.0 * season + noise).to_string(),
        };
        let (day, hour) = (row / 24, row % 24);
        let (month, day) = (day / 31 + 1, day % 31 + 1);
        let date = format!("2020-{month:02}-{day:02} {hour:02}:00:00");
        writeln!(text, "{date},{},{flow}", 10.0 + 3.0 * season + noise).unwrap();
    }
    Table::from_bytes(text.as_bytes()).unwrap()
}

fn recipe(network: NetworkKind, loss: ForecastLoss) -> ForecastRecipe {
    ForecastRecipe {
        series: SeriesOptions {
            missing: Missing::Mask,
            ..SeriesOptions::default()
        },
        split: SplitOptions::default(),
        window: 24,
        horizon: 10,
        season: Some(12),
        network,
        cell: Cell::Gru(Gru::default()),
        hidden_size: 16,
        layers: 1,
        normalisation: Normalisation::Last,
        dropout: 0.1,
        loss,
        levels: vec![0.1, 0.5, 0.9],
        training: Training {
            learning_rate: 0.01,
            epochs: 12,
            batch_size: 32,
            weight_decay: Some(0.0),
            ..Training::default()
        },
    }
}

fn quantiles() -> ForecastLoss {
    ForecastLoss::Quantile {
        levels: vec![0.1, 0.5, 0.9],
    }
}

const SEGMENT: NetworkKind = NetworkKind::Segment { length: None };

fn train(
    recipe: &ForecastRecipe,
    table: &Table,
    checkpointing: Option<&Checkpointing>,
    looks: usize,
) -> (ForecastModel, Trained) {
    let data = recipe.prepare(table).unwrap();
    let looked = Counter::new(0);
    let stop = || {
        looked.set(looked.get() + 1);
        looked.get() > looks
    };
    recipe
        .train(&data, checkpointing, &mut |_| {}, &stop)
        .unwrap()
}

/// Mean absolute error on the test part, and the share of values between the outer quantiles.
fn measure(model: &ForecastModel, table: &Table) -> (f64, f64) {
    let data = model.prepare(table).unwrap();
    let set = data
        .windows(Split::Test, model.window(), model.horizon())
        .unwrap();
    let rows: Vec<usize> = (0..set.len()).collect();
    let (mut batch, mut predictions) = Default::default();
    set.fill(&rows, &mut batch);
    model.predict(&set, &rows, &mut predictions).unwrap();
    let Predictions { point, quantiles } = predictions;
    let (mut error, mut inside, mut count) = (0.0, 0.0, 0.0);
    for (index, quantiles) in quantiles.chunks_exact(3).enumerate() {
        assert!(quantiles.is_sorted());
        if batch.observed[index] {
            let value = batch.targets[index];
            error += f64::from((point[index] - value).abs());
            inside += f64::from(u8::from(quantiles[0] <= value && value <= quantiles[2]));
            count += 1.0;
        }
    }
    (error / count, inside / count)
}

#[test]
fn every_network_learns_a_season_and_its_quantiles_hold_about_as_much_as_they_say() {
    let table = table(700);
    for network in [SEGMENT, NetworkKind::Direct] {
        for loss in [ForecastLoss::Squared, ForecastLoss::Absolute, quantiles()] {
            let recipe = recipe(network, loss);
            let (model, trained) = train(&recipe, &table, None, usize::MAX);
            assert_eq!(trained.outcome, Outcome::Completed);
            let (error, inside) = measure(&model, &table);
            // The season alone has a mean absolute value of 0.9 deviations, the noise of about 0.1.
            assert!(error < 0.3, "{network:?} {error}");
            assert!((0.6..=0.99).contains(&inside), "{network:?} {inside}");
        }
    }
}

#[test]
fn a_run_stopped_at_any_look_at_the_flag_and_continued_ends_with_the_same_bits() {
    let table = table(240);
    let mut recipe = recipe(SEGMENT, ForecastLoss::Squared);
    recipe.training.epochs = 2;
    let (whole, trained) = train(&recipe, &table, None, usize::MAX);
    assert_eq!(trained.epochs.len(), 2);
    for looks in [0, 1, 4, 6, 8, 9] {
        let folder = tempfile::tempdir().unwrap();
        let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
        let (_, stopped) = train(&recipe, &table, Some(&checkpointing), looks);
        assert_eq!(stopped.outcome, Outcome::Interrupted);
        let (continued, _) = train(&recipe, &table, Some(&checkpointing), usize::MAX);
        assert_eq!(
            continued.forecaster.parameters(),
            whole.forecaster.parameters()
        );
        assert_eq!(continued.plan, whole.plan);
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let table = table(240);
    let mut recipe = recipe(SEGMENT, quantiles());
    recipe.training.epochs = 1;
    let of_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let model = pool
            .build()
            .unwrap()
            .install(|| train(&recipe, &table, None, usize::MAX).0);
        model.forecaster.parameters().to_vec()
    };
    assert_eq!(of_threads(1), of_threads(3));
}

#[test]
fn a_saved_model_forecasts_what_follows_a_table() {
    let table = table(300);
    for (network, loss) in [
        (SEGMENT, ForecastLoss::Squared),
        (NetworkKind::Direct, quantiles()),
    ] {
        let mut recipe = recipe(network, loss);
        recipe.training.epochs = 1;
        let (mut model, _) = train(&recipe, &table, None, usize::MAX);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        model.save(&path).unwrap();
        assert_eq!(
            ModelTask::of_file(&path).unwrap(),
            Some(ModelTask::Forecast)
        );
        let loaded = ForecastModel::load(&path).unwrap();
        assert_eq!(loaded.plan, model.plan);
        let data = loaded.prepare_ahead(&table).unwrap();
        let ahead = data.last_windows(24, 10).unwrap();
        assert_eq!(ahead.places()[0].origin, 300);
        let (mut first, mut second) = (Predictions::default(), Predictions::default());
        loaded.predict(&ahead, &[0], &mut first).unwrap();
        model.predict(&ahead, &[0], &mut second).unwrap();
        assert_eq!(first, second);
        assert_eq!((first.point.len(), first.quantiles.len()), (20, 60));
        let short = loaded.prepare_ahead(&self::table(20)).unwrap();
        assert!(matches!(
            short.last_windows(24, 10),
            Err(TrainError::NoWindow {
                window: 24,
                longest: 20
            })
        ));
    }
}

#[test]
fn a_file_whose_plan_does_not_fit_its_network_is_refused() {
    let table = table(240);
    let mut recipe = recipe(SEGMENT, ForecastLoss::Squared);
    recipe.training.epochs = 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let refused = |change: fn(&mut ForecastModel)| {
        let (mut model, _) = train(&recipe, &table, None, usize::MAX);
        change(&mut model);
        model.save(&path).unwrap();
        ForecastModel::load(&path).unwrap_err().to_string()
    };
    assert!(refused(|model| model.plan.levels.clear()).contains("quantiles"));
    assert!(refused(|model| model.plan.residuals = None).contains("errors"));
    assert!(refused(|model| model.plan.schema.targets.clear()).contains("targets"));
    assert!(refused(|model| model.plan.season = 0).contains("season"));
    assert!(
        refused(|model| {
            let residuals = model.plan.residuals.as_mut().unwrap();
            residuals.offsets[0] = 99.0;
        })
        .contains("order")
    );
}

#[test]
fn options_without_a_meaning_for_windows_are_refused() {
    let table = table(240);
    let mut recipe = recipe(SEGMENT, ForecastLoss::Squared);
    recipe.training.window = Some(3);
    let data = recipe.prepare(&table).unwrap();
    let result = recipe.train(&data, None, &mut |_| {}, &|| false);
    assert!(matches!(
        result,
        Err(TrainError::Option {
            option: "window",
            ..
        })
    ));
}
