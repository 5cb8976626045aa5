//! A written file run beside its forecaster.

use tidegate_data::Scaling;
use tidegate_model::WindowInputs;

use super::ForecasterGraph;
use crate::error::ExchangeError;
use crate::onnx::graph::Graph;
use crate::onnx::tensor::Tensor;
use crate::onnx::trial::Numbers;

const WINDOWS: usize = 3;

/// Roundings of single precision that an output in the data's units may be off by, beside what the network's numbers differ by. A
/// scaling is written only where such a rounding is small beside the deviation.
const ROUNDINGS: f64 = 4.0;

/// How far the outputs of a file are from those of its forecaster.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ForecasterDifference {
    /// The largest difference of any output, as the file gives it: in the data's units, or scaled.
    pub largest: f64,
    /// The same on the network's scale, relative to outputs above 1, beside what rounding a number in the data's units explains.
    pub relative: f64,
}

impl ForecasterGraph<'_> {
    /// How far a file that [`ForecasterGraph::write`] made is from the forecaster, both computed here: three windows of random numbers.
    /// In the data's units, the forecaster reads what is scaled in double precision.
    ///
    /// # Errors
    /// Those of reading and running the file, and that it is not of this forecaster.
    pub fn difference(&self, bytes: &[u8]) -> Result<ForecasterDifference, ExchangeError> {
        self.check()?;
        let network = self.forecaster.configuration();
        let mut numbers = Numbers(1);
        let scaling =
            |of: fn(&super::WindowScaling) -> &[Scaling]| self.scaling.map(of).unwrap_or_default();
        let past = Side::new(
            &mut numbers,
            [network.window, network.past_size],
            scaling(|scaling| &scaling.past),
        );
        let known = Side::new(
            &mut numbers,
            [network.horizon, network.known_size],
            scaling(|scaling| &scaling.known),
        );
        let mut inputs = vec![("past", past.tensor()?)];
        if network.known_size > 0 {
            inputs.push(("known", known.tensor()?));
        }
        let found = Graph::read(bytes)?.run(&inputs)?;
        let mut expected = Vec::new();
        let inputs = WindowInputs {
            windows: WINDOWS,
            past: &past.scaled(),
            known: &known.scaled(),
        };
        self.forecaster.forward(&inputs, &mut expected)?;

        let (levels, values) = (network.levels, network.horizon * network.targets);
        let points: Vec<f32> = expected
            .chunks_exact(levels)
            .map(|levels| levels[self.point])
            .collect();
        let mut outputs = vec![("point", points, 1)];
        if levels > 1 {
            outputs.push(("quantiles", expected, levels));
        } else if !self.offsets.is_empty() {
            let levels = self.offsets.len() / values;
            let places = expected.iter().enumerate();
            let around = places.flat_map(|(place, point)| {
                let start = place % values * levels;
                let offsets = &self.offsets[start..start + levels];
                offsets.iter().map(move |offset| point + offset)
            });
            outputs.push(("quantiles", around.collect(), levels));
        }
        let mut difference = ForecasterDifference::default();
        for (name, expected, levels) in outputs {
            let found = found.iter().find(|(output, _)| output == name);
            let found = found.and_then(|(_, tensor)| tensor.as_f32());
            let found = found.filter(|found| found.len() == expected.len());
            let found = found.ok_or_else(|| ExchangeError::Malformed {
                place: name.into(),
                reason: "the file has no such output: it is not of this forecaster".into(),
            })?;
            let scaling = self.scaling.map(|scaling| &scaling.past[..]);
            let pairs = found.iter().zip(&expected).enumerate();
            for (place, (&found, &expected)) in pairs {
                let target = place / levels % network.targets;
                let scaling = scaling.map_or(Scaling::NONE, |scaling| scaling[target]);
                difference.count(found, expected, scaling);
            }
        }
        Ok(difference)
    }
}

impl ForecasterDifference {
    /// Counts in an output that was found and the one that is expected, on the network's scale.
    fn count(&mut self, found: f32, expected: f32, scaling: Scaling) {
        let in_units = scaling.to_units(expected.into());
        let mut difference = (f64::from(found) - in_units).abs();
        if difference.is_nan() {
            difference = f64::INFINITY;
        }
        self.largest = self.largest.max(difference);
        let rounding = if scaling == Scaling::NONE {
            0.0
        } else {
            ROUNDINGS * f64::from(f32::EPSILON) * in_units.abs().max(scaling.mean.abs())
        };
        let scale = scaling.deviation * f64::from(expected.abs().max(1.0));
        self.relative = self.relative.max((difference - rounding).max(0.0) / scale);
    }
}

/// Random windows `[B, rows, size]` as the graph reads them.
struct Side<'a> {
    values: Vec<f32>,
    rows: usize,
    size: usize,
    scalings: &'a [Scaling],
}

impl<'a> Side<'a> {
    fn new(numbers: &mut Numbers, [rows, size]: [usize; 2], scalings: &'a [Scaling]) -> Side<'a> {
        let mut values = numbers.values(WINDOWS * rows * size);
        if !scalings.is_empty() {
            for (place, value) in values.iter_mut().enumerate() {
                *value = scalings[place % size].to_units((*value).into()) as f32;
            }
        }
        Side {
            values,
            rows,
            size,
            scalings,
        }
    }

    fn tensor(&self) -> Result<Tensor, ExchangeError> {
        Tensor::new([WINDOWS, self.rows, self.size], self.values.clone())
    }

    /// As the forecaster reads them: scaled, `[rows, B, size]`.
    fn scaled(&self) -> Vec<f32> {
        let mut scaled = Vec::with_capacity(self.values.len());
        for row in 0..self.rows {
            for window in 0..WINDOWS {
                for feature in 0..self.size {
                    let value = self.values[(window * self.rows + row) * self.size + feature];
                    let scaling = self.scalings.get(feature);
                    scaled.push(scaling.map_or(value, |one| one.to_scaled(value.into()) as f32));
                }
            }
        }
        scaled
    }
}
