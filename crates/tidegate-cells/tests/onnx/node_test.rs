//! One folder of the standard's node tests: `model.onnx` with a single node, and `test_data_set_0` with the values.

use std::collections::BTreeMap;
use std::path::Path;

use prost::Message;

use super::messages::{ModelProto, NodeProto, TensorProto};
use super::tensor::Tensor;

/// A node, the tensors that it reads and those that it must write, by name.
pub(crate) struct NodeTest {
    pub(crate) node: NodeProto,
    pub(crate) inputs: BTreeMap<String, Tensor>,
    pub(crate) outputs: BTreeMap<String, Tensor>,
}

impl NodeTest {
    pub(crate) fn read(folder: &Path) -> NodeTest {
        let graph = decode::<ModelProto>(&folder.join("model.onnx"))
            .graph
            .unwrap();
        let tensors = |kind: &str, names: Vec<String>| {
            let read = |(index, name)| {
                let path = folder.join(format!("test_data_set_0/{kind}_{index}.pb"));
                (name, Tensor::read(&decode::<TensorProto>(&path)))
            };
            names.into_iter().enumerate().map(read).collect()
        };
        let [node] = <[NodeProto; 1]>::try_from(graph.node).unwrap();
        NodeTest {
            node,
            inputs: tensors(
                "input",
                graph.input.into_iter().map(|value| value.name).collect(),
            ),
            outputs: tensors(
                "output",
                graph.output.into_iter().map(|value| value.name).collect(),
            ),
        }
    }

    /// Input number `index` of the node, unless it is left out.
    pub(crate) fn input(&self, index: usize) -> Option<&Tensor> {
        let name = self.node.input.get(index).filter(|name| !name.is_empty())?;
        Some(&self.inputs[name])
    }

    /// Output number `index` of the node that the test expects, unless it is left out.
    pub(crate) fn expected(&self, index: usize) -> Option<&Tensor> {
        let name = self
            .node
            .output
            .get(index)
            .filter(|name| !name.is_empty())?;
        Some(&self.outputs[name])
    }

    /// A whole-number attribute; 0 is the default of all those that the recurrent operators have, but `hidden_size`.
    pub(crate) fn number(&self, name: &str) -> usize {
        let attribute = self
            .node
            .attribute
            .iter()
            .find(|attribute| attribute.name == name);
        attribute.map_or(0, |attribute| usize::try_from(attribute.i).unwrap())
    }
}

fn decode<M: Message + Default>(path: &Path) -> M {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    M::decode(bytes.as_slice()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
