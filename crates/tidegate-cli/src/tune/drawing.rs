//! From the space of a configuration to trials.

use serde_json::{Map, Value as Json};
use tidegate_study::tune::{Dimension, Draw, Trial, draw};
use tidegate_train::{ForecastData, TrainError};
use toml::Value;

use crate::configuration::{Candidates, Configuration, ForecastConfiguration, Key, Setting};
use crate::forecasting::settle;

/// Trials, and what each of them is configured to; none where its settings make no sense together.
#[derive(Debug)]
pub(super) struct Trials {
    pub(super) trials: Vec<Trial>,
    pub(super) configurations: Vec<Option<ForecastConfiguration>>,
    /// Epochs of the last round.
    pub(super) epochs: usize,
}

impl Trials {
    pub(super) fn of(
        configuration: &ForecastConfiguration,
        data: &ForecastData,
    ) -> Result<Trials, TrainError> {
        let drawn = settings(configuration);
        let epochs = epochs(configuration, &drawn, data)?;
        let mut base = configuration.clone();
        base.training.epochs = Some(epochs);
        let mut trials = Trials {
            trials: Vec::with_capacity(drawn.len()),
            configurations: Vec::with_capacity(drawn.len()),
            epochs,
        };
        for settings in drawn {
            let (configuration, recipe) = match settle(base.with(&settings), data) {
                Ok((configuration, recipe)) => (Some(configuration), Ok(recipe)),
                Err(error) => (None, Err(error.to_string())),
            };
            trials.configurations.push(configuration);
            trials.trials.push(Trial {
                settings: in_json(&settings),
                recipe,
            });
        }
        Ok(trials)
    }
}

/// The epochs that the configuration says, or that fit the data: the same for all trials.
fn epochs(
    configuration: &ForecastConfiguration,
    drawn: &[Vec<Setting>],
    data: &ForecastData,
) -> Result<usize, TrainError> {
    if let Some(epochs) = configuration.training.epochs {
        return Ok(epochs);
    }
    let (mut settled, mut trials) = (settle(configuration.clone(), data), drawn.iter());
    // What does not fit the data may be what the trials change.
    while let (Err(_), Some(settings)) = (&settled, trials.next()) {
        if let Ok(other) = settle(configuration.with(settings), data) {
            settled = Ok(other);
        }
    }
    let (_, recipe) = settled?;
    Ok(recipe.training.epochs)
}

/// The settings of each trial.
fn settings(configuration: &ForecastConfiguration) -> Vec<Vec<Setting>> {
    let space = configuration.tune.space.iter();
    let space: Vec<(&'static Key, &Candidates)> = space
        .filter_map(|(name, candidates)| {
            Some((ForecastConfiguration::tunable_key(name)?, candidates))
        })
        .collect();
    if space.is_empty() {
        return Vec::new();
    }
    let dimensions: Vec<Dimension> = space
        .iter()
        .map(|(key, candidates)| dimension(key, candidates))
        .collect();
    let drawn = draw(
        &dimensions,
        configuration.tune.trials,
        configuration.training.seed,
    );
    let setting = |(&(key, candidates), draw): (&(&'static Key, &Candidates), Draw)| {
        let value = match (candidates, draw) {
            (Candidates::Values(values), Draw::Value(place)) => values.get(place)?.clone(),
            (_, Draw::Number(number)) if key.is_count() => Value::Integer(number as i64),
            (_, Draw::Number(number)) => Value::Float(number),
            (Candidates::Range { .. }, Draw::Value(_)) => return None,
        };
        Some(Setting { key, value })
    };
    let trial = |draws: Vec<Draw>| space.iter().zip(draws).filter_map(setting).collect();
    drawn.into_iter().map(trial).collect()
}

fn dimension(key: &Key, candidates: &Candidates) -> Dimension {
    match *candidates {
        Candidates::Values(ref values) => Dimension::Values(values.len()),
        Candidates::Range { min, max, log } => Dimension::Range {
            min,
            max,
            log,
            whole: key.is_count(),
        },
    }
}

fn in_json(settings: &[Setting]) -> Map<String, Json> {
    let settings = settings.iter().map(|Setting { key, value }| {
        let value = serde_json::to_value(value).unwrap_or(Json::Null);
        (key.name.to_owned(), value)
    });
    settings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_settings_are_allowed_by_their_keys_and_whole_where_those_are() {
        let mut configuration = ForecastConfiguration::default();
        configuration.tune.trials = 40;
        let range = |min, max| Candidates::Range {
            min,
            max,
            log: true,
        };
        let space = &mut configuration.tune.space;
        space.insert("layers".to_owned(), range(1.0, 3.0));
        let cells = ["gru", "lstm"].map(Value::from);
        space.insert("cell".to_owned(), Candidates::Values(cells.into()));
        let drawn = settings(&configuration);
        assert_eq!(drawn.len(), 40);
        for trial in &drawn {
            assert_eq!(trial.len(), 5);
            for setting in trial {
                let accepted = setting.key.accept(setting.value.clone());
                assert_eq!(accepted.as_ref(), Some(&setting.value), "{setting:?}");
            }
            let tried = configuration.with(trial);
            assert!((1..=3).contains(&tried.model.layers));
            assert!([64, 128, 256, 512].contains(&tried.model.hidden.unwrap()));
        }
        configuration.tune.space.clear();
        assert!(settings(&configuration).is_empty());
    }
}
