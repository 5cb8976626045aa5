//! A model: its configuration, its parameters and the engine that runs them.

use std::collections::BTreeMap;
use std::fmt;

use tidegate_cells::{Batch, Engine, Error, State, Tensor, check_length};

use crate::configuration::{ModelConfiguration, Readout};
use crate::dense::Dense;
use crate::error::ModelError;
use crate::initialise::initialise;
use crate::layout::{Layout, first_not_finite_parameter};
use crate::pooling::Pooling;

/// A recurrent model, ready to run. Its parameters are finite at all times.
///
/// Running it needs `&Model` alone: the recurrent state, tapes and working memory belong to the caller, so that many
/// threads may run one model. Threads inside a call: those of the current rayon pool.
pub struct Model {
    configuration: ModelConfiguration,
    parameters: Vec<f32>,
    description: BTreeMap<String, String>,
    pub(crate) layout: Layout,
    pub(crate) engine: Engine,
    /// For a head that reads all steps at once.
    pub(crate) pooling: Option<Pooling>,
    pub(crate) head: Dense,
}

impl Model {
    /// A model with initial parameters, distributed as PyTorch's are: the recurrent layers uniform in ±1/√hidden_size,
    /// pooling and head uniform in ±1/√(their inputs), an embedding normal with mean 0 and variance 1. The same configuration and
    /// seed give the same bits.
    ///
    /// # Errors
    /// [`ModelError::Configuration`] names the field at fault.
    pub fn new(configuration: ModelConfiguration, seed: u64) -> Result<Model, ModelError> {
        configuration.validate()?;
        let parameters = initialise(&configuration, &Layout::new(&configuration), seed);
        Model::from_parameters(configuration, parameters)
    }

    /// A model with the given parameters, laid out as [`Model::tensors`] says.
    ///
    /// # Errors
    /// Names the field of the configuration, the number of parameters or the parameter at fault.
    pub fn from_parameters(
        configuration: ModelConfiguration,
        parameters: Vec<f32>,
    ) -> Result<Model, ModelError> {
        configuration.validate()?;
        check_length(
            "parameters",
            parameters.len(),
            &[("parameters", configuration.parameter_count())],
        )?;
        let layout = Layout::new(&configuration);
        check_finite(&layout, &parameters)?;
        let engine = Engine::new(
            configuration.recurrent.clone(),
            &parameters[layout.recurrent.clone()],
        )?;
        let pooling = Pooling::new(&configuration, &layout, &parameters)?;
        let head = Dense::new(&configuration, &layout, &parameters)?;
        Ok(Model {
            configuration,
            parameters,
            description: BTreeMap::new(),
            layout,
            engine,
            pooling,
            head,
        })
    }

    /// What the model is made of.
    #[must_use]
    pub fn configuration(&self) -> &ModelConfiguration {
        &self.configuration
    }

    /// The named tensors, in the order of the flat buffer and without gaps: `embedding.weight` if there is one,
    /// `recurrent.weight_ih_l0` and so on, for [`Readout::Attention`] `pooling.weight [K, K]`, `pooling.bias [K]` and
    /// `pooling.score [K]` with K = directions · H, and, unless there is no head, `head.weight`, `head.bias`.
    #[must_use]
    pub fn tensors(&self) -> &[Tensor] {
        &self.layout.tensors
    }

    /// Every parameter in one flat buffer.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Number of parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameters.len()
    }

    /// Replaces every parameter.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] names the first one that is not finite; [`ModelError::Cells`] if their number is
    /// another. The model is as it was then.
    pub fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), ModelError> {
        check_length(
            "parameters",
            parameters.len(),
            &[("parameters", self.parameters.len())],
        )?;
        check_finite(&self.layout, parameters)?;
        self.engine
            .set_weights(&parameters[self.layout.recurrent.clone()])?;
        if let Some(pooling) = &mut self.pooling {
            pooling.set_weights(&self.layout, parameters)?;
        }
        self.head.set_weights(&self.layout, parameters)?;
        self.parameters.copy_from_slice(parameters);
        Ok(())
    }

    /// What the maker of the model says about it (its data, scaling, training), by key; kept in the model file.
    #[must_use]
    pub fn description(&self) -> &BTreeMap<String, String> {
        &self.description
    }

    /// The same, to be changed.
    pub fn description_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.description
    }

    /// The state before the first step of `batch` sequences: zeros.
    #[must_use]
    pub fn zero_state(&self, batch: usize) -> State {
        self.configuration.recurrent.zero_state(batch)
    }

    /// Whether `state` has the shape of this model's state for `batch` sequences.
    pub(crate) fn is_state_of(&self, state: &State, batch: usize) -> bool {
        let stack = &self.configuration.recurrent;
        let len = stack.layers * stack.directions() * batch * stack.hidden_size;
        let cell_len = if stack.cell.carries_cell() { len } else { 0 };
        (state.batch, state.hidden.len(), state.cell.len()) == (batch, len, cell_len)
    }

    /// Checks that a gradient of the state has the shape of this model's state for `batch` sequences.
    pub(crate) fn check_state_gradient(
        &self,
        state: &State,
        batch: usize,
    ) -> Result<(), ModelError> {
        let stack = &self.configuration().recurrent;
        let shape = [
            ("layers · directions", stack.layers * stack.directions()),
            ("batch", batch),
            ("hidden_size", stack.hidden_size),
        ];
        check_length("batch of state_gradient", state.batch, &[("batch", batch)])?;
        check_length("state_gradient.hidden", state.hidden.len(), &shape)?;
        if stack.cell.carries_cell() {
            check_length("state_gradient.cell", state.cell.len(), &shape)?;
        }
        Ok(())
    }

    /// Checks that `found` values have the shape of the outputs.
    pub(crate) fn check_outputs(
        &self,
        what: &'static str,
        batch: &Batch,
        found: usize,
    ) -> Result<(), ModelError> {
        let shape = [
            ("steps", batch.steps),
            ("batch", batch.batch),
            ("outputs", self.configuration.outputs),
        ];
        let shape = match self.configuration.readout {
            Readout::EveryStep => &shape[..],
            Readout::LastStep | Readout::Mean | Readout::Attention => &shape[1..],
        };
        Ok(check_length(what, found, shape)?)
    }

    /// Number of values of the recurrent output `[steps, batch, directions · H]`, if it and the outputs can be counted.
    pub(crate) fn recurrent_output_len(&self, batch: &Batch) -> Result<usize, ModelError> {
        let width = self.configuration.recurrent.output_size();
        let widest = width
            .max(self.configuration.outputs)
            .max(self.configuration.recurrent.input_size);
        let count = |width: usize| batch.steps.checked_mul(batch.batch)?.checked_mul(width);
        match (count(width), count(widest)) {
            (Some(len), Some(most)) if most <= isize::MAX as usize / size_of::<f32>() => Ok(len),
            _ => Err(ModelError::Cells(Error::Length {
                what: "batch",
                shape: format!(
                    "steps {} × batch {} × width {widest}",
                    batch.steps, batch.batch
                ),
                expected: usize::MAX,
                found: 0,
            })),
        }
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Model")
            .field("configuration", &self.configuration)
            .field("parameter_count", &self.parameters.len())
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

fn check_finite(layout: &Layout, parameters: &[f32]) -> Result<(), ModelError> {
    match first_not_finite_parameter(&layout.tensors, parameters) {
        None => Ok(()),
        Some((place, value)) => Err(ModelError::Parameter { place, value }),
    }
}
