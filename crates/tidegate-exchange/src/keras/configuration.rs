//! The entries of a layer's configuration.

use serde_json::Value;

use super::KerasLayer;
use crate::error::ExchangeError;
use crate::network::{Activation, Layer};

/// Class and configuration of a layer or model, as the configuration of what it is part of holds them.
pub(super) fn described(value: &Value) -> Option<(&str, &Value)> {
    Some((value.get("class_name")?.as_str()?, value.get("config")?))
}

/// Whether a class is one of Keras. Files of an old kind do not say it.
pub(super) fn is_of_keras(value: &Value) -> bool {
    match value.get("module") {
        None => true,
        Some(Value::String(module)) => module == "keras" || module.starts_with("keras."),
        Some(_) => false,
    }
}

/// The name that a configuration gives.
pub(super) fn name_of(configuration: &Value) -> Option<&str> {
    configuration.get("name").and_then(Value::as_str)
}

impl KerasLayer {
    /// `layer gru (GRU)`.
    pub(super) fn place(&self) -> String {
        place(&self.class, &self.configuration)
    }

    pub(super) fn malformed(&self, reason: String) -> ExchangeError {
        ExchangeError::Malformed {
            place: self.place(),
            reason,
        }
    }

    pub(super) fn no_counterpart(&self, what: &str) -> ExchangeError {
        ExchangeError::NoCounterpart {
            what: format!("{}: {what}", self.place()),
            format: "a network of Tidegate",
            remedy: String::new(),
        }
    }

    /// An error about the number of arrays.
    pub(super) fn wrong_count(&self, found: usize, expected: &str) -> ExchangeError {
        match found {
            0 => self.malformed(format!(
                "has no weights, expected {expected}: a model has them once it is built or was called"
            )),
            1 => self.malformed(format!("has 1 array of weights, expected {expected}")),
            _ => self.malformed(format!("has {found} arrays of weights, expected {expected}")),
        }
    }

    /// A truth value; `default` where it is not given.
    pub(super) fn flag(&self, key: &str, default: bool) -> Result<bool, ExchangeError> {
        match self.configuration.get(key) {
            None | Some(Value::Null) => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(other) => Err(self.malformed(format!("{key} is {other}, expected true or false"))),
        }
    }

    /// One of some words; `default` where it is not given.
    pub(super) fn word(&self, key: &str, default: &str) -> Result<String, ExchangeError> {
        match self.configuration.get(key) {
            None => Ok(default.to_owned()),
            Some(Value::String(word)) => Ok(word.clone()),
            Some(other) => Err(self.no_counterpart(&format!("the {key} {other}"))),
        }
    }

    /// Refuses weights that are not the numbers that the layer computes with.
    pub(super) fn refuse_quantised(&self) -> Result<(), ExchangeError> {
        let policy = self.configuration.get("dtype");
        let policy = policy.and_then(|policy| policy.get("class_name")?.as_str());
        let quantised = self.configuration.get("quantization_config");
        if policy.is_some_and(|policy| policy.starts_with("Quantized"))
            || quantised.is_some_and(|quantised| !quantised.is_null())
        {
            return Err(self.no_counterpart("quantisation"));
        }
        Ok(())
    }

    /// The name of a function; `default` where it is not given.
    pub(super) fn function(&self, key: &str, default: &str) -> Result<String, ExchangeError> {
        match self.configuration.get(key) {
            None => Ok(default.to_owned()),
            Some(Value::Null) => Ok("linear".to_owned()),
            Some(Value::String(name)) => Ok(name.clone()),
            Some(other) => Err(self.no_counterpart(&format!("the {key} {other}"))),
        }
    }

    /// The layer of a dense layer's activation, if it is not the identity.
    pub(super) fn activation(&self) -> Result<Option<Layer>, ExchangeError> {
        let name = self.function("activation", "linear")?;
        activation(&name).ok_or_else(|| self.no_counterpart(&format!("the activation {name}")))
    }
}

/// `layer gru (GRU)`.
pub(super) fn place(class: &str, configuration: &Value) -> String {
    match name_of(configuration) {
        Some(name) => format!("layer {name} ({class})"),
        None => format!("layer {class}"),
    }
}

/// An activation by name: `Some(None)` for the identity.
#[expect(clippy::option_option, reason = "no activation is a known activation")]
pub(crate) fn activation(name: &str) -> Option<Option<Layer>> {
    let activation = match name {
        "linear" | "" => return Some(None),
        "relu" => Activation::Relu,
        "sigmoid" => Activation::Sigmoid,
        "tanh" => Activation::Tanh,
        "softmax" => Activation::Softmax,
        _ => return None,
    };
    Some(Some(Layer::Activation(activation)))
}
