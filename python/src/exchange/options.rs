//! What names and shapes of parameters do not say, by words.

use tidegate_cells::{Activation, Reset};
use tidegate_exchange::pytorch;
use tidegate_model::Readout;

use crate::error::{Failure, Outcome};

/// The options that the words stand for.
///
/// # Errors
/// `ValueError` for a word that is none of those that are known.
pub(super) fn options(
    layers: Vec<String>,
    read: Option<&str>,
    nonlinearity: Option<&str>,
    reset: &str,
) -> Outcome<pytorch::Options> {
    let unknown = |name: &str, word: &str, known: &str| {
        Failure::value(format!("{name} is {word:?}: it is one of {known}"))
    };
    Ok(pytorch::Options {
        layers,
        nonlinearity: match nonlinearity {
            None => None,
            Some("tanh") => Some(Activation::Tanh),
            Some("relu") => Some(Activation::Relu),
            Some(word) => return Err(unknown("nonlinearity", word, "'tanh', 'relu'")),
        },
        reset: match reset {
            "after" => Reset::After,
            "before" => Reset::Before,
            word => return Err(unknown("reset", word, "'after', 'before'")),
        },
        readout: match read {
            None => None,
            Some("every") => Some(Readout::EveryStep),
            Some("last") => Some(Readout::LastStep),
            Some("mean") => Some(Readout::Mean),
            Some(word) => return Err(unknown("read", word, "'every', 'last', 'mean'")),
        },
    })
}
