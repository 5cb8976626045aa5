//! A chain of layers over arrays: what `tidegate.exchange.Network` runs.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde_json::json;
use tidegate_exchange::keras::{self, KerasLayer};
use tidegate_exchange::{
    ExchangeError, FileKind, Input, Network, NetworkParts, NetworkRunner, TaskNetwork, onnx,
    pytorch, rtneural,
};
use tidegate_model::{BatchInputs, Model};

use super::named::{arrays_of, dictionary};
use super::options::ReadOptions;
use crate::arrays::{Floats, array_of, tokens_of};
use crate::compute::compute;
use crate::error::{Failure, Outcome};
use crate::model::ModelObject;
use crate::sequences::Sequences;

/// A layer of Keras: class, configuration as JSON, arrays.
type LayerParts<'py> = (String, String, Vec<Bound<'py, PyArrayDyn<f32>>>);

/// A network with its weights packed; it never changes.
#[pyclass(frozen, name = "Network", module = "tidegate._engine")]
pub(crate) struct NetworkObject {
    runner: Arc<NetworkRunner>,
}

/// A layer of Keras: class, configuration as JSON, arrays.
type Layer<'py> = (String, String, Vec<Bound<'py, PyAny>>);

/// Constructor and arguments of a pickled network.
type Reduced<'py> = (
    Bound<'py, PyAny>,
    (String, Vec<Bound<'py, PyArrayDyn<f32>>>),
);

impl NetworkObject {
    fn of(network: Network) -> Outcome<NetworkObject> {
        Ok(NetworkObject {
            runner: Arc::new(NetworkRunner::new(network)?),
        })
    }

    fn network(&self) -> &Network {
        self.runner.network()
    }

    pub(super) fn runner(&self) -> &Arc<NetworkRunner> {
        &self.runner
    }
}

#[pymethods]
impl NetworkObject {
    /// The network in the bytes of a file of any kind that is read; that of a model with what its task adds.
    #[staticmethod]
    fn from_bytes(
        py: Python<'_>,
        bytes: &[u8],
        path: PathBuf,
        options: ReadOptions,
    ) -> Outcome<NetworkObject> {
        let kind = FileKind::of(bytes)?;
        options.check(kind)?;
        let (of_torch, of_task) = (options.of_torch()?, options.of_task());
        compute(py, || {
            NetworkObject::of(match kind {
                FileKind::Model => {
                    let model = Model::from_bytes(bytes).map_err(ExchangeError::from)?;
                    TaskNetwork::of_model(model, &path, of_task)?.network
                }
                _ => Network::from_bytes(bytes, &of_torch)?,
            })
        })
    }

    /// The network of a module's parameters.
    #[staticmethod]
    fn from_state_dict(
        py: Python<'_>,
        state_dict: &Bound<'_, PyAny>,
        options: ReadOptions,
    ) -> Outcome<NetworkObject> {
        let options = options.of_torch()?;
        let arrays = arrays_of(state_dict)?;
        compute(py, || {
            NetworkObject::of(pytorch::of_arrays(arrays, &options)?)
        })
    }

    /// The network of layers of Keras.
    #[staticmethod]
    fn from_keras(py: Python<'_>, layers: Vec<Layer<'_>>) -> Outcome<NetworkObject> {
        let layers = layers.into_iter().map(|(class, configuration, weights)| {
            let configuration = serde_json::from_str(&configuration)
                .map_err(|error| Failure::value(format!("{class}: {error}")))?;
            let weights = weights.iter().enumerate().map(|(index, value)| {
                let floats = Floats::of(&format!("weights {index} of {class}"), value)?;
                Ok((floats.shape().to_vec(), floats.values().to_vec()))
            });
            let weights = weights.collect::<Outcome<_>>()?;
            Ok(KerasLayer::new(class, configuration, weights)?)
        });
        let layers = layers.collect::<Outcome<Vec<_>>>()?;
        compute(py, || NetworkObject::of(keras::read(&layers)?))
    }

    /// The network that a model is.
    #[staticmethod]
    fn from_model(py: Python<'_>, model: &Bound<'_, ModelObject>) -> Outcome<NetworkObject> {
        let model = model.get().model();
        compute(py, || NetworkObject::of(Network::from_model(&model)))
    }

    /// The model that computes the same.
    fn to_model(&self, py: Python<'_>) -> Outcome<ModelObject> {
        let model = compute(py, || self.network().to_model())?;
        Ok(ModelObject::over(model))
    }

    /// The bytes of an ONNX file.
    fn to_onnx<'py>(&self, py: Python<'py>, preset: &str) -> Outcome<Bound<'py, PyBytes>> {
        let preset = match preset {
            "sequence" => onnx::Preset::Sequence,
            "step" => onnx::Preset::Step,
            word => {
                return Err(Failure::value(format!(
                    "preset is {word:?}: it is one of 'sequence', 'step'"
                )));
            }
        };
        let bytes = compute(py, || onnx::write(self.network(), preset))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The bytes of a safetensors file with the parameters of a PyTorch module.
    fn to_pytorch<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let bytes = compute(py, || pytorch::write(self.network()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The bytes of an RTNeural file.
    fn to_rtneural<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let bytes = compute(py, || rtneural::write(self.network()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The parameters of a PyTorch module by name.
    fn to_state_dict<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyDict>> {
        dictionary(py, pytorch::tensors(self.network())?)
    }

    /// Source of the module that those parameters are of.
    fn module_source(&self) -> String {
        pytorch::module_source(self.network())
    }

    /// Layers of Keras: class, configuration as JSON, arrays.
    fn to_keras<'py>(&self, py: Python<'py>) -> Outcome<Vec<LayerParts<'py>>> {
        let layers = keras::write(self.network())?.into_iter().map(|layer| {
            let weights = layer.weights.into_iter();
            let weights = weights.map(|array| array_of(py, &array.shape, array.values));
            Ok((
                layer.class,
                layer.configuration.to_string(),
                weights.collect::<Outcome<_>>()?,
            ))
        });
        layers.collect()
    }

    /// Names of the layers with their sizes, as JSON.
    #[getter]
    fn description(&self) -> String {
        let network = self.network();
        let layers = network.layers.iter().map(tidegate_exchange::Layer::name);
        let (features, vocabulary) = match network.input {
            Input::Features(features) => (Some(features), None),
            Input::Tokens { vocabulary } => (None, Some(vocabulary)),
        };
        json!({
            "features": features,
            "vocabulary": vocabulary,
            "layers": layers.collect::<Vec<_>>(),
            "outputs": network.output_size(),
            "every_step": network.every_step(),
            "needs_whole_sequences": network.needs_whole_sequences(),
        })
        .to_string()
    }

    /// Outputs over whole sequences.
    #[pyo3(signature = (x, lengths, batch_first))]
    fn forward<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<Bound<'py, PyArrayDyn<f32>>> {
        let run = |sequences: &Sequences, inputs: BatchInputs<'_>| {
            compute(py, || {
                let mut states = self.runner.zero_states(sequences.batch);
                self.runner.run(&sequences.batch(), &inputs, &mut states)
            })
        };
        let (sequences, outputs) = match self.network().input {
            Input::Features(width) => {
                let features = Floats::of("x", x)?;
                let sequences =
                    Sequences::of("x", features.shape(), Some(width), batch_first, lengths)?;
                let rows = sequences.time_major(py, features.values(), width);
                let outputs = run(&sequences, BatchInputs::Features(&rows))?;
                (sequences, outputs)
            }
            Input::Tokens { .. } => {
                let (shape, tokens) = tokens_of("x", x)?;
                let sequences = Sequences::of("x", &shape, None, batch_first, lengths)?;
                let rows = sequences.time_major(py, &tokens, 1);
                let outputs = run(&sequences, BatchInputs::Tokens(&rows))?;
                (sequences, outputs)
            }
        };
        let (values, width) = (outputs.values, outputs.width);
        if !outputs.every_step {
            return array_of(py, &sequences.shape_of_sequences(width), values);
        }
        let shape = sequences.shape_of_steps(width);
        if sequences.is_time_major() {
            return array_of(py, &shape, values);
        }
        let mut array = vec![0.0; values.len()];
        sequences.to_callers_order(py, &values, &mut array, width);
        array_of(py, &shape, array)
    }

    /// For `pickle` and `copy`: by way of the layers' form and their weights.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Outcome<Reduced<'py>> {
        let py = slf.py();
        let NetworkParts { form, arrays } = slf.get().network().to_parts();
        let arrays = arrays
            .into_iter()
            .map(|values| array_of(py, &[values.len()], values));
        let arrays = arrays.collect::<Outcome<_>>()?;
        Ok((slf.get_type().getattr("of_parts")?, (form, arrays)))
    }

    /// The network of such parts.
    #[staticmethod]
    fn of_parts(
        py: Python<'_>,
        form: String,
        arrays: Vec<Bound<'_, PyAny>>,
    ) -> Outcome<NetworkObject> {
        let arrays = arrays
            .iter()
            .map(|values| Ok(Floats::of("weights", values)?.values().to_vec()));
        let arrays = arrays.collect::<Outcome<_>>()?;
        compute(py, || {
            NetworkObject::of(Network::of_parts(NetworkParts { form, arrays })?)
        })
    }
}
