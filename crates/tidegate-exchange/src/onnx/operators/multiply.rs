//! Matrix products: MatMul and Gemm.

use super::walk::{Walk, broadcast_shape, check_room};
use crate::onnx::tensor::{ElementType, Tensor};
use tidegate_cells::vectorised;

/// A general product: α A' B' + β C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::onnx) struct Gemm {
    pub(in crate::onnx) alpha: f32,
    pub(in crate::onnx) beta: f32,
    pub(in crate::onnx) transpose_a: bool,
    pub(in crate::onnx) transpose_b: bool,
}

fn single(tensor: &Tensor) -> Result<&[f32], String> {
    tensor.as_f32().ok_or_else(|| {
        format!(
            "values of type {} are not multiplied",
            tensor.element_type()
        )
    })
}

impl Gemm {
    pub(super) fn compute(
        self,
        a: &Tensor,
        b: &Tensor,
        c: Option<&Tensor>,
        room: usize,
    ) -> Result<Tensor, String> {
        let (&[a0, a1], &[b0, b1]) = (a.shape(), b.shape()) else {
            return Err(format!(
                "shapes {:?} and {:?} are no matrices",
                a.shape(),
                b.shape()
            ));
        };
        let (rows, inner) = if self.transpose_a { (a1, a0) } else { (a0, a1) };
        let (other, columns) = if self.transpose_b { (b1, b0) } else { (b0, b1) };
        if inner != other {
            return Err(does_not_fit(a, b));
        }
        let shape = [rows, columns];
        check_room(&shape, ElementType::F32, room)?;
        let left = if self.transpose_a {
            transposed(single(a)?, a0, a1)
        } else {
            single(a)?.to_vec()
        };
        let right = if self.transpose_b {
            transposed(single(b)?, b0, b1)
        } else {
            single(b)?.to_vec()
        };
        let mut values = vec![0.0; rows * columns];
        multiply(&left, &right, inner, columns, &mut values);
        if self.alpha != 1.0 {
            values.iter_mut().for_each(|value| *value *= self.alpha);
        }
        if let Some(c) = c.filter(|_| self.beta != 0.0) {
            if broadcast_shape(&[c.shape(), &shape])? != shape {
                return Err(format!("C of shape {:?} does not fit {shape:?}", c.shape()));
            }
            let summands = single(c)?;
            for (value, place) in values.iter_mut().zip(Walk::broadcast(c.shape(), &shape)) {
                *value += self.beta * summands[place];
            }
        }
        Ok(Tensor::of(shape, values))
    }
}

/// The product of the last two axes, with the others broadcast to each other; one axis is a row on the left and a column on
/// the right.
pub(super) fn matmul(a: &Tensor, b: &Tensor, room: usize) -> Result<Tensor, String> {
    let (left, right) = (single(a)?, single(b)?);
    if a.shape().is_empty() || b.shape().is_empty() {
        return Err(does_not_fit(a, b));
    }
    let (mut a_shape, mut b_shape) = (a.shape().to_vec(), b.shape().to_vec());
    if a_shape.len() == 1 {
        a_shape.insert(0, 1);
    }
    if b_shape.len() == 1 {
        b_shape.push(1);
    }
    let (a_outer, a_matrix) = a_shape.split_at(a_shape.len() - 2);
    let (b_outer, b_matrix) = b_shape.split_at(b_shape.len() - 2);
    let (rows, inner, columns) = (a_matrix[0], a_matrix[1], b_matrix[1]);
    if inner != b_matrix[0] {
        return Err(does_not_fit(a, b));
    }
    let outer = broadcast_shape(&[a_outer, b_outer])?;
    let mut shape = outer.clone();
    shape.extend([rows, columns]);
    let values = check_room(&shape, ElementType::F32, room)?;
    let mut product = vec![0.0; values];
    if values > 0 {
        let places = Walk::broadcast(a_outer, &outer).zip(Walk::broadcast(b_outer, &outer));
        for ((from_a, from_b), product) in places.zip(product.chunks_exact_mut(rows * columns)) {
            let left = &left[from_a * rows * inner..][..rows * inner];
            let right = &right[from_b * inner * columns..][..inner * columns];
            multiply(left, right, inner, columns, product);
        }
    }
    if b.shape().len() == 1 {
        shape.pop();
    }
    if a.shape().len() == 1 {
        shape.remove(outer.len());
    }
    Ok(Tensor::of(shape, product))
}

fn does_not_fit(a: &Tensor, b: &Tensor) -> String {
    format!("shapes {:?} and {:?} have no product", a.shape(), b.shape())
}

/// Adds `a [M, K]` · `b [K, N]` to `product [M, N]`.
fn multiply(a: &[f32], b: &[f32], inner: usize, columns: usize, product: &mut [f32]) {
    if inner == 0 || columns == 0 {
        return;
    }
    vectorised(
        #[inline(always)]
        || {
            for (a, product) in a.chunks_exact(inner).zip(product.chunks_exact_mut(columns)) {
                for (&a, b) in a.iter().zip(b.chunks_exact(columns)) {
                    for (product, &b) in product.iter_mut().zip(b) {
                        *product += a * b;
                    }
                }
            }
        },
    );
}

/// `[rows, columns]` to `[columns, rows]`.
pub(in crate::onnx) fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns)
        .flat_map(|column| (0..rows).map(move |row| values[row * columns + column]))
        .collect()
}
