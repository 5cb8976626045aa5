//! Arithmetic, comparisons and choices of tensors that are broadcast to each other.

use super::walk::{Walk, broadcast_shape, check_room, take};
use crate::onnx::tensor::{ElementType, Tensor, Values};

/// A function of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::onnx) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Max,
    Min,
    PRelu,
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

impl Binary {
    pub(super) fn compute(
        self,
        left: &Tensor,
        right: &Tensor,
        room: usize,
    ) -> Result<Tensor, String> {
        use Binary::{Add, And, Div, Max, Min, Mul, Or, PRelu, Pow, Sub};
        let shape = broadcast_shape(&[left.shape(), right.shape()])?;
        let refused = || {
            format!(
                "values of types {} and {} are not taken",
                left.element_type(),
                right.element_type()
            )
        };
        let element_type = if self.compares() {
            ElementType::Bool
        } else {
            left.element_type()
        };
        check_room(&shape, element_type, room)?;
        let at = (left.shape(), right.shape(), shape.as_slice());
        let values: Values = match (left.values(), right.values()) {
            (Values::F32(a), Values::F32(b)) => match self {
                Add => map(at, a, b, |a, b| a + b).into(),
                Sub => map(at, a, b, |a, b| a - b).into(),
                Mul => map(at, a, b, |a, b| a * b).into(),
                Div => map(at, a, b, |a, b| a / b).into(),
                Pow => map(at, a, b, f32::powf).into(),
                Max => map(
                    at,
                    a,
                    b,
                    |a: f32, b| if a > b || a.is_nan() { a } else { b },
                )
                .into(),
                Min => map(
                    at,
                    a,
                    b,
                    |a: f32, b| if a < b || a.is_nan() { a } else { b },
                )
                .into(),
                PRelu => map(at, a, b, |a, b| if a < 0.0 { a * b } else { a }).into(),
                _ => self.compare(at, a, b).ok_or_else(refused)?.into(),
            },
            (Values::F32(a), Values::I64(b)) if self == Pow => {
                map(at, a, b, |a, b| a.powf(b as f32)).into()
            }
            (Values::F32(a), Values::I32(b)) if self == Pow => {
                map(at, a, b, |a, b| a.powf(b as f32)).into()
            }
            (Values::I64(a), Values::I64(b)) => match self {
                Add => checked(map(at, a, b, i64::checked_add))?.into(),
                Sub => checked(map(at, a, b, i64::checked_sub))?.into(),
                Mul => checked(map(at, a, b, i64::checked_mul))?.into(),
                Div => checked(map(at, a, b, i64::checked_div))?.into(),
                Max => map(at, a, b, i64::max).into(),
                Min => map(at, a, b, i64::min).into(),
                _ => self.compare(at, a, b).ok_or_else(refused)?.into(),
            },
            (Values::I32(a), Values::I32(b)) => match self {
                Add => checked(map(at, a, b, i32::checked_add))?.into(),
                Sub => checked(map(at, a, b, i32::checked_sub))?.into(),
                Mul => checked(map(at, a, b, i32::checked_mul))?.into(),
                Div => checked(map(at, a, b, i32::checked_div))?.into(),
                Max => map(at, a, b, i32::max).into(),
                Min => map(at, a, b, i32::min).into(),
                _ => self.compare(at, a, b).ok_or_else(refused)?.into(),
            },
            (Values::Bool(a), Values::Bool(b)) => match self {
                And => map(at, a, b, |a, b| a && b).into(),
                Or => map(at, a, b, |a, b| a || b).into(),
                Binary::Equal => map(at, a, b, |a, b| a == b).into(),
                _ => return Err(refused()),
            },
            _ => return Err(refused()),
        };
        Ok(Tensor::of(shape, values))
    }

    fn compares(self) -> bool {
        use Binary::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        matches!(self, Equal | Less | LessOrEqual | Greater | GreaterOrEqual)
    }

    fn compare<T: Copy + PartialOrd>(
        self,
        at: (&[usize], &[usize], &[usize]),
        a: &[T],
        b: &[T],
    ) -> Option<Vec<bool>> {
        Some(match self {
            Binary::Equal => map(at, a, b, |a, b| a == b),
            Binary::Less => map(at, a, b, |a, b| a < b),
            Binary::LessOrEqual => map(at, a, b, |a, b| a <= b),
            Binary::Greater => map(at, a, b, |a, b| a > b),
            Binary::GreaterOrEqual => map(at, a, b, |a, b| a >= b),
            _ => return None,
        })
    }
}

/// `function` of values of shapes `left` and `right`, broadcast to `shape`.
fn map<A: Copy, B: Copy, R>(
    (left, right, shape): (&[usize], &[usize], &[usize]),
    a: &[A],
    b: &[B],
    function: impl Fn(A, B) -> R,
) -> Vec<R> {
    if left == right {
        return a.iter().zip(b).map(|(&a, &b)| function(a, b)).collect();
    }
    match (a, b) {
        (a, &[b]) if left == shape => a.iter().map(|&a| function(a, b)).collect(),
        (&[a], b) if right == shape => b.iter().map(|&b| function(a, b)).collect(),
        _ => Walk::broadcast(left, shape)
            .zip(Walk::broadcast(right, shape))
            .map(|(left, right)| function(a[left], b[right]))
            .collect(),
    }
}

fn checked<T>(values: Vec<Option<T>>) -> Result<Vec<T>, String> {
    values
        .into_iter()
        .collect::<Option<_>>()
        .ok_or_else(|| "whole numbers overflow, or are divided by zero".into())
}

/// Where: the first of the two values where the condition holds, else the second.
pub(super) fn choose(
    condition: &Tensor,
    yes: &Tensor,
    no: &Tensor,
    room: usize,
) -> Result<Tensor, String> {
    let Values::Bool(conditions) = condition.values() else {
        return Err(format!(
            "the condition is {}, not bool",
            condition.element_type()
        ));
    };
    if yes.element_type() != no.element_type() {
        return Err(format!(
            "values of types {} and {} are not taken",
            yes.element_type(),
            no.element_type()
        ));
    }
    let shape = broadcast_shape(&[condition.shape(), yes.shape(), no.shape()])?;
    check_room(&shape, yes.element_type(), room)?;
    let spread = |tensor: &Tensor| {
        take(
            tensor,
            shape.clone(),
            Walk::broadcast(tensor.shape(), &shape),
        )
    };
    let conditions = Walk::broadcast(condition.shape(), &shape).map(|place| conditions[place]);
    let (_, no) = spread(no).into_parts();
    let (_, yes) = spread(yes).into_parts();
    macro_rules! chosen {
        ($yes:expr, $no:expr) => {
            conditions
                .zip($yes.into_iter().zip($no))
                .map(|(condition, (yes, no))| if condition { yes } else { no })
                .collect::<Vec<_>>()
                .into()
        };
    }
    let values: Values = match (yes, no) {
        (Values::F32(yes), Values::F32(no)) => chosen!(yes, no),
        (Values::I64(yes), Values::I64(no)) => chosen!(yes, no),
        (Values::I32(yes), Values::I32(no)) => chosen!(yes, no),
        (Values::Bool(yes), Values::Bool(no)) => chosen!(yes, no),
        _ => return Err("the two values are of different types".into()),
    };
    Ok(Tensor::of(shape, values))
}
