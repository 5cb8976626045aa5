//! A graph that grows node by node.

use crate::onnx::constant;
use crate::onnx::messages::{
    AttributeProto, DimensionProto, GraphProto, NodeProto, TensorShapeProto, TensorTypeProto,
    TypeProto, ValueInfoProto, attribute_type,
};
use crate::onnx::tensor::{ElementType, Tensor};

/// Size of an axis that is written: a number, or a name.
#[derive(Clone, Copy)]
pub(super) enum Axis {
    Fixed(usize),
    Named(&'static str),
}

/// A graph that grows node by node; values are known by their names.
pub(super) struct Builder {
    graph: GraphProto,
    values: usize,
}

impl Builder {
    pub(super) fn new(name: &str) -> Builder {
        Builder {
            graph: GraphProto {
                name: name.into(),
                ..GraphProto::default()
            },
            values: 0,
        }
    }

    pub(super) fn input(&mut self, name: &str, element_type: ElementType, shape: &[Axis]) {
        self.graph.input.push(port(name, element_type, shape));
    }

    pub(super) fn output(&mut self, name: &str, element_type: ElementType, shape: &[Axis]) {
        self.graph.output.push(port(name, element_type, shape));
    }

    /// An output before those that are there.
    pub(super) fn first_output(&mut self, name: &str, element_type: ElementType, shape: &[Axis]) {
        self.graph.output.insert(0, port(name, element_type, shape));
    }

    /// A constant, by its name.
    pub(super) fn constant(&mut self, name: &str, tensor: &Tensor) -> String {
        self.graph.initializer.push(constant::write(name, tensor));
        name.into()
    }

    /// A node named after `name` with as many outputs as asked for; returns their names.
    pub(super) fn node(
        &mut self,
        operator: &str,
        name: &str,
        inputs: &[&str],
        outputs: usize,
        attributes: Vec<AttributeProto>,
    ) -> Vec<String> {
        let outputs: Vec<String> = (0..outputs)
            .map(|_| {
                self.values += 1;
                format!("value_{}", self.values)
            })
            .collect();
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: outputs.clone(),
            name: name.into(),
            op_type: operator.into(),
            attribute: attributes,
            domain: String::new(),
        });
        outputs
    }

    /// The same with one output.
    pub(super) fn value(
        &mut self,
        operator: &str,
        name: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> String {
        self.node(operator, name, inputs, 1, attributes)
            .swap_remove(0)
    }

    /// Squeeze or Unsqueeze of one axis.
    pub(super) fn with_axis(
        &mut self,
        operator: &str,
        name: &str,
        value: &str,
        axis: usize,
    ) -> String {
        let axis = Tensor::of([1], vec![axis as i64]);
        let axis = self.constant(&format!("{name}_axis"), &axis);
        self.value(operator, name, &[value, &axis], vec![])
    }

    /// Reshape or Expand; to Reshape, 0 keeps the size of an axis, and −1 is what is left.
    pub(super) fn with_shape(
        &mut self,
        operator: &str,
        name: &str,
        value: &str,
        shape: &[i64],
    ) -> String {
        let shape = Tensor::of([shape.len()], shape.to_vec());
        let shape = self.constant(&format!("{name}_shape"), &shape);
        self.value(operator, name, &[value, &shape], vec![])
    }

    /// Rows `range` of an axis.
    pub(super) fn part(
        &mut self,
        name: &str,
        value: &str,
        axis: usize,
        range: std::ops::Range<usize>,
    ) -> String {
        let bounds = [("start", range.start), ("end", range.end), ("axis", axis)];
        let [start, end, axis] = bounds.map(|(suffix, number)| {
            let number = Tensor::of([1], vec![number as i64]);
            self.constant(&format!("{name}_{suffix}"), &number)
        });
        self.value("Slice", name, &[value, &start, &end, &axis], vec![])
    }

    /// Gives a value that a node computes the name of an output.
    pub(super) fn rename(&mut self, value: &str, name: &str) {
        for node in &mut self.graph.node {
            for one in node.input.iter_mut().chain(&mut node.output) {
                if one == value {
                    *one = name.into();
                }
            }
        }
    }

    pub(super) fn finish(self) -> GraphProto {
        self.graph
    }
}

fn port(name: &str, element_type: ElementType, shape: &[Axis]) -> ValueInfoProto {
    let dim = shape
        .iter()
        .map(|axis| match *axis {
            Axis::Fixed(size) => DimensionProto {
                dim_value: Some(size as i64),
                dim_param: None,
            },
            Axis::Named(name) => DimensionProto {
                dim_value: None,
                dim_param: Some(name.into()),
            },
        })
        .collect();
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: Some(constant::type_number(element_type)),
                shape: Some(TensorShapeProto { dim }),
            }),
        }),
    }
}

pub(super) fn int(name: &str, value: usize) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        i: Some(value as i64),
        r#type: Some(attribute_type::INT),
        ..AttributeProto::default()
    }
}

pub(super) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        ints: values.to_vec(),
        r#type: Some(attribute_type::INTS),
        ..AttributeProto::default()
    }
}

pub(super) fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        s: Some(value.into()),
        r#type: Some(attribute_type::STRING),
        ..AttributeProto::default()
    }
}

pub(super) fn texts(name: &str, values: &[&str]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        strings: values.iter().map(|&value| value.into()).collect(),
        r#type: Some(attribute_type::STRINGS),
        ..AttributeProto::default()
    }
}
