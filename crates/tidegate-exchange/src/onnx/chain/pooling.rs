//! Layers of a chain that leave one row for each sequence.

use super::attention::Attention;
use super::rows::Rows;
use super::walk::Walk;
use crate::network::Layer;
use crate::onnx::tensor::Tensor;

impl Walk<'_> {
    pub(super) fn mean(
        &mut self,
        value: &Tensor,
        axes: &[i64],
        keep: bool,
    ) -> Result<Tensor, String> {
        let rows = self.settled(value)?;
        let &[axis] = axes else {
            return Err("it is the mean over several axes".into());
        };
        self.pooled(value, rows, (axis, keep), Layer::Mean)
    }

    /// Attention over the rows of `value`.
    pub(super) fn attend(
        &mut self,
        value: &Tensor,
        attention: &Attention<'_>,
    ) -> Result<Tensor, String> {
        let rows = self.settled(value)?;
        if rows.whole_rows().is_none() || value.shape().last() != Some(&rows.width) {
            return Err("its attention does not read whole rows of features".into());
        }
        let layer = attention.layer(rows.width)?;
        self.pooled(value, rows, (attention.axis, attention.keep), layer)
    }

    /// One row for each sequence, by a layer over the steps, which are `axis` of `value`.
    fn pooled(
        &mut self,
        value: &Tensor,
        rows: Rows,
        (axis, keep): (i64, bool),
        layer: Layer,
    ) -> Result<Tensor, String> {
        self.without_padding()?;
        let shape = value.shape();
        let refused = || "it is not over the steps of each sequence".to_owned();
        let axis = if axis < 0 {
            axis + shape.len() as i64
        } else {
            axis
        };
        let axis = usize::try_from(axis)
            .ok()
            .filter(|&axis| axis < shape.len())
            .ok_or_else(refused)?;
        let (steps, row) = (rows.steps.ok_or_else(refused)?, rows.batch * rows.width);
        let inner: usize = shape[axis + 1..].iter().product();
        if shape[axis] != steps || !rows.complete() || steps == 0 {
            return Err(refused());
        }
        let outer: usize = shape[..axis].iter().product();
        let mut places = Vec::with_capacity(outer * inner);
        for first in 0..outer {
            for second in 0..inner {
                let mut of_step = vec![false; steps];
                let place = |step: usize| rows.places[(first * steps + step) * inner + second];
                for step in 0..steps {
                    of_step[place(step) / row] = true;
                    if place(step) % row != place(0) % row {
                        return Err(refused());
                    }
                }
                if of_step.contains(&false) {
                    return Err(refused());
                }
                places.push(place(0) % row);
            }
        }
        let mut shape = shape.to_vec();
        if keep {
            shape[axis] = 1;
        } else {
            shape.remove(axis);
        }
        self.layers.push(layer);
        let rows = Rows {
            steps: None,
            ..rows
        };
        let width = rows.width;
        Ok(self.rows_of_layer(&shape, places.into_iter(), &rows, width))
    }
}
