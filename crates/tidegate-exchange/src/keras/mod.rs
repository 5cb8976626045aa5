//! Keras: layers with their configuration and weights, in and out.
//!
//! Layers come from a file, or from a model that the Python package hands over: what `layer.get_config()` and `layer.get_weights()`
//! give. It builds layers from what is written here. The same weights, in the same order, stand in RTNeural's files.
//!
//! Matrices are `[inputs, outputs]`. A GRU's blocks stand in the order z, r, h; its bias is `[2, 3H]` where the reset gate acts after
//! the product (`reset_after`), `[3H]` where it acts before. An LSTM's stand in the order i, f, c, o, which is PyTorch's.

mod configuration;
mod file;
mod read;
mod recurrent;
mod write;

use serde_json::Value;

use crate::array::NamedArray;
use crate::error::ExchangeError;

pub(crate) use file::WEIGHTS;
pub use file::read_file;
pub use read::read;
pub use write::write;

/// A layer of Keras.
#[derive(Clone, Debug, PartialEq)]
pub struct KerasLayer {
    /// Name of its class, for example `GRU`.
    pub class: String,
    /// What `get_config()` gives.
    pub configuration: Value,
    /// What `get_weights()` gives, in that order.
    pub weights: Vec<NamedArray>,
}

impl KerasLayer {
    /// A layer with the shapes and values of its weights, which are named after it.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] for values that do not fill a shape or are not finite.
    pub fn new(
        class: String,
        configuration: Value,
        weights: Vec<(Vec<usize>, Vec<f32>)>,
    ) -> Result<KerasLayer, ExchangeError> {
        let place = configuration::place(&class, &configuration);
        let count = weights.len();
        let weights = weights
            .into_iter()
            .enumerate()
            .map(|(index, (shape, values))| {
                let name = format!("{place}, {}", weight_name(&class, index, count));
                NamedArray::new(name, shape, values)
            });
        Ok(KerasLayer {
            weights: weights.collect::<Result<_, _>>()?,
            class,
            configuration,
        })
    }
}

/// What Keras calls one of the `count` weights of a layer.
fn weight_name(class: &str, index: usize, count: usize) -> String {
    let names = match class {
        "GRU" | "LSTM" | "SimpleRNN" => &["kernel", "recurrent_kernel", "bias"][..],
        "Dense" | "TimeDistributed" => &["kernel", "bias"],
        "Embedding" => &["embeddings"],
        "Bidirectional" => {
            let half = count.div_ceil(2).max(1);
            let direction = if index < half { "forward" } else { "backward" };
            return format!("{direction} {}", weight_name("GRU", index % half, half));
        }
        _ => &[],
    };
    match names.get(index) {
        Some(name) => (*name).to_owned(),
        None => format!("weights {index}"),
    }
}
