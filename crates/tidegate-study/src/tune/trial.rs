//! A trial: settings, and the recipe that they make.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tidegate_train::{Bytes, ForecastData, ForecastRecipe, TrainError};

use super::memory::least_bytes;

/// Settings that are tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What was drawn, by name.
    pub settings: Map<String, Value>,
    /// What they make; else why they make nothing.
    pub recipe: Result<ForecastRecipe, String>,
}

impl Trial {
    /// Its settings in one line.
    #[must_use]
    pub fn in_words(&self) -> String {
        let settings = self.settings.iter().map(|(name, value)| match value {
            Value::String(text) => format!("{name} {text}"),
            Value::Number(number) => {
                format!("{name} {}", short(number.as_f64().unwrap_or(f64::NAN)))
            }
            value => format!("{name} {value}"),
        });
        settings.collect::<Vec<_>>().join(", ")
    }

    /// Why it cannot be trained on this data in so much memory, if it cannot; else its validation windows.
    pub(super) fn validation_windows(
        &self,
        data: &ForecastData,
        memory: Option<u64>,
    ) -> Result<usize, String> {
        let recipe = self.recipe.as_ref().map_err(Clone::clone)?;
        let says = |error: TrainError| error.to_string();
        let configuration = recipe.configuration(data).map_err(says)?;
        recipe.training.validate().map_err(says)?;
        let [train, valid] = recipe.windows(data).map_err(says)?;
        let needed = least_bytes(&configuration, &recipe.training, train.len());
        match memory {
            Some(memory) if needed > memory as f64 => Err(format!(
                "training takes {} of memory at least, and the machine has {}",
                // Beyond the largest number, it stays at that.
                Bytes(needed as u64),
                Bytes(memory)
            )),
            _ => Ok(valid.len()),
        }
    }
}

/// Four significant digits, without zeros at the end.
fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    match rounded.abs() {
        1e-4..1e9 => rounded.to_string(),
        0.0 => "0".to_owned(),
        _ => format!("{rounded:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_with_four_digits() {
        let Value::Object(settings) = serde_json::json!({
            "cell": "gru", "dropout": 0.123_456, "hidden": 512, "learning_rate": 0.000_012_345
        }) else {
            panic!("an object");
        };
        let trial = Trial {
            settings,
            recipe: Err(String::new()),
        };
        assert_eq!(
            trial.in_words(),
            "cell gru, dropout 0.1235, hidden 512, learning_rate 1.234e-5"
        );
    }
}
