//! The Python package's compiled module `tidegate._engine`: the engine over arrays that Python owns.
//!
//! It turns Python's arguments into slices and Tidegate's errors into Python's exceptions; what is computed stands in the
//! crates below. The interpreter lock is released while they compute.

mod arrays;
mod arrow;
mod compute;
mod error;
mod estimators;

use pyo3::pymodule;

#[pymodule]
mod _engine {
    /// The version of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use crate::arrow::{Frame, Table};
    #[pymodule_export]
    use crate::estimators::{ClassifyModel, ForecastModel, RegressModel};
}
