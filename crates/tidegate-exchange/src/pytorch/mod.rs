//! PyTorch: the parameters of a module (its `state_dict`) as a safetensors file, in and out.
//!
//! Such a file holds names and numbers, not the module that they belong to. Recurrent modules are known by their names
//! (`weight_ih_l0` and its like, under any prefix) and their cell by the ratio of rows to hidden size; dense layers and
//! embeddings by their shapes. What neither names nor shapes say is asked for: see [`Options`]. Files with a pickle in them
//! (`.pt`, `.pth`) are never opened here, because to read a pickle is to run it.

mod chain;
mod modules;
mod recurrent;
mod source;
mod tensors;
mod write;

use tidegate_cells::{Cell, Reset};
use tidegate_model::Readout;

use crate::array::NamedArray;
use crate::error::ExchangeError;
use crate::network::{Layer, Network};

pub use source::module_source;
pub use tensors::{read_tensors, write_tensors};
pub use write::{tensors, write};

/// What the names and shapes of parameters do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The layers in the order in which they compute: names of modules (`gru`, `encoder.fc`), and the words `last` and `mean`
    /// (what is read of the recurrent layers), `relu`, `sigmoid`, `tanh` and `softmax`. Found by fitting sizes where it is empty.
    pub layers: Vec<String>,
    /// Activation of plain recurrent modules; by default what the file says, else tanh.
    pub nonlinearity: Option<tidegate_cells::Activation>,
    /// Where the reset gate of GRUs acts; by default after the product, as in `torch.nn.GRU`.
    pub reset: Reset,
    /// What the layers above the last recurrent one read, where `layers` is empty; by default every step.
    pub readout: Option<Readout>,
}

impl Options {
    /// The names of the options that are given.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let options = [
            ("layers", !self.layers.is_empty()),
            ("nonlinearity", self.nonlinearity.is_some()),
            ("reset", self.reset != Reset::default()),
            ("read", self.readout.is_some()),
        ];
        let given = options.into_iter().filter(|(_, given)| *given);
        given.map(|(name, _)| name).collect()
    }

    /// Refuses an option that would change nothing.
    fn check_that_each_applies(&self, modules: &[modules::Module]) -> Result<(), ExchangeError> {
        let refuse = |name: &str, reason: &str| {
            Err(ExchangeError::Malformed {
                place: format!("option {name}"),
                reason: reason.into(),
            })
        };
        let has = |wanted: fn(&Cell) -> bool| {
            modules.iter().any(|module| match &module.kind {
                modules::Kind::Recurrent(Layer::Recurrent { stack, .. }) => wanted(&stack.cell),
                _ => false,
            })
        };
        if self.nonlinearity.is_some() && !has(|cell| matches!(cell, Cell::Rnn(_))) {
            return refuse(
                "nonlinearity",
                "is of plain recurrent modules, and the file holds none",
            );
        }
        if self.reset != Reset::default() && !has(|cell| matches!(cell, Cell::Gru(_))) {
            return refuse("reset", "is of GRUs, and the file holds none");
        }
        if self.readout.is_some() && !self.layers.is_empty() {
            return refuse(
                "read",
                "is said by the layers that are named: put last or mean among them",
            );
        }
        Ok(())
    }
}

/// Reads a safetensors file with the parameters of a module.
///
/// # Errors
/// [`ExchangeError`] names the tensor or module at fault, and the option that says what the file does not.
pub fn read(bytes: &[u8], options: &Options) -> Result<Network, ExchangeError> {
    let (arrays, metadata) = tensors::read_with_metadata(bytes)?;
    let mut options = options.clone();
    if let Some(written) = metadata.and_then(|json| write::Written::parse(&json)) {
        if options.layers.is_empty() && options.readout.is_none() {
            options.layers = written.layers;
        }
        options.nonlinearity = options.nonlinearity.or(written.nonlinearity);
    }
    of_arrays(arrays, &options)
}

/// Whether the file itself says what [`Options`] ask for, as one of [`write()`](write()) does. The parameters are not read.
///
/// # Errors
/// [`ExchangeError::File`] for a damaged file.
pub fn describes_itself(bytes: &[u8]) -> Result<bool, ExchangeError> {
    let written = tensors::metadata(bytes)?;
    Ok(written.is_some_and(|json| write::Written::parse(&json).is_some()))
}

/// The network of a module's parameters.
///
/// # Errors
/// Those of [`read`].
pub fn of_arrays(arrays: Vec<NamedArray>, options: &Options) -> Result<Network, ExchangeError> {
    let modules = modules::of_arrays(arrays, options)?;
    options.check_that_each_applies(&modules)?;
    let network = chain::network(modules, options)?;
    network.validate()?;
    Ok(network)
}
