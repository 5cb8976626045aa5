//! What is taken out of each window's targets, and put back into its forecast.

use tidegate_model::{Normalisation, SMALLEST_VARIANCE};

use super::Writer;
use crate::onnx::tensor::Tensor;
use crate::onnx::write::builder::{int, ints};

/// What was taken out of the windows: values `[B, 1, C]`.
#[derive(Default)]
pub(super) struct Level {
    offset: Option<String>,
    scale: Option<String>,
}

impl Writer<'_> {
    /// `targets [B, W, C]` without their level, and the level.
    pub(super) fn normalised(&mut self, targets: String) -> (String, Level) {
        let network = self.network();
        let builder = &mut self.builder;
        match network.normalisation {
            Normalisation::None => (targets, Level::default()),
            Normalisation::Last => {
                let last = network.window - 1..network.window;
                let last = builder.part("last", &targets, 1, last);
                let normalised = builder.value("Sub", "without_last", &[&targets, &last], vec![]);
                let level = Level {
                    offset: Some(last),
                    scale: None,
                };
                (normalised, level)
            }
            Normalisation::Instance => {
                let over_rows = || vec![ints("axes", &[1]), int("keepdims", 1)];
                let mean = builder.value("ReduceMean", "mean", &[&targets], over_rows());
                let centred = builder.value("Sub", "without_mean", &[&targets, &mean], vec![]);
                let squares = builder.value("Mul", "squares", &[&centred, &centred], vec![]);
                let variance = builder.value("ReduceMean", "variance", &[&squares], over_rows());
                let least = Tensor::of([], vec![SMALLEST_VARIANCE as f32]);
                let least = builder.constant("smallest_variance", &least);
                let variance =
                    builder.value("Add", "variance_above_zero", &[&variance, &least], vec![]);
                let scale = builder.value("Sqrt", "deviation", &[&variance], vec![]);
                let normalised =
                    builder.value("Div", "over_deviation", &[&centred, &scale], vec![]);
                let level = Level {
                    offset: Some(mean),
                    scale: Some(scale),
                };
                (normalised, level)
            }
        }
    }

    /// `value [B, F, C, L]` with the level put back.
    pub(super) fn restored(&mut self, mut value: String, level: &Level) -> String {
        for (operator, name, part) in [
            ("Mul", "restored_scale", &level.scale),
            ("Add", "restored_level", &level.offset),
        ] {
            if let Some(part) = part {
                let each = format!("{name}_of_each");
                let each = self.builder.with_axis("Unsqueeze", &each, part, 3);
                value = self.builder.value(operator, name, &[&value, &each], vec![]);
            }
        }
        value
    }
}
