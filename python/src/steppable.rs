//! What a stream steps: recurrent layers or a model, with the weights that they had when the stream was made.

use std::sync::Arc;

use pyo3::prelude::*;
use tidegate_cells::{Error as CellsError, Stack, State, StepScratch};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelError, ModelScratch};

use crate::arrays::type_name;
use crate::error::{Failure, Outcome};
use crate::model::ModelObject;
use crate::recurrent::{Loaded, Recurrent};

/// A network that can be advanced by one step.
pub(crate) enum Steppable {
    Recurrent(Arc<Loaded>),
    Model(Arc<Model>),
}

/// Working memory of a step.
pub(crate) enum Scratch {
    Recurrent(StepScratch),
    Model(ModelScratch),
}

impl Steppable {
    /// The network of a Python object: one of this module, or the object of the package around it.
    ///
    /// # Errors
    /// `TypeError` if it is none, `ValueError` if it reads whole sequences.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Outcome<Steppable> {
        let inner = object.getattr_opt("_engine")?;
        let inner = inner.as_ref().unwrap_or(object);
        let network = if let Ok(recurrent) = inner.cast::<Recurrent>() {
            Steppable::Recurrent(recurrent.get().loaded())
        } else if let Ok(model) = inner.cast::<ModelObject>() {
            let model = model.get().model();
            if model.configuration().readout.pools() {
                return Err(ModelError::Pooling.into());
            }
            Steppable::Model(model)
        } else {
            return Err(Failure::wrong_type(format!(
                "network: expected a Gru, Lstm, Mgu, Rnn or Model, found {}",
                type_name(object)
            )));
        };
        if network.stack().bidirectional {
            return Err(CellsError::Bidirectional.into());
        }
        Ok(network)
    }

    /// The network as an object of this module that shares its weights.
    pub(crate) fn object<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self {
            Steppable::Recurrent(loaded) => Bound::new(py, Recurrent::sharing(loaded))?.into_any(),
            Steppable::Model(model) => Bound::new(py, ModelObject::sharing(model))?.into_any(),
        })
    }

    /// The recurrent layers.
    pub(crate) fn stack(&self) -> &Stack {
        match self {
            Steppable::Recurrent(loaded) => loaded.engine.stack(),
            Steppable::Model(model) => &model.configuration().recurrent,
        }
    }

    /// Number of outputs of a step.
    pub(crate) fn outputs(&self) -> usize {
        match self {
            Steppable::Recurrent(loaded) => loaded.engine.stack().output_size(),
            Steppable::Model(model) => model.configuration().outputs,
        }
    }

    /// Whether it reads tokens, not features.
    pub(crate) fn reads_tokens(&self) -> bool {
        match self {
            Steppable::Recurrent(_) => false,
            Steppable::Model(model) => {
                matches!(model.configuration().input, InputLayer::Embedding { .. })
            }
        }
    }

    /// Working memory for this many sequences side by side.
    pub(crate) fn scratch(&self, batch: usize) -> Scratch {
        match self {
            Steppable::Recurrent(loaded) => Scratch::Recurrent(loaded.engine.step_scratch(batch)),
            Steppable::Model(model) => Scratch::Model(model.step_scratch(batch)),
        }
    }

    /// One step from slice to slice; `scratch` is of this network.
    pub(crate) fn step(
        &self,
        inputs: &BatchInputs<'_>,
        state: &mut State,
        scratch: &mut Scratch,
        outputs: &mut [f32],
    ) -> Outcome<()> {
        match (self, scratch, inputs) {
            (
                Steppable::Recurrent(loaded),
                Scratch::Recurrent(scratch),
                BatchInputs::Features(features),
            ) => Ok(loaded.engine.step(features, state, scratch, outputs)?),
            (Steppable::Model(model), Scratch::Model(scratch), _) => {
                Ok(model.step(inputs, state, scratch, outputs)?)
            }
            _ => Err(CellsError::Scratch.into()),
        }
    }
}
