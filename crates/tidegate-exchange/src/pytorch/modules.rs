//! The modules that a state's tensors belong to.

use std::collections::BTreeMap;

use super::Options;
use super::recurrent::{self, Part};
use crate::array::NamedArray;
use crate::error::ExchangeError;
use crate::network::Layer;

/// A module with parameters.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// Its name in the whole, for example `encoder.gru`; empty where the whole is the module.
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Recurrent layers.
    Recurrent(Layer),
    /// A matrix `[rows, columns]` with one bias for each row: a dense layer; without biases it may also be an embedding.
    Matrix {
        weight: NamedArray,
        bias: Option<NamedArray>,
    },
}

impl Module {
    /// The module's name for messages and for `--layers`.
    pub(super) fn label(&self) -> &str {
        if self.name.is_empty() {
            "."
        } else {
            &self.name
        }
    }
}

/// Sorts tensors into modules, by name.
pub(super) fn of_arrays(
    arrays: Vec<NamedArray>,
    options: &Options,
) -> Result<Vec<Module>, ExchangeError> {
    if arrays.is_empty() {
        return Err(ExchangeError::Malformed {
            place: "the file".into(),
            reason: "holds no tensor".into(),
        });
    }
    let mut recurrent: BTreeMap<String, BTreeMap<Part, NamedArray>> = BTreeMap::new();
    let mut others: BTreeMap<String, BTreeMap<String, NamedArray>> = BTreeMap::new();
    for array in arrays {
        let (prefix, last) = match array.name.rsplit_once('.') {
            Some((prefix, last)) => (prefix.to_owned(), last),
            None => (String::new(), &*array.name),
        };
        match Part::parse(last) {
            Some(part) => {
                let parts = recurrent.entry(prefix).or_default();
                if let Some(twice) = parts.insert(part, array) {
                    return Err(twice.malformed("belongs to a module that has this parameter twice, once with a layer's number and once without".into()));
                }
            }
            None => {
                let last = last.to_owned();
                others.entry(prefix).or_default().insert(last, array);
            }
        }
    }
    let mut modules = Vec::new();
    for (name, parts) in recurrent {
        let kind = Kind::Recurrent(recurrent::layer(&name, &parts, options)?);
        modules.push(Module { name, kind });
    }
    for (name, mut tensors) in others {
        let (weight, bias) = (tensors.remove("weight"), tensors.remove("bias"));
        if let Some((_, array)) = tensors.into_iter().next() {
            return Err(no_place(&array));
        }
        let weight = match (weight, &bias) {
            (Some(weight), _) if weight.shape.len() == 2 => weight,
            (Some(array), _) => return Err(no_place(&array)),
            (None, Some(array)) => return Err(no_place(array)),
            (None, None) => continue,
        };
        weight.check_no_size_is_zero()?;
        if let Some(bias) = &bias {
            bias.check_shape(&weight.shape[..1])?;
        }
        let kind = Kind::Matrix { weight, bias };
        modules.push(Module { name, kind });
    }
    Ok(modules)
}

fn no_place(array: &NamedArray) -> ExchangeError {
    array.malformed(format!(
        "has shape {:?} and belongs to no layer that is read: those are GRU, LSTM, RNN, Linear and Embedding",
        array.shape
    ))
}
