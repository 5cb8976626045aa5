//! The network that reads a window row by row and gives the whole horizon at once.

use super::Writer;
use crate::error::ExchangeError;
use crate::onnx::write::builder::{int, ints};
use crate::onnx::write::recurrent;

impl Writer<'_> {
    /// From `targets [B, W, C]`, the rest of each row and what is known ahead `[B, F, K]` to `[B, F, C, L]`.
    pub(super) fn direct(
        &mut self,
        targets: String,
        others: Option<String>,
        known: Option<String>,
    ) -> Result<String, ExchangeError> {
        let network = self.network();
        let rows = match others {
            None => targets,
            Some(others) => {
                let parts = [targets.as_str(), &others];
                self.builder
                    .value("Concat", "rows", &parts, vec![int("axis", 2)])
            }
        };
        let steps = vec![ints("perm", &[1, 0, 2])];
        let steps = self.builder.value("Transpose", "steps", &[&rows], steps);
        let (stack, weights) = self.recurrent()?;
        let builder = &mut self.builder;
        let outputs = recurrent::write(builder, (stack, &weights), "encoder", steps, &[]);
        let hidden = outputs.hidden.last().map_or("", String::as_str);
        let mut features = recurrent::side_by_side(builder, "features", hidden, stack, 0);
        if let Some(known) = known {
            let size = network.horizon * network.known_size;
            let known = builder.with_shape("Reshape", "known_row", &known, &[0, size as i64]);
            let axis = vec![int("axis", 1)];
            features = builder.value("Concat", "features", &[&features, &known], axis);
        }
        let raw = self.dense("head", &features);
        let shape = [0, network.horizon, network.targets, network.levels].map(|size| size as i64);
        Ok(self.builder.with_shape("Reshape", "raw", &raw, &shape))
    }
}
