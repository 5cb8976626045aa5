//! The segment-wise network: an encoder over the window's segments, and one step of the same recurrent layers for each segment of
//! the horizon, all from the encoder's final state.
//!
//! Rows of the encoder are pairs of a window and a target, b · C + c; those of the decoder k · B · C + b · C + c for segment k. S
//! stands for the window's segments, N for those of the horizon, D for the width of their embeddings.

use super::Writer;
use crate::error::ExchangeError;
use crate::onnx::tensor::Tensor;
use crate::onnx::write::builder::{int, ints};
use crate::onnx::write::recurrent;

impl Writer<'_> {
    /// From `targets [B, W, C]`, the rest of each row and what is known ahead `[B, F, K]` to `[B, F, C, L]`.
    pub(super) fn segments(
        &mut self,
        length: usize,
        targets: String,
        others: Option<String>,
        known: Option<String>,
    ) -> Result<String, ExchangeError> {
        let network = self.network();
        let decoded = network.horizon.div_ceil(length);
        let segments = self.cut(length, &targets, others);
        let embedded = self.dense("segment", &segments);
        let embedded = self.builder.value("Relu", "embedded", &[&embedded], vec![]);
        let (stack, weights) = self.recurrent()?;
        let builder = &mut self.builder;
        let encoded = recurrent::write(builder, (stack, &weights), "encoder", embedded, &[]);
        let mut states = Vec::new();
        for (kind, layers) in [("hidden", encoded.hidden), ("cell", encoded.cell)] {
            let layers = layers.into_iter().enumerate();
            let layers = layers.map(|(layer, state)| {
                let name = format!("decoder_{kind}_l{layer}");
                self.repeated(&name, state, decoded)
            });
            states.push(layers.collect::<Vec<_>>());
        }
        let queries = self.queries(length, decoded, &targets, known);
        let builder = &mut self.builder;
        let outputs = recurrent::write(builder, (stack, &weights), "decoder", queries, &states);
        let hidden = outputs.hidden.last().map_or("", String::as_str);
        let features = recurrent::side_by_side(builder, "features", hidden, stack, 0);
        let raw = self.dense("head", &features);
        Ok(self.put_together(length, decoded, &raw))
    }

    /// The window's segments `[S, B · C, length · (1 + P − C)]`: of each row the target, then all that is no target.
    fn cut(&mut self, length: usize, targets: &str, others: Option<String>) -> String {
        let network = self.network();
        let columns = network.targets as i64;
        let builder = &mut self.builder;
        let mut rows = builder.with_axis("Unsqueeze", "target_columns", targets, 3);
        if let Some(others) = others {
            let others = builder.with_axis("Unsqueeze", "other_columns", &others, 2);
            let shape = [1, 1, columns, 1];
            let others = builder.with_shape("Expand", "others_of_each", &others, &shape);
            rows = builder.value("Concat", "rows", &[&rows, &others], vec![int("axis", 3)]);
        }
        let [window, length] = [network.window / length, length].map(|size| size as i64);
        let width = (1 + network.past_size - network.targets) as i64;
        let shape = [0, window, length, columns, width];
        let rows = builder.with_shape("Reshape", "cut", &rows, &shape);
        let order = vec![ints("perm", &[1, 0, 3, 2, 4])];
        let rows = builder.value("Transpose", "segments_first", &[&rows], order);
        let shape = [window, -1, length * width];
        builder.with_shape("Reshape", "segments", &rows, &shape)
    }

    /// A state `[1, B · C, H]` so many times, `[1, times · B · C, H]`.
    fn repeated(&mut self, name: &str, state: String, times: usize) -> String {
        if times == 1 {
            return state;
        }
        let stacked = format!("{name}_stacked");
        let builder = &mut self.builder;
        let state = builder.with_shape("Expand", &stacked, &state, &[times as i64, 1, 1]);
        let units = self.network().recurrent.hidden_size as i64;
        self.builder
            .with_shape("Reshape", name, &state, &[1, -1, units])
    }

    /// What the decoder's step reads, `[1, N · B · C, D]`: the position's embedding beside the target's, and the embedding of what is
    /// known ahead added to them. The windows of `targets [B, W, C]` are counted.
    fn queries(
        &mut self,
        length: usize,
        decoded: usize,
        targets: &str,
        known: Option<String>,
    ) -> String {
        let network = self.network();
        let (columns, width) = (network.targets, network.recurrent.input_size);
        let places = self.places(decoded);
        let queries = match known {
            None => {
                let windows = vec![int("start", 0), int("end", 1)];
                let windows = self.builder.value("Shape", "windows", &[targets], windows);
                let sizes = [("segments", &[decoded][..]), ("columns", &[columns, width])];
                let [segments, columns] = sizes.map(|(name, sizes)| {
                    let sizes: Vec<i64> = sizes.iter().map(|&size| size as i64).collect();
                    let sizes = Tensor::of([sizes.len()], sizes);
                    self.builder.constant(&format!("query_{name}"), &sizes)
                });
                let parts = [segments.as_str(), &windows, &columns];
                let axis = vec![int("axis", 0)];
                let sizes = self.builder.value("Concat", "query_sizes", &parts, axis);
                let inputs = [places.as_str(), &sizes];
                self.builder
                    .value("Expand", "queries_of_each", &inputs, vec![])
            }
            Some(known) => {
                let known = self.known(length, &known);
                let builder = &mut self.builder;
                let order = vec![ints("perm", &[1, 0, 2])];
                let known = builder.value("Transpose", "known_segments", &[&known], order);
                let known = builder.with_axis("Unsqueeze", "known_of_each", &known, 2);
                builder.value("Add", "queries_of_each", &[&places, &known], vec![])
            }
        };
        let shape = [1, -1, width as i64];
        self.builder
            .with_shape("Reshape", "queries", &queries, &shape)
    }

    /// The embeddings of positions beside those of targets, `[N, 1, C, D]`.
    fn places(&mut self, decoded: usize) -> String {
        let network = self.network();
        let (columns, width) = (network.targets, network.recurrent.input_size);
        let positions = self.parameter("position.weight");
        let targets = self.parameter("target.weight");
        let mut values = Vec::with_capacity(decoded * columns * width);
        for position in positions.chunks_exact(width / 2) {
            for target in targets.chunks_exact(width - width / 2) {
                values.extend_from_slice(position);
                values.extend_from_slice(target);
            }
        }
        let values = Tensor::of([decoded, 1, columns, width], values);
        self.builder.constant("places", &values)
    }

    /// The embeddings of what is known ahead of each segment, `[B, N, D]`. Of a last segment that the horizon cuts, what lies beyond
    /// adds nothing.
    fn known(&mut self, length: usize, known: &str) -> String {
        let network = self.network();
        let (horizon, size) = (network.horizon, network.known_size);
        let weight = self.parameter("known.weight");
        let cut = horizon / length * length;
        let mut parts = Vec::new();
        for (name, rows, count) in [
            ("known", 0..cut, horizon / length),
            ("known_rest", cut..horizon, 1),
        ] {
            if rows.is_empty() {
                continue;
            }
            let inputs = rows.len() / count * size;
            let builder = &mut self.builder;
            let values = if rows.len() == horizon {
                known.to_owned()
            } else {
                builder.part(&format!("{name}_rows"), known, 1, rows)
            };
            let shape = [0, count as i64, inputs as i64];
            let values = builder.with_shape("Reshape", &format!("{name}_cut"), &values, &shape);
            let columns = weight[..inputs * network.recurrent.input_size].to_vec();
            parts.push(builder.product(name, &values, columns, inputs));
        }
        if parts.len() == 1 {
            return parts.swap_remove(0);
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let axis = vec![int("axis", 1)];
        self.builder.value("Concat", "known_embedded", &parts, axis)
    }

    /// From `raw [N · B · C, length · L]` to `[B, F, C, L]`.
    fn put_together(&mut self, length: usize, decoded: usize, raw: &str) -> String {
        let network = self.network();
        let [segments, rows, columns, levels] =
            [decoded, length, network.targets, network.levels].map(|size| size as i64);
        let builder = &mut self.builder;
        let shape = [segments, -1, columns, rows, levels];
        let raw = builder.with_shape("Reshape", "decoded", raw, &shape);
        let order = vec![ints("perm", &[1, 0, 3, 2, 4])];
        let raw = builder.value("Transpose", "windows_first", &[&raw], order);
        let shape = [0, segments * rows, columns, levels];
        let raw = builder.with_shape("Reshape", "raw", &raw, &shape);
        if decoded * length == network.horizon {
            return raw;
        }
        builder.part("horizon", &raw, 1, 0..network.horizon)
    }
}
