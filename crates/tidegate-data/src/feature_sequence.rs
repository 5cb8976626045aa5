//! One sequence of real numbers from a file, without targets: what a trained model is shown.

mod table;

use std::path::Path;

use crate::error::DataError;
use crate::npy;
use crate::regular_file::read_regular_file;

/// A sequence of real numbers, all of them finite, with at least one step and one feature.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureSequence {
    /// The features' names, where the file gives them.
    pub names: Option<Vec<String>>,
    /// Features a step, at least 1.
    pub size: usize,
    /// `[steps, size]`, row after row.
    pub values: Vec<f32>,
}

impl FeatureSequence {
    /// Reads a CSV file of up to 1 GiB: a header with the features' names, then one row of numbers for each step,
    /// separated by commas.
    ///
    /// # Errors
    /// [`DataError::Unreadable`], [`DataError::IsFolder`] or [`DataError::NotRegular`] where there is no file to read;
    /// [`DataError::MalformedTable`] names line and column of what is no finite number or does not fit the header.
    pub fn from_csv(path: impl AsRef<Path>) -> Result<FeatureSequence, DataError> {
        let path = path.as_ref();
        table::read(path, &read_regular_file(path)?)
    }

    /// Reads a NumPy array of up to 1 GiB: `float32` or `float64`, of shape `[steps, features]` or `[steps]`. It runs no
    /// code: arrays of objects are refused.
    ///
    /// # Errors
    /// [`DataError::Unreadable`], [`DataError::IsFolder`] or [`DataError::NotRegular`] where there is no file to read;
    /// [`DataError::MalformedArray`] says what does not fit, and where the first number is that is not finite.
    pub fn from_npy(path: impl AsRef<Path>) -> Result<FeatureSequence, DataError> {
        let path = path.as_ref();
        npy::read(&read_regular_file(path)?).map_err(|reason| DataError::MalformedArray {
            path: path.to_owned(),
            reason,
        })
    }

    /// Number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.values.len() / self.size
    }
}
