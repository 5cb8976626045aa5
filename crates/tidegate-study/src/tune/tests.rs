use std::cell::Cell as Counter;
use std::fmt::Write;
use std::path::Path;

use serde_json::{Map, Value, json};
use tidegate_cells::{Cell, Gru};
use tidegate_data::{SeriesOptions, SplitOptions, Table};
use tidegate_model::Normalisation;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{ForecastData, ForecastRecipe, NetworkKind, Training};

use super::*;

const EPOCHS: usize = 6;

fn table(rows: usize, seed: usize) -> Table {
    let mut text = "y\n".to_owned();
    for row in 0..rows {
        let season = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0];
        let noise = ((row + seed) * (row + seed) % 7) as f64 / 10.0;
        writeln!(text, "{}", season[row % 6] + noise).unwrap();
    }
    Table::from_bytes(text.as_bytes()).unwrap()
}

fn recipe(window: usize, learning_rate: f64) -> ForecastRecipe {
    ForecastRecipe {
        series: SeriesOptions::default(),
        split: SplitOptions::default(),
        window,
        horizon: 4,
        season: Some(6),
        network: NetworkKind::Direct,
        cell: Cell::Gru(Gru::default()),
        hidden_size: 4,
        layers: 1,
        normalisation: Normalisation::Last,
        dropout: 0.25,
        loss: ForecastLoss::Squared,
        levels: vec![0.1, 0.5, 0.9],
        training: Training {
            epochs: EPOCHS,
            learning_rate,
            batch_size: 16,
            clip_norm: None,
            ..Training::default()
        },
    }
}

fn trial(recipe: ForecastRecipe) -> Trial {
    let mut settings = Map::new();
    settings.insert("learning_rate".into(), recipe.training.learning_rate.into());
    Trial {
        settings,
        recipe: Ok(recipe),
    }
}

/// Seven trials with a window of 12 rows.
fn trials() -> Vec<Trial> {
    let rates = [0.0001, 0.01, 0.003, 0.03, 0.0003, 0.1, 0.001];
    rates.map(|rate| trial(recipe(12, rate))).into()
}

fn data() -> ForecastData {
    recipe(12, 0.1).prepare(&table(120, 0)).unwrap()
}

fn search(
    data: &ForecastData,
    trials: &[Trial],
    folder: &Path,
    options: &Value,
    looks: usize,
) -> Result<Tuned, TuneError> {
    let tuning = Tuning {
        data,
        trials,
        epochs: EPOCHS,
        factor: 2,
        folder,
        options,
    };
    let looked = Counter::new(0);
    let stop = || {
        looked.set(looked.get() + 1);
        looked.get() > looks
    };
    tune(&tuning, &mut |_| {}, &stop)
}

/// Epochs, best epoch and the loss's bits of each round.
type Rounds = Vec<(usize, usize, u64)>;

/// What does not depend on time: the best trial, what became of all of them, and the bits of the model.
fn timeless(tuned: &Tuned) -> (usize, Vec<(Rounds, bool)>, Vec<u32>) {
    let records = tuned.records.iter().map(|record| {
        let rungs = record.rungs.iter();
        let rungs = rungs.map(|one| (one.epochs, one.best_epoch, one.valid_loss.to_bits()));
        (rungs.collect::<Rounds>(), record.failure.is_some())
    });
    let parameters = tuned.model.forecaster.parameters().iter();
    (
        tuned.best,
        records.collect(),
        parameters.map(|parameter| parameter.to_bits()).collect(),
    )
}

#[test]
fn the_better_half_goes_on_from_where_it_stood_and_the_best_is_as_if_trained_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (data, trials) = (data(), trials());
    let tuned = search(&data, &trials, folder.path(), &json!({}), usize::MAX).unwrap();
    let rungs: Vec<_> = tuned
        .rungs
        .iter()
        .map(|rung| (rung.trials, rung.epochs))
        .collect();
    assert_eq!(rungs, [(7, 2), (3, 3), (1, 6)]);
    for (level, (trials, _)) in rungs.iter().enumerate() {
        let through = tuned.records.iter().filter(|one| one.rungs.len() > level);
        assert_eq!(through.count(), *trials);
    }
    let best = &tuned.records[tuned.best];
    assert_eq!(best.rungs.len(), 3);
    // Nobody who was left behind was better then.
    for level in 0..2 {
        let worst_of_those_that_went_on = tuned
            .records
            .iter()
            .filter(|one| one.rungs.len() > level + 1)
            .map(|one| one.rungs[level].valid_loss)
            .fold(0.0, f64::max);
        for one in tuned
            .records
            .iter()
            .filter(|one| one.rungs.len() == level + 1)
        {
            assert!(one.rungs[level].valid_loss >= worst_of_those_that_went_on);
        }
    }
    let alone = trials[tuned.best].recipe.as_ref().unwrap();
    let (model, trained) = alone.train(&data, None, &mut |_| {}, &|| false).unwrap();
    assert_eq!(
        model.forecaster.parameters(),
        tuned.model.forecaster.parameters()
    );
    assert_eq!(model.plan, tuned.model.plan);
    assert_eq!(
        trained.best().unwrap().valid_loss,
        best.last().unwrap().valid_loss
    );
}

#[test]
fn a_search_stopped_again_and_again_ends_with_the_same_bits() {
    let place = tempfile::tempdir().unwrap();
    let (data, trials) = (data(), trials());
    let whole = place.path().join("whole");
    let expected = search(&data, &trials, &whole, &json!({}), usize::MAX).unwrap();
    let mut interruptions = 0;
    let cut = place.path().join("cut");
    let found = loop {
        match search(&data, &trials, &cut, &json!({}), 7) {
            Err(TuneError::Interrupted { .. }) => interruptions += 1,
            result => break result.unwrap(),
        }
        assert!(interruptions < 1_000);
    };
    assert!(interruptions > 10, "{interruptions}");
    assert_eq!(timeless(&found), timeless(&expected));
    // What is done is not done again.
    let again = search(&data, &trials, &cut, &json!({}), 0).unwrap();
    assert_eq!(timeless(&again), timeless(&expected));
    // Records that are lost are found again in the checkpoints and by training.
    std::fs::remove_file(cut.join("trials.json")).unwrap();
    let again = search(&data, &trials, &cut, &json!({}), usize::MAX).unwrap();
    assert_eq!(timeless(&again), timeless(&expected));
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (data, trials) = (data(), trials());
    let [one, three] = [1, 3].map(|threads| {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let search = || search(&data, &trials, folder.path(), &json!({}), usize::MAX);
        timeless(&pool.build().unwrap().install(search).unwrap())
    });
    assert_eq!(one, three);
}

#[test]
fn trials_that_diverge_or_do_not_fit_are_passed_over_with_their_reason() {
    let folder = tempfile::tempdir().unwrap();
    let data = data();
    let mut trials = trials();
    trials[1] = trial(recipe(12, 1e30));
    trials[2] = trial(recipe(1_000, 0.01));
    // Of 120 rows 84 are for training.
    trials[3] = trial(recipe(90, 0.01));
    trials[4].recipe = Err("no such thing".to_owned());
    let tuned = search(&data, &trials, folder.path(), &json!({}), usize::MAX).unwrap();
    for (index, words) in [
        (1, "not finite"),
        (2, "window of 1000"),
        (3, "window of 90"),
        (4, "no such thing"),
    ] {
        let failure = tuned.records[index].failure.as_ref().unwrap();
        assert!(failure.contains(words), "{failure}");
    }
    assert!([0, 5, 6].contains(&tuned.best));
    let failing = &trials[1..5];
    let folder = tempfile::tempdir().unwrap();
    let error = search(&data, failing, folder.path(), &json!({}), usize::MAX).unwrap_err();
    assert!(matches!(error, TuneError::AllFailed { .. }), "{error}");
    assert!(
        error.to_string().contains("no such thing") || error.to_string().contains("not finite")
    );
}

#[test]
fn trials_are_compared_on_the_same_validation_windows() {
    let mut text = "id,ds,y\n".to_owned();
    for (name, rows) in [("long", 120), ("short", 40)] {
        for row in 0..rows {
            let (day, hour) = (1 + row / 24, row % 24);
            let value = f64::from(row * row % 7 + row % 6);
            writeln!(text, "{name},2020-01-{day:02} {hour:02}:00:00,{value}").unwrap();
        }
    }
    let table = Table::from_bytes(text.as_bytes()).unwrap();
    let data = recipe(12, 0.1).prepare(&table).unwrap();
    // The short series has 28 rows before the first one for validation.
    let trials = [trial(recipe(30, 0.01)), trial(recipe(12, 0.01))];
    let folder = tempfile::tempdir().unwrap();
    let tuned = search(&data, &trials, folder.path(), &json!({}), usize::MAX).unwrap();
    assert_eq!(tuned.best, 1);
    let failure = tuned.records[0].failure.as_ref().unwrap();
    assert!(failure.contains("only 9 of 10"), "{failure}");
}

#[test]
fn a_trial_larger_than_the_memory_is_refused_before_it_is_trained() {
    let data = data();
    let one = trial(recipe(12, 0.01));
    assert_eq!(one.validation_windows(&data, None), Ok(9));
    let refusal = one.validation_windows(&data, Some(1_000)).unwrap_err();
    assert!(refusal.contains("memory"), "{refusal}");
    assert!(one.validation_windows(&data, Some(1 << 20)).is_ok());
}

#[test]
fn another_search_other_data_and_other_files_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let (data, trials) = (data(), trials());
    let folder = place.path().join("search");
    search(&data, &trials, &folder, &json!({"seed": 1}), usize::MAX).unwrap();
    let refused = |data: &ForecastData, trials: &[Trial], options: Value, words: &str| {
        let error = search(data, trials, &folder, &options, usize::MAX).unwrap_err();
        assert!(matches!(error, TuneError::OtherSearch { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(
        &data,
        &trials,
        json!({"seed": 2}),
        "options, seed is 1 there, 2 here",
    );
    refused(&data, &trials[1..], json!({"seed": 1}), "trials");
    let other = recipe(12, 0.1).prepare(&table(120, 1)).unwrap();
    refused(&other, &trials, json!({"seed": 1}), "readings");
    std::fs::write(place.path().join("letter.txt"), "dear").unwrap();
    let error = search(&data, &trials, place.path(), &json!({}), 0).unwrap_err();
    assert!(matches!(error, TuneError::Occupied { .. }), "{error}");
    let file = place.path().join("letter.txt");
    let error = search(&data, &trials, &file, &json!({}), 0).unwrap_err();
    assert!(error.to_string().contains("letter.txt"), "{error}");
    let error = search(&data, &[], &folder, &json!({}), 0).unwrap_err();
    assert!(matches!(error, TuneError::NoTrial), "{error}");
}
