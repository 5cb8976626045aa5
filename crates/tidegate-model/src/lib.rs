//! Recurrent models: layers, named parameters and the model file.
//!
//! A model is an input layer (features, or an embedding of tokens), a stack of recurrent layers and a dense head. Its
//! parameters lie in one flat buffer of `f32`, as named tensors: `embedding.weight`, `recurrent.<PyTorch's name>`,
//! `pooling.weight` and its like where the model pools by attention, `head.weight` and `head.bias` where it has a head. This crate knows no loss, no optimiser and no data set.
//!
//! ```
//! use tidegate_cells::{Batch, Cell, Gru, Stack};
//! use tidegate_model::{BatchInputs, InputLayer, Model, ModelConfiguration, Readout};
//!
//! let recurrent = Stack::new(Cell::Gru(Gru::default()), 2, 8);
//! let configuration = ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
//! let model = Model::new(configuration, 7)?;
//! let mut state = model.zero_state(3);
//! let mut outputs = Vec::new();
//! let features = [0.5; 5 * 3 * 2];
//! model.forward(&Batch::full(5, 3), &BatchInputs::Features(&features), &mut state, &mut outputs)?;
//! assert_eq!(outputs.len(), 3);
//! # Ok::<(), tidegate_model::ModelError>(())
//! ```

mod backward;
mod configuration;
mod dense;
mod dropout;
mod embedding;
mod error;
mod file;
mod final_hidden;
mod forecaster;
mod forward;
mod forward_training;
mod initialise;
mod inputs;
mod layout;
mod memory;
mod model;
mod pooling;
mod readout;
mod real_rows;
mod replace_file;
mod step;
mod tape;
mod trace;

pub use configuration::{Head, InputLayer, ModelConfiguration, Readout};
pub use error::{ConfigurationError, FileError, ModelError};
pub use file::{description_of_file, safetensors_header};
pub use forecaster::{
    Forecaster, ForecasterConfiguration, ForecasterTape, Network, Normalisation, SMALLEST_VARIANCE,
    WindowInputs,
};
pub use inputs::BatchInputs;
pub use model::Model;
pub use pooling::{AttentionWeights, pool};
pub use replace_file::replace_file;
pub use step::ModelScratch;
pub use tape::ModelTape;
