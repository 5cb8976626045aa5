//! A model that several threads of Python use at once: predictions run side by side, also while another thread waits to write
//! the model's file.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use pyo3::Python;

/// A model behind a lock, which nobody holds while they wait for the interpreter: that two threads wait for each other cannot
/// happen.
pub(super) struct Shared<M> {
    model: RwLock<M>,
}

impl<M: Send + Sync> Shared<M> {
    pub(super) fn new(model: M) -> Shared<M> {
        Shared {
            model: RwLock::new(model),
        }
    }

    /// To look at it. What holds this does not wait for the interpreter.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, M> {
        // A panic leaves a model whole: what is written of it is its description.
        self.model.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs what changes it, with the interpreter lock released.
    pub(super) fn write<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut M) -> T + Send,
    ) -> T {
        py.detach(|| {
            let mut model = self.model.write().unwrap_or_else(PoisonError::into_inner);
            work(&mut model)
        })
    }
}
