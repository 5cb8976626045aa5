//! The space that tuning searches: for each of some keys a list of values, or a range of numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tidegate_data::nearest_name;
use toml::{Table, Value};

use super::Configuration;
use super::allowed::Allowed;
use super::error::Wrong;
use super::key::Key;

/// What is tried for one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Candidates {
    /// Each with the same probability.
    Values(Vec<Value>),
    /// Uniform between both ends, or with `log` uniform in the logarithm.
    Range { min: f64, max: f64, log: bool },
}

/// Around the defaults, at a cost that a laptop carries.
pub(super) fn default_space() -> BTreeMap<String, Candidates> {
    let values =
        |values: &[i64]| Candidates::Values(values.iter().copied().map(Value::Integer).collect());
    BTreeMap::from([
        ("hidden".to_owned(), values(&[64, 128, 256, 512])),
        (
            "dropout".to_owned(),
            Candidates::Range {
                min: 0.0,
                max: 0.6,
                log: false,
            },
        ),
        (
            "learning_rate".to_owned(),
            Candidates::Range {
                min: 1e-4,
                max: 3e-3,
                log: true,
            },
        ),
    ])
}

/// The candidates of one key in the form in which they are kept.
pub(super) fn accept<C: Configuration>(name: &str, value: Value) -> Result<Value, Wrong> {
    let Some(key) = C::tunable_key(name) else {
        let known: Vec<String> = tunable::<C>().map(|key| key.name.to_owned()).collect();
        return Err(Wrong::Key {
            section: "tune.space".to_owned(),
            name: name.to_owned(),
            nearest: nearest_name(name, known.iter().map(String::as_str)).map(str::to_owned),
            known,
        });
    };
    let found = value.to_string();
    let candidates = match value {
        Value::Array(values) if !values.is_empty() => values
            .into_iter()
            .map(|value| key.accept(value))
            .collect::<Option<_>>()
            .map(Value::Array),
        Value::Table(table) => range(key, &table),
        _ => None,
    };
    candidates.ok_or_else(|| Wrong::Value {
        path: format!("tune.space.{name}"),
        found,
        allowed: describe(key),
    })
}

fn tunable<C: Configuration>() -> impl Iterator<Item = &'static Key> {
    C::KEYS.iter().filter(|key| key.tunable)
}

fn is_number(key: &Key) -> bool {
    matches!(key.allowed, Allowed::Count { .. } | Allowed::Number(_))
}

fn range(key: &Key, table: &Table) -> Option<Value> {
    let only = ["min", "max", "log"];
    if !is_number(key) || table.keys().any(|name| !only.contains(&name.as_str())) {
        return None;
    }
    let end = |name: &str| {
        let value = key.allowed.accept(table.get(name)?.clone())?;
        value
            .as_float()
            .or(value.as_integer().map(|value| value as f64))
    };
    let (min, max) = (end("min")?, end("max")?);
    let log = match table.get("log") {
        Some(log) => log.as_bool()?,
        None => false,
    };
    if min >= max || !max.is_finite() || (log && min <= 0.0) {
        return None;
    }
    Value::try_from(Candidates::Range { min, max, log }).ok()
}

fn describe(key: &Key) -> String {
    let each = format!("a list of values, each {}", key.describe());
    match is_number(key) {
        true => format!(
            "{each}; or a range such as {{ min = 1, max = 10, log = true }} with min below max, both {}, and above 0 with log",
            key.allowed.describe()
        ),
        false => each,
    }
}
