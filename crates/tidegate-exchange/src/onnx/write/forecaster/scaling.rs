//! From the data's units to the network's scale, and back.

use tidegate_data::Scaling;
use tidegate_model::ForecasterConfiguration;

use super::Writer;
use crate::error::ExchangeError;
use crate::onnx::tensor::Tensor;

/// How far, in deviations, the rounding of a mean may move a scaled value; where it moves one further, the mean is taken off in
/// two parts.
const LEAST_REST: f64 = 1e-7;

/// How far apart, in deviations, numbers in the data's units may lie around the mean in single precision. It bounds what rounding
/// an input alone moves it by; further apart, the rounding drowns what the network reads, and whatever a file gives passes for
/// rounding.
const LARGEST_SPACING: f64 = 1e-2;

/// How the features of windows are scaled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowScaling {
    /// Of each feature that is known up to now, the targets first.
    pub past: Vec<Scaling>,
    /// Of each feature that is known ahead.
    pub known: Vec<Scaling>,
}

impl WindowScaling {
    pub(super) fn check(&self, network: &ForecasterConfiguration) -> Result<(), ExchangeError> {
        for (name, scalings, size) in [
            ("past", &self.past, network.past_size),
            ("known", &self.known, network.known_size),
        ] {
            if scalings.len() != size {
                return Err(ExchangeError::Input {
                    name: name.into(),
                    reason: format!("{} scalings for {size} features", scalings.len()),
                });
            }
            if let Some(place) = scalings.iter().position(|scaling| !is_held(scaling)) {
                let Scaling { mean, deviation } = scalings[place];
                return Err(ExchangeError::NoCounterpart {
                    what: format!(
                        "the scaling of feature {place} of {name}, mean {mean:e} and deviation {deviation:e},"
                    ),
                    format: "single precision",
                    remedy: "leave the scaling out (--scaled), and scale in double precision"
                        .into(),
                });
            }
        }
        Ok(())
    }
}

/// Whether single precision holds it, and what it scales.
fn is_held(scaling: &Scaling) -> bool {
    (scaling.mean as f32).is_finite()
        && (scaling.deviation as f32).is_normal()
        && scaling.deviation > 0.0
        && scaling.mean.abs() * f64::from(f32::EPSILON) <= LARGEST_SPACING * scaling.deviation
}

impl Writer<'_> {
    /// `value [B, rows, features]` on the network's scale.
    pub(super) fn scaled(&mut self, name: &str, mut value: String, scalings: &[Scaling]) -> String {
        if scalings.iter().all(|scaling| *scaling == Scaling::NONE) {
            return value;
        }
        let row = |of: fn(&Scaling) -> f64| -> Vec<f32> {
            scalings.iter().map(|scaling| of(scaling) as f32).collect()
        };
        // The difference of near numbers is exact in floating point: of values far from zero, what is left is as precise as
        // they are.
        fn rest(scaling: &Scaling) -> f64 {
            scaling.mean - f64::from(scaling.mean as f32)
        }
        value = self
            .builder
            .with_row("Sub", &format!("{name}_mean"), &value, &row(|one| one.mean));
        let moves = |one: &Scaling| rest(one).abs() > LEAST_REST * one.deviation;
        if scalings.iter().any(moves) {
            let name = format!("{name}_mean_rest");
            value = self.builder.with_row("Sub", &name, &value, &row(rest));
        }
        let name = format!("{name}_deviation");
        self.builder
            .with_row("Div", &name, &value, &row(|one| one.deviation))
    }

    /// `value [B, F, C, L]` in the data's units, where there is a scaling.
    pub(super) fn in_units(
        &mut self,
        name: &str,
        value: String,
        scalings: Option<&[Scaling]>,
    ) -> String {
        let Some(scalings) = scalings else {
            return value;
        };
        let mut constant = |suffix: &str, of: fn(&Scaling) -> f64| {
            let values: Vec<f32> = scalings.iter().map(|scaling| of(scaling) as f32).collect();
            let values = Tensor::of([values.len(), 1], values);
            self.builder.constant(&format!("{name}_{suffix}"), &values)
        };
        let deviation = constant("deviation", |one| one.deviation);
        let mean = constant("mean", |one| one.mean);
        let [stretched, moved] = ["stretched", "moved"].map(|suffix| format!("{name}_{suffix}"));
        let value = self
            .builder
            .value("Mul", &stretched, &[&value, &deviation], vec![]);
        self.builder.value("Add", &moved, &[&value, &mean], vec![])
    }
}
