//! Numbers that grow beyond f32 inside the model.

use tidegate_model::ModelError;

/// Whether the model refused a number that is not finite. Data and parameters are finite, so it overflowed on its way
/// through the model.
pub(crate) fn is_overflow(error: &ModelError) -> bool {
    matches!(
        error,
        ModelError::Cells(tidegate_cells::Error::NotFinite { .. })
            | ModelError::OutputGradient { .. }
            | ModelError::Forecast { .. }
    )
}
