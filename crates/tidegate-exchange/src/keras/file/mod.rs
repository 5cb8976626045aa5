//! Files of Keras 3: `.keras` archives and whole models in HDF5 (`.h5`).
//!
//! Both hold the configuration of a model as JSON, and the weights of its layers in HDF5. Nothing of Keras is needed to read them,
//! and nothing in them is run: a model of a class of its own is refused, and so are the layers whose code it would take.

mod archive;
mod hdf5;
mod parts;
mod weights;

use serde_json::Value;

use super::{KerasLayer, read};
use crate::error::ExchangeError;
use crate::network::Network;
use hdf5::Hdf5;

/// Where an archive keeps the configuration of its model.
const CONFIGURATION: &str = "config.json";
/// Where an archive keeps the weights.
pub(crate) const WEIGHTS: &str = "model.weights.h5";

/// The network in a `.keras` archive or a whole model in HDF5.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names the layer, and the option of it, that is not computed here; [`ExchangeError::Malformed`]
/// the layer and the weights that do not fit, or what is damaged; [`ExchangeError::NotRead`] what is no whole model.
pub fn read_file(bytes: &[u8]) -> Result<Network, ExchangeError> {
    if !bytes.starts_with(b"PK") {
        return whole_model(bytes);
    }
    let model = configuration(&archive::entry(bytes, CONFIGURATION)?)?;
    let weights = archive::entry(bytes, WEIGHTS)?;
    let mut file = Hdf5::open(&weights)?;
    network(
        &weights::of_archive(parts::of_model(&model)?, &mut file)?,
        &file,
    )
}

fn whole_model(bytes: &[u8]) -> Result<Network, ExchangeError> {
    let mut file = Hdf5::open(bytes)?;
    let Some(text) = file.text("", "model_config")? else {
        return Err(ExchangeError::NotRead {
            what: "HDF5 without the configuration of a model of Keras",
            remedy: WHOLE,
        });
    };
    let parts = parts::of_model(&configuration(text.as_bytes())?)?;
    network(&weights::of_whole_model(parts, &mut file)?, &file)
}

fn network(layers: &[KerasLayer], file: &Hdf5<'_>) -> Result<Network, ExchangeError> {
    let network = read(layers)?;
    weights::nothing_is_left(file)?;
    Ok(network)
}

const WHOLE: &str = "weights alone do not say what is computed: build the model in Python, call its \
    load_weights(path), and save it whole with model.save(\"model.keras\")";

fn configuration(text: &[u8]) -> Result<Value, ExchangeError> {
    serde_json::from_slice(text).map_err(|error| ExchangeError::Malformed {
        place: "the configuration of the model".into(),
        reason: format!("is no JSON: {error}"),
    })
}
