//! The parameters of a stack and their gradients in the caller's memory: one flat buffer, or a slice for each tensor.

use crate::error::{Error, check_length};
use crate::tensor::Tensor;

/// The parameters of a stack: its tensors one after the other in the order of [`Stack::tensors`](crate::Stack::tensors), or each
/// in memory of its own, in the same order. Where a bias has a slice of its own, an empty one stands for zeros.
#[derive(Clone, Copy, Debug)]
pub enum Weights<'a> {
    /// All values in one buffer.
    Flat(&'a [f32]),
    /// A slice for each tensor.
    Tensors(&'a [&'a [f32]]),
}

impl<'a> Weights<'a> {
    /// Checks that there is just what `tensors` ask for.
    ///
    /// # Errors
    /// [`Error::Length`] names what has another length.
    pub(crate) fn check(self, tensors: &[Tensor]) -> Result<(), Error> {
        match self {
            Weights::Flat(values) => {
                check_length("weights", values.len(), &[("parameters", count(tensors))])
            }
            Weights::Tensors(slices) => {
                check_length("weights", slices.len(), &[("tensors", tensors.len())])?;
                let mut pairs = slices.iter().zip(tensors);
                pairs.try_for_each(|(slice, tensor)| {
                    tensor.check_slice("weights of a tensor", slice.len())
                })
            }
        }
    }

    /// The slice of tensor `index` of those that were checked.
    pub(crate) fn slice(self, tensors: &[Tensor], index: usize) -> &'a [f32] {
        match self {
            Weights::Flat(values) => &values[tensors[index].range()],
            Weights::Tensors(slices) => slices[index],
        }
    }
}

/// Gradients of the parameters of a stack, laid out as [`Weights`] are; where a bias has an empty slice, its gradient goes
/// nowhere.
#[derive(Debug)]
pub enum WeightGradient<'a, 'b> {
    /// All values in one buffer.
    Flat(&'a mut [f32]),
    /// A slice for each tensor.
    Tensors(&'a mut [&'b mut [f32]]),
}

impl<'a> WeightGradient<'a, '_> {
    /// The slice of each tensor.
    ///
    /// # Errors
    /// [`Error::Length`] names what has another length than `tensors` ask for.
    pub(crate) fn slices(self, tensors: &[Tensor]) -> Result<Vec<&'a mut [f32]>, Error> {
        match self {
            WeightGradient::Flat(values) => {
                let parameters = [("parameters", count(tensors))];
                check_length("weight gradient", values.len(), &parameters)?;
                let mut rest = values;
                let mut slice = |tensor: &Tensor| {
                    let (slice, after) = std::mem::take(&mut rest).split_at_mut(tensor.len());
                    rest = after;
                    slice
                };
                Ok(tensors.iter().map(&mut slice).collect())
            }
            WeightGradient::Tensors(slices) => {
                check_length(
                    "weight gradient",
                    slices.len(),
                    &[("tensors", tensors.len())],
                )?;
                for (slice, tensor) in slices.iter().zip(tensors) {
                    tensor.check_slice("weight gradient of a tensor", slice.len())?;
                }
                Ok(slices.iter_mut().map(|slice| &mut **slice).collect())
            }
        }
    }
}

/// Number of values of all tensors.
fn count(tensors: &[Tensor]) -> usize {
    tensors.last().map_or(0, |tensor| tensor.range().end)
}

impl<'a> From<&'a [f32]> for Weights<'a> {
    fn from(values: &'a [f32]) -> Self {
        Weights::Flat(values)
    }
}

impl<'a> From<&'a Vec<f32>> for Weights<'a> {
    fn from(values: &'a Vec<f32>) -> Self {
        Weights::Flat(values)
    }
}

impl<'a, const N: usize> From<&'a [f32; N]> for Weights<'a> {
    fn from(values: &'a [f32; N]) -> Self {
        Weights::Flat(values)
    }
}

impl<'a> From<&'a mut [f32]> for WeightGradient<'a, '_> {
    fn from(values: &'a mut [f32]) -> Self {
        WeightGradient::Flat(values)
    }
}

impl<'a> From<&'a mut Vec<f32>> for WeightGradient<'a, '_> {
    fn from(values: &'a mut Vec<f32>) -> Self {
        WeightGradient::Flat(values)
    }
}

impl<'a, const N: usize> From<&'a mut [f32; N]> for WeightGradient<'a, '_> {
    fn from(values: &'a mut [f32; N]) -> Self {
        WeightGradient::Flat(values)
    }
}
