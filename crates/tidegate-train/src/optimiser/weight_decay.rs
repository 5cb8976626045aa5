//! Which parameters decay.

use std::ops::Range;

use tidegate_cells::Tensor;

/// The flat parameters cut into ranges that decay and ranges that do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecayRanges(Vec<(Range<usize>, bool)>);

impl DecayRanges {
    /// All parameters decay, as in PyTorch when an optimiser is given `model.parameters()`.
    #[must_use]
    pub fn all(parameters: usize) -> Self {
        DecayRanges(vec![(0..parameters, true)])
    }

    /// Only tensors of two or more axes decay: weight matrices, embeddings and peepholes, but no bias.
    ///
    /// `tensors` lie side by side, in the order of their offsets, and cover the parameters.
    #[must_use]
    pub fn matrices(tensors: &[Tensor]) -> Self {
        let mut ranges: Vec<(Range<usize>, bool)> = Vec::new();
        for tensor in tensors {
            let decays = tensor.shape.len() > 1;
            match ranges.last_mut() {
                Some((last, same)) if *same == decays && last.end == tensor.offset => {
                    last.end = tensor.range().end
                }
                _ => ranges.push((tensor.range(), decays)),
            }
        }
        DecayRanges(ranges)
    }

    /// Number of parameters covered.
    pub(super) fn parameters(&self) -> usize {
        self.0.last().map_or(0, |(range, _)| range.end)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Range<usize>, bool)> + '_ {
        self.0.iter().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_tensors_of_a_kind_share_a_range_and_biases_do_not_decay() {
        let tensor = |name: &str, shape: &[usize], offset| Tensor {
            name: name.into(),
            shape: shape.to_vec(),
            offset,
        };
        let tensors = [
            tensor("weight_ih_l0", &[6, 1], 0),
            tensor("weight_hh_l0", &[6, 2], 6),
            tensor("bias_ih_l0", &[6], 18),
            tensor("bias_hh_l0", &[6], 24),
            tensor("head.weight", &[1, 2], 30),
        ];
        let ranges = DecayRanges::matrices(&tensors);
        assert_eq!(
            ranges.iter().collect::<Vec<_>>(),
            [(0..18, true), (18..30, false), (30..32, true)]
        );
        assert_eq!(ranges.parameters(), 32);
    }
}
