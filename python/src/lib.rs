//! The Python package's compiled module `tidegate._engine`: the engine over arrays that Python owns.
//!
//! It turns Python's arguments into slices and Tidegate's errors into Python's exceptions; what is computed stands in the
//! crates below. The interpreter lock is released while they compute.

mod arrays;
mod compute;
mod error;
mod forecast_network;
mod gate_arrays;
mod model;
mod named_tensors;
mod recurrent;
mod sequences;
mod states;
mod stream;

use pyo3::pymodule;

#[pymodule]
mod _engine {
    #[pymodule_export]
    use crate::forecast_network::{ForecastNetwork, load_network};
    #[pymodule_export]
    use crate::model::ModelObject;
    #[pymodule_export]
    use crate::recurrent::Recurrent;
    #[pymodule_export]
    use crate::stream::Stream;

    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn initialise(_module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        crate::compute::remember_process();
        Ok(())
    }
}
