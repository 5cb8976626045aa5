//! What is taken out of each window's targets before the network and put back into its forecast.

use super::configuration::{ForecasterConfiguration, Normalisation};
use super::window_inputs::WindowInputs;

/// Added to the variance of a window under [`Normalisation::Instance`], so that one that stands still has a deviation (Kim et al.
/// 2022).
pub const SMALLEST_VARIANCE: f64 = 1e-5;

/// A value x of the data is scale · y + offset for the network's y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Level {
    pub(crate) offset: f32,
    pub(crate) scale: f32,
}

impl Level {
    /// From the data to the network.
    pub(crate) fn normalise(self, value: f32) -> f32 {
        (value - self.offset) / self.scale
    }

    /// From the network to the data.
    pub(crate) fn restore(self, value: f32) -> f32 {
        value * self.scale + self.offset
    }
}

/// The level of each window and target, `[windows, targets]`.
pub(crate) fn levels(
    configuration: &ForecasterConfiguration,
    inputs: &WindowInputs<'_>,
    levels: &mut Vec<Level>,
) {
    let (window, windows) = (configuration.window, inputs.windows);
    let (targets, past_size) = (configuration.targets, configuration.past_size);
    let value = |row: usize, index: usize, target| {
        inputs.past[(row * windows + index) * past_size + target]
    };
    levels.clear();
    for index in 0..windows {
        for target in 0..targets {
            levels.push(match configuration.normalisation {
                Normalisation::None => Level {
                    offset: 0.0,
                    scale: 1.0,
                },
                Normalisation::Last => Level {
                    offset: value(window - 1, index, target),
                    scale: 1.0,
                },
                Normalisation::Instance => {
                    let values = || (0..window).map(|row| f64::from(value(row, index, target)));
                    let mean = values().sum::<f64>() / window as f64;
                    let squares = values().map(|value| (value - mean) * (value - mean));
                    let variance = squares.sum::<f64>() / window as f64;
                    Level {
                        offset: mean as f32,
                        scale: (variance + SMALLEST_VARIANCE).sqrt() as f32,
                    }
                }
            });
        }
    }
}
