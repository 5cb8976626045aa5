//! Whether a trial fits into the memory of the machine.

use tidegate_model::{ForecasterConfiguration, Network};
use tidegate_train::Training;

/// Bytes of a number.
const NUMBER: f64 = 4.0;

/// Numbers of a unit that the backward pass remembers of a step, at least.
const TAPE: f64 = 4.0;

/// Bytes that training takes at least: the parameters, their gradient, the best ones, what the optimiser keeps, and what is
/// remembered of a batch of at most so many windows.
pub(super) fn least_bytes(
    configuration: &ForecasterConfiguration,
    training: &Training,
    windows: usize,
) -> f64 {
    let copies = 3.0 + training.optimiser.buffer_names().len() as f64;
    let parameters = copies * configuration.parameter_count() as f64;
    let batch = training.batch_size.min(windows) as f64;
    let (rows, steps) = match configuration.network {
        Network::Direct => (batch, configuration.window),
        Network::Segment { length } => (
            batch * configuration.targets as f64,
            configuration.window / length,
        ),
    };
    let stack = &configuration.recurrent;
    let units = stack.layers as f64 * stack.hidden_size as f64;
    NUMBER * (parameters + TAPE * rows * steps as f64 * units)
}
