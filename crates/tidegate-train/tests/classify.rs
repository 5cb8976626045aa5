//! Classifiers from recordings to probabilities, and back from their files.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;

use tidegate_data::{Label, Recordings, RecordingsOptions};
use tidegate_model::Model;
use tidegate_train::{
    Checkpointing, ClassWeights, ClassifyModel, ClassifyPooling, ClassifyRecipe,
    ExistingCheckpoint, Outcome, TrainError, Training,
};

/// Recordings of two channels that rise, fall or stay, of different lengths; or with a label for each step, which says
/// whether the first channel is above 0.
fn recordings(count: usize, every_step: bool) -> Recordings {
    let mut text = String::from("id,time,x,y,label\n");
    for index in 0..count {
        // Of the last class there are few.
        let class = if index % 7 == 6 { 2 } else { index % 2 };
        let steps = 4 + index % 5;
        for step in 0..steps {
            let noise = ((index * 31 + step * 17) % 11) as f64 / 11.0 - 0.5;
            let slope = [1.0, -1.0, 0.0][class];
            let x = slope * (step as f64 - 1.5) + 0.6 * noise;
            let label = match every_step {
                true => ["low", "high"][usize::from(x > 0.0)],
                false => ["up", "down", "still"][class],
            };
            writeln!(text, "r{index},{step},{x},{noise},{label}").unwrap();
        }
    }
    let options = RecordingsOptions {
        every_step,
        ..RecordingsOptions::default()
    };
    Recordings::read_from(text.as_bytes(), "made.csv", &options).unwrap()
}

fn recipe() -> ClassifyRecipe {
    ClassifyRecipe {
        hidden_size: 8,
        dropout: 0.1,
        input_dropout: 0.0,
        recurrent_dropout: 0.0,
        training: Training {
            learning_rate: 0.02,
            epochs: 15,
            patience: None,
            batch_size: 8,
            seed: 3,
            ..Training::default()
        },
        ..ClassifyRecipe::default()
    }
}

fn trained(recipe: &ClassifyRecipe, recordings: &Recordings) -> ClassifyModel {
    let data = recipe.prepare(recordings).unwrap();
    let (model, trained) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
    assert_eq!(trained.outcome, Outcome::Completed);
    model
}

#[test]
fn every_pooling_learns_and_a_file_gives_back_the_same_probabilities() {
    let (recordings, folder) = (recordings(70, false), tempfile::tempdir().unwrap());
    for pooling in [
        ClassifyPooling::Last,
        ClassifyPooling::Mean,
        ClassifyPooling::Attention,
    ] {
        let recipe = ClassifyRecipe {
            pooling,
            ..recipe()
        };
        let mut model = trained(&recipe, &recordings);
        let values = model.evaluate(&recordings).unwrap().metrics.values();
        assert!(values.accuracy.unwrap() > 0.9, "{pooling:?}: {values:?}");
        let path = folder.path().join("model");
        model.save(&path).unwrap();
        let loaded = ClassifyModel::load(&path).unwrap();
        assert_eq!(loaded.plan, model.plan);
        assert_eq!(
            loaded.predict(&recordings).unwrap(),
            model.predict(&recordings).unwrap()
        );
    }
}

#[test]
fn a_model_of_steps_gives_each_step_a_class() {
    let recordings = recordings(40, true);
    let model = trained(&recipe(), &recordings);
    let predictions = model.predict(&recordings).unwrap();
    let mut right = 0;
    for (recording, prediction) in recordings.recordings.iter().zip(&predictions) {
        let labels = recording.label.texts();
        assert_eq!(prediction.len(), labels.len());
        for (step, label) in labels.iter().enumerate() {
            right += usize::from(model.plan.schema.classes[prediction.class(step)] == **label);
            let total: f64 = prediction.probabilities(step).sum();
            assert!((total - 1.0).abs() < 1e-12);
        }
    }
    let evaluation = model.evaluate(&recordings).unwrap();
    let steps = evaluation.metrics.confusion().total();
    let accuracy = evaluation.metrics.values().accuracy.unwrap();
    assert!((accuracy - right as f64 / steps as f64).abs() < 1e-12);
    assert!(accuracy > 0.9, "{accuracy}");
}

#[test]
fn predictions_look_at_no_label_and_at_no_other_recording() {
    let recordings = recordings(30, false);
    let model = trained(&recipe(), &recordings);
    let together = model.predict(&recordings).unwrap();
    for (index, expected) in together.iter().enumerate() {
        let mut alone = recordings.clone();
        alone.recordings = vec![recordings.recordings[index].clone()];
        alone.recordings[0].label = Label::None;
        assert_eq!(&model.predict(&alone).unwrap()[0], expected);
    }
}

#[test]
fn the_temperature_never_makes_the_validation_likelihood_worse() {
    let recordings = recordings(60, false);
    let mut model = trained(&recipe(), &recordings);
    let data = recipe().prepare(&recordings).unwrap();
    let mut likelihood = |temperature: f64| {
        model.plan.temperature = temperature;
        let evaluation = model.evaluate_set(&data.valid).unwrap();
        evaluation.metrics.values().negative_log_likelihood.unwrap()
    };
    let found = trained(&recipe(), &recordings).plan.temperature;
    assert!(found > 0.05 && found < 20.0 && found != 1.0, "{found}");
    assert!(likelihood(found) < likelihood(1.0));
}

#[test]
fn balanced_weights_come_from_the_training_recordings_and_help_rare_classes() {
    let recordings = recordings(70, false);
    let balanced = ClassifyRecipe {
        class_weights: ClassWeights::Balanced,
        ..recipe()
    };
    let model = trained(&balanced, &recordings);
    let counts = &model.plan.class_counts;
    let total: usize = counts.iter().sum();
    let weights = model.plan.training.class_weights.clone().unwrap();
    for (weight, &count) in weights.iter().zip(counts) {
        let expected = total as f64 / (counts.len() as f64 * count as f64);
        assert!((weight - expected).abs() < 1e-12);
    }
    assert_eq!(
        trained(&recipe(), &recordings).plan.training.class_weights,
        None
    );
}

#[test]
fn a_run_that_is_interrupted_goes_on_and_ends_with_the_same_model() {
    let (recordings, folder) = (recordings(40, false), tempfile::tempdir().unwrap());
    let data = recipe().prepare(&recordings).unwrap();
    let whole = trained(&recipe(), &recordings);
    let checkpointing = Checkpointing {
        path: folder.path().join("run.checkpoint"),
        every_updates: None,
        existing: ExistingCheckpoint::Resume,
    };
    let looks = std::cell::Cell::new(0);
    let stop = || {
        looks.set(looks.get() + 1);
        looks.get() > 20
    };
    let run = |stop: &dyn Fn() -> bool| {
        recipe()
            .train(&data, Some(&checkpointing), &mut |_| {}, stop)
            .unwrap()
    };
    let (stopped, outcome) = run(&stop);
    assert_eq!(outcome.outcome, Outcome::Interrupted);
    assert_eq!(stopped.plan.temperature, 1.0);
    let (model, _) = run(&|| false);
    assert_eq!(model.plan, whole.plan);
    assert_eq!(model.model.parameters(), whole.model.parameters());
}

#[test]
fn cross_validation_measures_every_recording_once_and_repeats() {
    let recordings = recordings(35, false);
    let recipe = ClassifyRecipe {
        training: Training {
            epochs: 4,
            ..recipe().training
        },
        ..recipe()
    };
    let mut told = Vec::new();
    let mut run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let folds = &mut told;
        pool.build().unwrap().install(|| {
            recipe
                .cross_validate(&recordings, 3, &mut |fold| folds.push(fold.index), &|| {
                    false
                })
                .unwrap()
                .unwrap()
        })
    };
    let found = run(1);
    assert_eq!(found, run(3));
    assert_eq!(told, [0, 1, 2, 0, 1, 2]);
    assert_eq!(found.pooled.confusion().total(), 35);
    assert_eq!(
        found
            .folds
            .iter()
            .map(|fold| fold.recordings)
            .sum::<usize>(),
        35
    );
    let mean: f64 = found
        .folds
        .iter()
        .map(|fold| fold.values.accuracy.unwrap())
        .sum();
    assert!((found.accuracy.mean - mean / 3.0).abs() < 1e-12);
    assert!(found.macro_f1.deviation.is_finite());
    let stopped = recipe.cross_validate(&recordings, 3, &mut |_| {}, &|| true);
    assert_eq!(stopped.unwrap(), None);
    let refusal = recipe.cross_validate(&recordings, 1, &mut |_| {}, &|| false);
    assert!(matches!(refusal, Err(TrainError::Recordings(_))));
}

#[test]
fn a_file_whose_plan_does_not_fit_its_network_is_refused() {
    let (recordings, folder) = (recordings(30, false), tempfile::tempdir().unwrap());
    let path = folder.path().join("model");
    let refusal = |change: &dyn Fn(&mut ClassifyModel)| {
        let mut model = trained(&recipe(), &recordings);
        change(&mut model);
        model.save(&path).unwrap();
        ClassifyModel::load(&path).unwrap_err().to_string()
    };
    let text = refusal(&|model| model.plan.schema.classes.push("other".into()));
    assert!(text.contains("the classes of its recordings"), "{text}");
    let text = refusal(&|model| model.plan.schema.every_step = true);
    assert!(text.contains("steps that have a class"), "{text}");
    for temperature in [0.0, f64::NAN, 1e3] {
        let text = refusal(&|model| model.plan.temperature = temperature);
        assert!(
            text.contains("temperature") || text.contains("null"),
            "{text}"
        );
    }
    let text = refusal(&|model| {
        model.plan.schema.channels.pop();
        model.plan.schema.scaling.pop();
    });
    assert!(text.contains("channels"), "{text}");
    let plain = trained(&recipe(), &recordings);
    let plain = Model::from_parameters(
        plain.model.configuration().clone(),
        plain.model.parameters().to_vec(),
    )
    .unwrap();
    plain.save(&path).unwrap();
    let text = ClassifyModel::load(&path).unwrap_err().to_string();
    assert!(text.contains("does not say what was classified"), "{text}");
}

#[test]
fn recordings_that_do_not_fit_a_model_are_refused_by_name() {
    let whole = recordings(30, false);
    let model = trained(&recipe(), &whole);
    let steps = model.evaluate(&recordings(20, true)).unwrap_err();
    assert!(steps.to_string().contains("label for each step"), "{steps}");
    let mut other = whole.clone();
    other.channels[1] = "z".into();
    let error = model.predict(&other).unwrap_err().to_string();
    assert!(error.contains("missing: y"), "{error}");
    let mut one = whole.clone();
    one.recordings.retain(|one| &*one.label.texts()[0] == "up");
    let error = recipe().prepare(&one).unwrap_err().to_string();
    assert!(error.contains("every label is"), "{error}");
}
