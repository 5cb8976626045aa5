//! Where each tensor of a model lies in the flat buffer of parameters.

use std::ops::Range;

use tidegate_cells::{Tensor, first_not_finite};

use crate::configuration::{Head, InputLayer, ModelConfiguration, Readout};

/// The named ranges of the flat buffer: embedding, recurrent layers, pooling, head.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Every tensor, in the order of the buffer and without gaps.
    pub(crate) tensors: Vec<Tensor>,
    /// `embedding.weight`; empty without an embedding.
    pub(crate) embedding: Range<usize>,
    /// Everything of the recurrent layers, laid out as their stack says.
    pub(crate) recurrent: Range<usize>,
    /// `pooling.weight` [K, K]; empty without attention.
    pub(crate) pooling_weight: Range<usize>,
    /// `pooling.bias` [K]; empty without attention.
    pub(crate) pooling_bias: Range<usize>,
    /// `pooling.score` [K]; empty without attention.
    pub(crate) pooling_score: Range<usize>,
    /// `head.weight`; empty without a head.
    pub(crate) head_weight: Range<usize>,
    /// `head.bias`; empty without a head.
    pub(crate) head_bias: Range<usize>,
}

impl Layout {
    /// The layout of a validated configuration.
    pub(crate) fn new(configuration: &ModelConfiguration) -> Self {
        let stack = &configuration.recurrent;
        let mut tensors: Vec<Tensor> = Vec::new();
        let mut end = 0;
        let mut push = |name: String, shape: Vec<usize>| {
            let tensor = Tensor {
                name,
                shape,
                offset: end,
            };
            let range = tensor.range();
            end = range.end;
            tensors.push(tensor);
            range
        };
        let embedding = match configuration.input {
            InputLayer::Features => 0..0,
            InputLayer::Embedding { vocabulary, size } => {
                push("embedding.weight".into(), vec![vocabulary, size])
            }
        };
        let mut recurrent = embedding.end..embedding.end;
        for tensor in stack.tensors() {
            recurrent.end = push(format!("recurrent.{}", tensor.name), tensor.shape).end;
        }
        let width = stack.output_size();
        let [pooling_weight, pooling_bias, pooling_score] = match configuration.readout {
            Readout::EveryStep | Readout::LastStep | Readout::Mean => [0; 3].map(|_| 0..0),
            Readout::Attention => [
                push("pooling.weight".into(), vec![width, width]),
                push("pooling.bias".into(), vec![width]),
                push("pooling.score".into(), vec![width]),
            ],
        };
        let [head_weight, head_bias] = match configuration.head {
            Head::Dense => [
                push("head.weight".into(), vec![configuration.outputs, width]),
                push("head.bias".into(), vec![configuration.outputs]),
            ],
            Head::None => [0; 2].map(|_| 0..0),
        };
        Layout {
            tensors,
            embedding,
            recurrent,
            pooling_weight,
            pooling_bias,
            pooling_score,
            head_weight,
            head_bias,
        }
    }
}

/// Name and index of the first value that is not finite in a flat buffer of these tensors, with that value.
pub(crate) fn first_not_finite_parameter(
    tensors: &[Tensor],
    parameters: &[f32],
) -> Option<(String, f32)> {
    let index = first_not_finite(parameters)?;
    let place = tensors
        .iter()
        .find(|tensor| tensor.range().contains(&index))
        .map_or_else(
            || index.to_string(),
            |tensor| tensor.place(index - tensor.offset),
        );
    Some((place, parameters[index]))
}

#[cfg(test)]
mod tests {
    use tidegate_cells::{Cell, Lstm, Stack};

    use super::*;

    #[test]
    fn tensors_follow_each_other_without_gaps_under_their_names() {
        let mut stack = Stack::new(Cell::Lstm(Lstm { peepholes: true }), 3, 4);
        stack.layers = 2;
        stack.bidirectional = true;
        let input = InputLayer::Embedding {
            vocabulary: 5,
            size: 3,
        };
        let configuration = ModelConfiguration::new(input, stack.clone(), 2, Readout::Attention);
        let layout = Layout::new(&configuration);
        let mut end = 0;
        for tensor in &layout.tensors {
            assert_eq!(tensor.offset, end, "{}", tensor.name);
            end = tensor.range().end;
        }
        assert_eq!(end, configuration.parameter_count());
        assert_eq!(layout.head_bias.end, end);
        assert_eq!(layout.recurrent.len(), stack.parameter_count());
        let names: Vec<&str> = layout
            .tensors
            .iter()
            .map(|tensor| tensor.name.as_str())
            .collect();
        assert_eq!(names[..2], ["embedding.weight", "recurrent.weight_ih_l0"]);
        assert!(names.contains(&"recurrent.weight_hh_l1_reverse"));
        assert_eq!(
            names[names.len() - 5..],
            [
                "pooling.weight",
                "pooling.bias",
                "pooling.score",
                "head.weight",
                "head.bias"
            ]
        );
    }

    #[test]
    fn the_first_value_that_is_not_finite_is_named() {
        let stack = Stack::new(Cell::Lstm(Lstm { peepholes: false }), 3, 4);
        let configuration =
            ModelConfiguration::new(InputLayer::Features, stack, 2, Readout::EveryStep);
        let layout = Layout::new(&configuration);
        let mut parameters = vec![0.0; layout.head_bias.end];
        assert_eq!(
            first_not_finite_parameter(&layout.tensors, &parameters),
            None
        );
        parameters[layout.head_weight.start + 5] = f32::INFINITY;
        assert_eq!(
            first_not_finite_parameter(&layout.tensors, &parameters),
            Some(("head.weight[1, 1]".into(), f32::INFINITY))
        );
    }
}
