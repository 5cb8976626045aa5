//! The Python package's compiled module `tidegate._engine`: the engine over arrays that Python owns.
//!
//! It turns Python's arguments into slices and Tidegate's errors into Python's exceptions; what is computed stands in the
//! crates below. The interpreter lock is released while they compute.

mod arrays;
mod arrow;
mod compute;
mod error;
mod estimators;
mod exchange;
mod forecast_network;
mod gate_arrays;
mod groups;
mod model;
mod model_inputs;
mod named_tensors;
mod recurrent;
mod room;
mod sequences;
mod states;
mod steppable;
mod stream;
mod torch;

use pyo3::pymodule;

#[pymodule]
mod _engine {
    #[pymodule_export]
    use crate::arrow::{Frame, Table};
    #[pymodule_export]
    use crate::estimators::{ClassifyModel, ForecastModel, RegressModel};
    #[pymodule_export]
    use crate::exchange::{NetworkObject, NetworkStreamObject, replace_file, state_dict_bytes};
    #[pymodule_export]
    use crate::forecast_network::{ForecastNetwork, load_network};
    #[pymodule_export]
    use crate::model::ModelObject;
    #[pymodule_export]
    use crate::recurrent::Recurrent;
    #[pymodule_export]
    use crate::stream::Stream;
    #[pymodule_export]
    use crate::torch::network::{torch_kept_memory, torch_release_memory};
    #[pymodule_export]
    use crate::torch::recurrent::{torch_backward, torch_forward, torch_trace};

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn initialise(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        crate::compute::remember_process();
        // The package says what is public; of this module the stubs say what there is.
        pyo3::types::PyAnyMethods::delattr(module.as_any(), "__all__")
    }
}
