//! Inputs and outputs of a graph, and what may be given for them.

use std::collections::HashMap;

use super::constant::element_type;
use super::messages::ValueInfoProto;
use super::tensor::{ElementType, MOST_AXES, Tensor};
use crate::error::ExchangeError;

/// Size of an axis of an input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Always this.
    Fixed(usize),
    /// Whatever is given, the same wherever the name stands.
    Named(String),
    /// Whatever is given.
    Unknown,
}

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub element_type: ElementType,
    /// One dimension for each axis, if the file says how many there are.
    pub shape: Option<Vec<Dimension>>,
}

impl Port {
    /// Reads the declaration of an input or output.
    pub(super) fn read(value: ValueInfoProto) -> Result<Port, ExchangeError> {
        let name = value.name;
        let refused = |what: String| ExchangeError::NoCounterpart {
            what,
            format: "Tidegate",
            remedy: "float32, int64, int32 and bool tensors are computed".into(),
        };
        let Some(tensor) = value.r#type.and_then(|kind| kind.tensor_type) else {
            return Err(refused(format!("{name}, which is no tensor,")));
        };
        let element_type = element_type(tensor.elem_type.unwrap_or(0))
            .map_err(|kind| refused(format!("{name} of type {kind}")))?;
        let dimension =
            |(dim_value, dim_param): (Option<i64>, Option<String>)| match (dim_value, dim_param) {
                (Some(size), _) => usize::try_from(size).map(Dimension::Fixed).map_err(|_| {
                    ExchangeError::Malformed {
                        place: name.clone(),
                        reason: format!("an axis of size {size}"),
                    }
                }),
                (None, Some(name)) if !name.is_empty() => Ok(Dimension::Named(name)),
                _ => Ok(Dimension::Unknown),
            };
        let axes = tensor.shape.as_ref().map_or(0, |shape| shape.dim.len());
        if axes > MOST_AXES {
            return Err(ExchangeError::Malformed {
                place: name,
                reason: format!("it has {axes} axes, and at most {MOST_AXES} are computed"),
            });
        }
        let shape = tensor
            .shape
            .map(|shape| {
                shape
                    .dim
                    .into_iter()
                    .map(|one| dimension((one.dim_value, one.dim_param)))
                    .collect::<Result<Vec<_>, _>>()
            })
            .transpose()?;
        Ok(Port {
            name,
            element_type,
            shape,
        })
    }

    /// Checks that `tensor` may be given here; `named` holds the sizes of the axes seen before.
    pub(super) fn check<'a>(
        &'a self,
        tensor: &Tensor,
        named: &mut HashMap<&'a str, usize>,
    ) -> Result<(), ExchangeError> {
        let wrong = |reason: String| {
            Err(ExchangeError::Input {
                name: self.name.clone(),
                reason,
            })
        };
        if tensor.element_type() != self.element_type {
            return wrong(format!(
                "{} is given where {} is read",
                tensor.element_type(),
                self.element_type
            ));
        }
        let Some(shape) = &self.shape else {
            return Ok(());
        };
        let fits = shape.len() == tensor.shape().len()
            && shape
                .iter()
                .zip(tensor.shape())
                .all(|(one, &size)| match one {
                    Dimension::Fixed(fixed) => *fixed == size,
                    Dimension::Named(name) => *named.entry(name).or_insert(size) == size,
                    Dimension::Unknown => true,
                });
        if fits {
            return Ok(());
        }
        let shape: Vec<String> = shape
            .iter()
            .map(|one| match one {
                Dimension::Fixed(size) => size.to_string(),
                Dimension::Named(name) => match named.get(name.as_str()) {
                    Some(size) => format!("{name} = {size}"),
                    None => name.clone(),
                },
                Dimension::Unknown => "any".into(),
            })
            .collect();
        wrong(format!(
            "shape {:?} is given where [{}] is read",
            tensor.shape(),
            shape.join(", ")
        ))
    }
}
