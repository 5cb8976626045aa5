//! A named range of one flat buffer of parameters.

use std::ops::Range;

use crate::error::{Error, check_length};

/// A tensor inside a flat buffer: parameters, their gradients and the optimiser's state share this layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// PyTorch's name, for example `weight_ih_l0` or `bias_hh_l1_reverse`.
    pub name: String,
    /// Row-major shape.
    pub shape: Vec<usize>,
    /// Index of the first value in the flat buffer.
    pub offset: usize,
}

impl Tensor {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the tensor holds no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the tensor's values lie in the flat buffer.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.len()
    }

    /// Checks that a slice of its own holds the tensor's values, or none for a bias, which is zero then.
    pub(crate) fn check_slice(&self, what: &'static str, found: usize) -> Result<(), Error> {
        if found == 0 && self.name.starts_with("bias") {
            return Ok(());
        }
        check_length(what, found, &[(&self.name, self.len())])
    }

    /// The tensor's place for an error message: the name and the index along each axis of flat element `index`.
    #[must_use]
    pub fn place(&self, index: usize) -> String {
        let mut rest = index;
        let mut indices = vec![0; self.shape.len()];
        for (axis, size) in self.shape.iter().enumerate().rev() {
            indices[axis] = rest % size.max(&1);
            rest /= size.max(&1);
        }
        format!("{}{indices:?}", self.name)
    }
}
