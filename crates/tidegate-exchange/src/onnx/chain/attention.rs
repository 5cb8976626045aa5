//! Attention in a graph: the one layer whose operators read the rows below twice.

use crate::network::Layer;
use crate::onnx::graph::Graph;
use crate::onnx::node::Node;
use crate::onnx::operators::multiply::transposed;
use crate::onnx::operators::{Binary, Elementwise, Operator, Reduction};
use crate::onnx::tensor::{Tensor, Values};

/// Nodes that are attention together: ReduceSum(h ⊙ Softmax(MatMul(Tanh(MatMul(h, W) + b), v))).
pub(super) struct Attention<'a> {
    /// The value h.
    pub(super) rows: usize,
    /// The axis of the softmax and of the sum.
    pub(super) axis: i64,
    /// Whether the axis stays with size 1.
    pub(super) keep: bool,
    weight: &'a Tensor,
    bias: &'a Tensor,
    score: &'a Tensor,
    /// Places of the nodes; the last one gives what attention does.
    pub(super) nodes: [usize; 7],
}

impl Attention<'_> {
    /// The layer, for rows of `width` features.
    pub(super) fn layer(&self, width: usize) -> Result<Layer, String> {
        let tensor = |tensor: &Tensor, shape: &[usize]| {
            let values = tensor.as_f32().filter(|_| tensor.shape() == shape);
            values.map(<[f32]>::to_vec).ok_or_else(|| {
                format!("its weights have shape {:?}, not {shape:?}", tensor.shape())
            })
        };
        Ok(Layer::Attention {
            weight: transposed(&tensor(self.weight, &[width, width])?, width, width),
            bias: tensor(self.bias, &[width])?,
            score: tensor(self.score, &[width, 1])?,
        })
    }
}

/// All attention in a graph.
pub(super) fn find(graph: &Graph) -> Vec<Attention<'_>> {
    let mut search = Search {
        graph,
        producers: vec![None; graph.constants.len()],
        readers: vec![0; graph.constants.len()],
    };
    for (place, node) in graph.nodes.iter().enumerate() {
        for &value in node.outputs.iter().flatten() {
            search.producers[value] = Some(place);
        }
        for &value in node.inputs.iter().flatten() {
            search.readers[value] += 1;
        }
    }
    for &value in &graph.output_values {
        search.readers[value] += 1;
    }
    (0..graph.nodes.len())
        .filter_map(|place| search.attention(place))
        .collect()
}

struct Search<'a> {
    graph: &'a Graph,
    producers: Vec<Option<usize>>,
    readers: Vec<usize>,
}

impl<'a> Search<'a> {
    fn attention(&self, place: usize) -> Option<Attention<'a>> {
        let sum = &self.graph.nodes[place];
        let Operator::Reduce {
            reduction: Reduction::Sum,
            axes,
            keep,
            ..
        } = &sum.operator
        else {
            return None;
        };
        let axes = match (axes, self.constant(sum, 1).map(Tensor::values)) {
            (Some(axes), _) => axes,
            (None, Some(Values::I64(axes))) => axes,
            _ => return None,
        };
        let &[axis] = &axes[..] else {
            return None;
        };
        let (product_place, product) = self.only_producer(sum, 0)?;
        if !matches!(product.operator, Operator::Binary(Binary::Mul)) {
            return None;
        }
        [0, 1].into_iter().find_map(|side| {
            let rows = input(product, 1 - side)?;
            let (softmax_place, softmax) = self.only_producer(product, side)?;
            let Operator::Softmax {
                axis: softmax_axis,
                logarithm: false,
                flattened: false,
            } = softmax.operator
            else {
                return None;
            };
            let (scores_place, scores) = self.only_producer(softmax, 0)?;
            let (tanh_place, tanh) = self.only_producer(scores, 0)?;
            let (bias_place, bias) = self.only_producer(tanh, 0)?;
            let sides = [0, 1]
                .into_iter()
                .find(|&side| self.constant(bias, side).is_some())?;
            let (projection_place, projection) = self.only_producer(bias, 1 - sides)?;
            let fits = matches!(scores.operator, Operator::MatMul)
                && matches!(tanh.operator, Operator::Elementwise(Elementwise::Tanh))
                && matches!(bias.operator, Operator::Binary(Binary::Add))
                && matches!(projection.operator, Operator::MatMul)
                && input(projection, 0) == Some(rows)
                && axis == softmax_axis;
            fits.then_some(Attention {
                rows,
                axis,
                keep: *keep,
                weight: self.constant(projection, 1)?,
                bias: self.constant(bias, sides)?,
                score: self.constant(scores, 1)?,
                nodes: [
                    projection_place,
                    bias_place,
                    tanh_place,
                    scores_place,
                    softmax_place,
                    product_place,
                    place,
                ],
            })
        })
    }

    /// The node that gives an input, which nothing else reads.
    fn only_producer(&self, node: &Node, index: usize) -> Option<(usize, &'a Node)> {
        let value = input(node, index)?;
        let place = self.producers[value].filter(|_| self.readers[value] == 1)?;
        Some((place, &self.graph.nodes[place]))
    }

    fn constant(&self, node: &Node, index: usize) -> Option<&'a Tensor> {
        self.graph.constants[input(node, index)?].as_ref()
    }
}

/// The number of an input.
fn input(node: &Node, index: usize) -> Option<usize> {
    node.inputs.get(index).copied().flatten()
}
