//! Values with a shape, as they flow through a graph.

use prost::Message;

use super::constant;
use super::footprint;
use super::messages::TensorProto;
use crate::error::ExchangeError;

/// The values of a tensor, row-major.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Single precision.
    F32(Vec<f32>),
    /// Whole numbers: tokens, shapes, axes.
    I64(Vec<i64>),
    /// Whole numbers: lengths of sequences.
    I32(Vec<i32>),
    /// Conditions.
    Bool(Vec<bool>),
}

/// The type of a tensor's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// Single precision.
    F32,
    /// 64-bit whole numbers.
    I64,
    /// 32-bit whole numbers.
    I32,
    /// Conditions.
    Bool,
}

impl std::fmt::Display for ElementType {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            ElementType::F32 => "float32",
            ElementType::I64 => "int64",
            ElementType::I32 => "int32",
            ElementType::Bool => "bool",
        })
    }
}

macro_rules! from_vec {
    ($($element:ty => $variant:ident),*) => {$(
        impl From<Vec<$element>> for Values {
            fn from(values: Vec<$element>) -> Values {
                Values::$variant(values)
            }
        }
    )*};
}
from_vec!(f32 => F32, i64 => I64, i32 => I32, bool => Bool);

impl Values {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Values::F32(values) => values.len(),
            Values::I64(values) => values.len(),
            Values::I32(values) => values.len(),
            Values::Bool(values) => values.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their type.
    #[must_use]
    pub fn element_type(&self) -> ElementType {
        match self {
            Values::F32(_) => ElementType::F32,
            Values::I64(_) => ElementType::I64,
            Values::I32(_) => ElementType::I32,
            Values::Bool(_) => ElementType::Bool,
        }
    }

    /// Bytes that they fill.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.len()
            * match self {
                Values::F32(_) | Values::I32(_) => 4,
                Values::I64(_) => 8,
                Values::Bool(_) => 1,
            }
    }
}

/// A row-major tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Values,
}

impl Tensor {
    /// `values` in the order of `shape`; a scalar has the shape `[]` and one value.
    ///
    /// # Errors
    /// [`ExchangeError::Input`] where the number of values is not that of the shape.
    pub fn new(
        shape: impl Into<Vec<usize>>,
        values: impl Into<Values>,
    ) -> Result<Tensor, ExchangeError> {
        let (shape, values) = (shape.into(), values.into());
        if product(&shape) != Some(values.len()) {
            return Err(ExchangeError::Input {
                name: "tensor".into(),
                reason: format!("shape {shape:?} does not have {} values", values.len()),
            });
        }
        Ok(Tensor { shape, values })
    }

    /// Reads a tensor in a file of its own, as ONNX's test data has them.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] for damage, [`ExchangeError::NoCounterpart`] for another type of values.
    pub fn read(bytes: &[u8]) -> Result<Tensor, ExchangeError> {
        footprint::check_tensor(bytes)?;
        let message = TensorProto::decode(bytes).map_err(|error| ExchangeError::Malformed {
            place: "the file".into(),
            reason: error.to_string(),
        })?;
        constant::read(message, "the tensor")
    }

    /// As [`Tensor::new`] where the number is known to be right.
    pub(super) fn of(shape: impl Into<Vec<usize>>, values: impl Into<Values>) -> Tensor {
        let (shape, values) = (shape.into(), values.into());
        debug_assert_eq!(product(&shape), Some(values.len()));
        Tensor { shape, values }
    }

    /// Size of each axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values, row-major.
    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Shape and values.
    #[must_use]
    pub fn into_parts(self) -> (Vec<usize>, Values) {
        (self.shape, self.values)
    }

    /// The type of the values.
    #[must_use]
    pub fn element_type(&self) -> ElementType {
        self.values.element_type()
    }

    /// The values, if they are single precision.
    #[must_use]
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.values {
            Values::F32(values) => Some(values),
            _ => None,
        }
    }

    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Most axes of a tensor: what is looked up for each pair of axes stays quick.
pub(super) const MOST_AXES: usize = 64;

/// Most that the other axes may make where one is of size 0: such a tensor takes no memory, but what passes along its axes takes time.
const MOST_BESIDE_ZERO: usize = 1 << 24;

/// Number of values of a shape, unless it has too many axes, or is so large that it could overflow in any order of its axes; beside an
/// axis of size 0, unless the others are too large to pass along.
pub(super) fn product(shape: &[usize]) -> Option<usize> {
    if shape.len() > MOST_AXES {
        return None;
    }
    let product = shape.iter().try_fold(1usize, |product, &size| {
        product
            .checked_mul(size.max(1))
            .filter(|&product| product <= isize::MAX as usize / 64)
    })?;
    if shape.contains(&0) {
        return (product <= MOST_BESIDE_ZERO).then_some(0);
    }
    Some(product)
}
