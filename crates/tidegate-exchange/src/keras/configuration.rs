//! The entries of a layer's configuration.

use serde_json::Value;

use super::KerasLayer;
use crate::error::ExchangeError;
use crate::network::{Activation, Layer};

impl KerasLayer {
    /// `layer gru (GRU)`.
    pub(super) fn place(&self) -> String {
        match self.configuration.get("name").and_then(Value::as_str) {
            Some(name) => format!("layer {name} ({})", self.class),
            None => format!("layer {}", self.class),
        }
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

    /// A truth value; `default` where it is not given.
    pub(super) fn flag(&self, key: &str, default: bool) -> Result<bool, ExchangeError> {
        match self.configuration.get(key) {
            None | Some(Value::Null) => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(other) => Err(self.malformed(format!("{key} is {other}, expected true or false"))),
        }
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
