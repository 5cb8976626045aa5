//! Where each tensor of a forecaster lies in the flat buffer of parameters.

use std::ops::Range;

use tidegate_cells::Tensor;

use super::configuration::{ForecasterConfiguration, Network};

/// The named ranges of the flat buffer. What a network does not have is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForecasterLayout {
    /// Every tensor, in the order of the buffer and without gaps.
    pub(crate) tensors: Vec<Tensor>,
    /// `segment.weight [D, length · (1 + P − C)]`: the embedding of a segment.
    pub(crate) segment_weight: Range<usize>,
    /// `segment.bias [D]`.
    pub(crate) segment_bias: Range<usize>,
    /// Everything of the recurrent layers, laid out as their stack says.
    pub(crate) recurrent: Range<usize>,
    /// `position.weight [horizon's segments, D / 2]`.
    pub(crate) position: Range<usize>,
    /// `target.weight [C, D − D / 2]`.
    pub(crate) target: Range<usize>,
    /// `known.weight [length · K, D]`: the embedding of what is known ahead of a segment.
    pub(crate) known: Range<usize>,
    /// `head.weight`.
    pub(crate) head_weight: Range<usize>,
    /// `head.bias`.
    pub(crate) head_bias: Range<usize>,
}

impl ForecasterLayout {
    /// The layout of a validated configuration.
    pub(crate) fn new(configuration: &ForecasterConfiguration) -> Self {
        let stack = &configuration.recurrent;
        let mut layout = ForecasterLayout::default();
        let mut tensors: Vec<Tensor> = Vec::new();
        let mut end = 0;
        let mut push = |name: &str, shape: Vec<usize>| {
            let tensor = Tensor {
                name: name.to_owned(),
                shape,
                offset: end,
            };
            let range = tensor.range();
            end = range.end;
            tensors.push(tensor);
            range
        };
        let width = stack.input_size;
        if let Network::Segment { length } = configuration.network {
            let extras = configuration.past_size - configuration.targets;
            layout.segment_weight = push("segment.weight", vec![width, length * (1 + extras)]);
            layout.segment_bias = push("segment.bias", vec![width]);
        }
        layout.recurrent = layout.segment_bias.end..layout.segment_bias.end;
        for tensor in stack.tensors() {
            layout.recurrent.end = push(&format!("recurrent.{}", tensor.name), tensor.shape).end;
        }
        let (mut inputs, mut outputs) = (stack.output_size(), configuration.outputs());
        match configuration.network {
            Network::Direct => inputs += configuration.horizon * configuration.known_size,
            Network::Segment { length } => {
                let segments = configuration.horizon_segments();
                layout.position = push("position.weight", vec![segments, width / 2]);
                layout.target = push(
                    "target.weight",
                    vec![configuration.targets, width - width / 2],
                );
                if configuration.known_size > 0 {
                    let shape = vec![length * configuration.known_size, width];
                    layout.known = push("known.weight", shape);
                }
                outputs = length * configuration.levels;
            }
        }
        layout.head_weight = push("head.weight", vec![outputs, inputs]);
        layout.head_bias = push("head.bias", vec![outputs]);
        layout.tensors = tensors;
        layout
    }

    /// Number of values in the flat buffer.
    pub(crate) fn len(&self) -> usize {
        self.head_bias.end
    }
}
