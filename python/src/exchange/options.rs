//! What a file, or names and shapes of parameters, do not say, by words.

use pyo3::FromPyObject;
use tidegate_cells::{Activation, Reset};
use tidegate_exchange::{FileKind, TaskOptions, pytorch};
use tidegate_model::Readout;

use crate::error::{Failure, Outcome};

/// The keywords of `tidegate.exchange.read`, as a dictionary.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(super) struct ReadOptions {
    layers: Vec<String>,
    read: Option<String>,
    nonlinearity: Option<String>,
    reset: Option<String>,
    scaled: bool,
    logits: bool,
}

impl ReadOptions {
    /// Refuses what would change nothing about a file of this kind.
    ///
    /// # Errors
    /// `ValueError` names the keyword.
    pub(super) fn check(&self, kind: FileKind) -> Outcome<()> {
        let of_torch = [
            ("layers", !self.layers.is_empty()),
            ("read", self.read.is_some()),
            ("nonlinearity", self.nonlinearity.is_some()),
            ("reset", self.reset.is_some()),
        ];
        let of_task = [("scaled", self.scaled), ("logits", self.logits)];
        let refuse = |given: &[(&str, bool)], of: &str, what: &str| match given
            .iter()
            .find(|(_, given)| *given)
        {
            None => Ok(()),
            Some((keyword, _)) => Err(Failure::value(format!(
                "{keyword} is for {of}, and the file is {what}"
            ))),
        };
        let parameters = "PyTorch's parameters";
        let models = "models of classifiers and regressors";
        match kind {
            FileKind::Model => refuse(
                &of_torch,
                parameters,
                "a model, which says all of it itself",
            ),
            FileKind::Onnx => {
                refuse(&of_torch, parameters, "ONNX, which says all of it itself")?;
                refuse(&of_task, models, "ONNX")
            }
            FileKind::Keras => {
                refuse(
                    &of_torch,
                    parameters,
                    "of Keras, which says all of it itself",
                )?;
                refuse(&of_task, models, "of Keras")
            }
            FileKind::StateDict => refuse(&of_task, models, "PyTorch's parameters"),
            FileKind::RtNeural => refuse(&of_task, models, "JSON of RTNeural"),
        }
    }

    /// What of a model's task is left out.
    pub(super) fn of_task(&self) -> TaskOptions {
        TaskOptions {
            scaled: self.scaled,
            logits: self.logits,
        }
    }

    /// What is said of a PyTorch module.
    ///
    /// # Errors
    /// `ValueError` for a word that is none of those that are known.
    pub(super) fn of_torch(&self) -> Outcome<pytorch::Options> {
        let unknown = |name: &str, word: &str, known: &str| {
            Failure::value(format!("{name} is {word:?}: it is one of {known}"))
        };
        Ok(pytorch::Options {
            layers: self.layers.clone(),
            nonlinearity: match self.nonlinearity.as_deref() {
                None => None,
                Some("tanh") => Some(Activation::Tanh),
                Some("relu") => Some(Activation::Relu),
                Some(word) => return Err(unknown("nonlinearity", word, "'tanh', 'relu'")),
            },
            reset: match self.reset.as_deref() {
                None | Some("after") => Reset::After,
                Some("before") => Reset::Before,
                Some(word) => return Err(unknown("reset", word, "'after', 'before'")),
            },
            readout: match self.read.as_deref() {
                None => None,
                Some("every") => Some(Readout::EveryStep),
                Some("last") => Some(Readout::LastStep),
                Some("mean") => Some(Readout::Mean),
                Some(word) => return Err(unknown("read", word, "'every', 'last', 'mean'")),
            },
        })
    }
}
