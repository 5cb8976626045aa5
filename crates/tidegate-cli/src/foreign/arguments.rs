//! Options that say what a file does not.

use std::path::Path;

use clap::{Args, ValueEnum};
use tidegate_cells::{Activation, Reset};
use tidegate_exchange::{TaskOptions, pytorch};
use tidegate_model::Readout;

use crate::failure::Failure;

/// Parameters of PyTorch's modules are names and numbers; the rest is said here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Of PyTorch's parameters")]
pub(crate) struct ReadingArguments {
    /// The order of computation: modules by their names in the file, and last, mean, relu, sigmoid, tanh, softmax, such as
    /// gru,last,fc1,relu,fc2 [default: the one order in which the sizes fit]
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        conflicts_with = "read"
    )]
    pub(crate) layers: Vec<String>,

    /// What the layers above the recurrent ones read [default: every step]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) read: Option<ReadName>,

    /// Activation of torch.nn.RNN [default: tanh]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) nonlinearity: Option<NonlinearityName>,

    /// Where the reset gate of GRUs acts [default: after, as in torch.nn.GRU]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) reset: Option<ResetName>,
}

/// What of a classifier's, regressor's or forecaster's task goes with its network.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Of a classifier, regressor or forecaster")]
pub(crate) struct TaskArguments {
    /// Leave out the scaling: the network reads channels that are scaled already; a forecaster gives such numbers too
    #[arg(long)]
    pub(crate) scaled: bool,

    /// Leave out a classifier's softmax: the network gives logits
    #[arg(long)]
    pub(crate) logits: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadName {
    /// Every step
    Every,
    /// The final state, once for a sequence
    Last,
    /// The mean over the steps, once for a sequence
    Mean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NonlinearityName {
    /// Hyperbolic tangent
    Tanh,
    /// max(0, x)
    Relu,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResetName {
    /// On the candidate's recurrent product
    After,
    /// On the hidden state before the product
    Before,
}

impl ReadingArguments {
    pub(crate) fn options(&self) -> pytorch::Options {
        pytorch::Options {
            layers: self.layers.clone(),
            nonlinearity: self.nonlinearity.map(|name| match name {
                NonlinearityName::Tanh => Activation::Tanh,
                NonlinearityName::Relu => Activation::Relu,
            }),
            reset: match self.reset {
                Some(ResetName::Before) => Reset::Before,
                None | Some(ResetName::After) => Reset::After,
            },
            readout: self.read.map(|name| match name {
                ReadName::Every => Readout::EveryStep,
                ReadName::Last => Readout::LastStep,
                ReadName::Mean => Readout::Mean,
            }),
        }
    }

    /// Refuses options on a file that needs none: they would change nothing.
    pub(crate) fn refuse_for(&self, path: &Path, what: &'static str) -> Result<(), Failure> {
        let given = [
            ("--layers", !self.layers.is_empty()),
            ("--read", self.read.is_some()),
            ("--nonlinearity", self.nonlinearity.is_some()),
            ("--reset", self.reset.is_some()),
        ];
        refuse(&given, path, "PyTorch's parameters", what)
    }
}

impl TaskArguments {
    pub(crate) fn options(&self) -> TaskOptions {
        TaskOptions {
            scaled: self.scaled,
            logits: self.logits,
        }
    }

    /// The same for what is neither a classifier nor a regressor.
    pub(crate) fn refuse_for(&self, path: &Path) -> Result<(), Failure> {
        refuse(
            &[("--scaled", self.scaled)],
            path,
            "classifiers, regressors and forecasters",
            "none",
        )?;
        self.refuse_logits_for(path)
    }

    /// The same for what is no classifier, of what only a classifier has.
    pub(crate) fn refuse_logits_for(&self, path: &Path) -> Result<(), Failure> {
        let given = [("--logits", self.logits)];
        refuse(&given, path, "models of tidegate train classify", "none")
    }
}

fn refuse(
    given: &[(&'static str, bool)],
    path: &Path,
    of: &'static str,
    what: &'static str,
) -> Result<(), Failure> {
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(Failure::NotItsOption {
            option,
            of,
            file: path.to_owned(),
            what,
        }),
    }
}
