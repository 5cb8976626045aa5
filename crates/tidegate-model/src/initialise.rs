//! Initial parameters, distributed as PyTorch's are: recurrent tensors uniform in ±1/√H, pooling and head uniform in ±1/√K
//! for their K inputs, an embedding normal with mean 0 and variance 1.
//!
//! The numbers come from ChaCha8, one stream per tensor, so that a tensor's values do not depend on the sizes of others.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tidegate_cells::Tensor;

use crate::configuration::ModelConfiguration;
use crate::layout::Layout;

/// How the values of a tensor are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Distribution {
    /// Uniform in [−bound, bound).
    Uniform { bound: f32 },
    /// With mean 0 and variance 1.
    Normal,
}

/// The initial parameters of a model: same configuration and seed, same bits on the same machine.
pub(crate) fn initialise(
    configuration: &ModelConfiguration,
    layout: &Layout,
    seed: u64,
) -> Vec<f32> {
    let uniform = |inputs: usize| Distribution::Uniform {
        bound: 1.0 / (inputs as f32).sqrt(),
    };
    initialise_tensors(&layout.tensors, seed, |tensor| {
        let end = tensor.range().end;
        if end <= layout.embedding.end {
            Distribution::Normal
        } else if end <= layout.recurrent.end {
            uniform(configuration.recurrent.hidden_size)
        } else {
            uniform(configuration.recurrent.output_size())
        }
    })
}

/// Initial values of tensors that follow each other without gaps.
pub(crate) fn initialise_tensors(
    tensors: &[Tensor],
    seed: u64,
    distribution: impl Fn(&Tensor) -> Distribution,
) -> Vec<f32> {
    let mut parameters = vec![0.0; tensors.last().map_or(0, |last| last.range().end)];
    for (stream, tensor) in tensors.iter().enumerate() {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream as u64);
        let values = &mut parameters[tensor.range()];
        match distribution(tensor) {
            Distribution::Uniform { bound } => fill_uniform(&mut generator, bound, values),
            Distribution::Normal => fill_normal(&mut generator, values),
        }
    }
    parameters
}

/// Uniform in [−bound, bound), from 24 bits a value.
fn fill_uniform(generator: &mut ChaCha8Rng, bound: f32, values: &mut [f32]) {
    for value in values {
        let fraction = (generator.next_u32() >> 8) as f32 / 16_777_216.0;
        *value = bound * (2.0 * fraction - 1.0);
    }
}

/// Normal with mean 0 and variance 1, by the method of Box and Muller (1958).
fn fill_normal(generator: &mut ChaCha8Rng, values: &mut [f32]) {
    for pair in values.chunks_mut(2) {
        // In (0, 1], so that the logarithm is finite.
        let radius =
            (-2.0 * ((f64::from(generator.next_u32()) + 1.0) / 4_294_967_296.0).ln()).sqrt();
        let angle = std::f64::consts::TAU * f64::from(generator.next_u32()) / 4_294_967_296.0;
        for (value, part) in pair.iter_mut().zip([angle.cos(), angle.sin()]) {
            *value = (radius * part) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use tidegate_cells::{Cell, Gru, Stack};

    use super::*;
    use crate::configuration::{InputLayer, Readout};

    fn configuration(vocabulary: usize) -> ModelConfiguration {
        let mut stack = Stack::new(Cell::Gru(Gru::default()), 16, 64);
        stack.bidirectional = true;
        let input = InputLayer::Embedding {
            vocabulary,
            size: 16,
        };
        ModelConfiguration::new(input, stack, 40, Readout::EveryStep)
    }

    fn moments(values: &[f32]) -> (f64, f64) {
        let count = values.len() as f64;
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        let variance = values
            .iter()
            .map(|&value| (f64::from(value) - mean).powi(2))
            .sum::<f64>()
            / count;
        (mean, variance)
    }

    #[test]
    fn each_tensor_fills_its_range_evenly() {
        let configuration = configuration(50);
        let layout = Layout::new(&configuration);
        let parameters = initialise(&configuration, &layout, 3);
        for (range, bound) in [
            (layout.recurrent.clone(), 1.0 / 64f64.sqrt()),
            (layout.head_weight.clone(), 1.0 / 128f64.sqrt()),
        ] {
            let values = &parameters[range];
            let largest = values
                .iter()
                .fold(0.0, |most: f64, &value| most.max(f64::from(value.abs())));
            assert!(
                largest <= bound && largest > 0.999 * bound,
                "{largest} of {bound}"
            );
            let (mean, variance) = moments(values);
            // Five standard deviations of the mean of a uniform variable; its variance is bound²/3.
            assert!(
                mean.abs() < 5.0 * bound / (3.0 * values.len() as f64).sqrt(),
                "{mean}"
            );
            assert!(
                (variance * 3.0 / (bound * bound) - 1.0).abs() < 0.1,
                "{variance}"
            );
        }
        let bias = &parameters[layout.head_bias.clone()];
        assert!(
            bias.iter().all(|value| value.abs() <= 1.0 / 128f32.sqrt())
                && bias.iter().any(|&value| value != 0.0)
        );
    }

    #[test]
    fn an_embedding_is_standard_normal() {
        let configuration = configuration(2_000);
        let layout = Layout::new(&configuration);
        let parameters = initialise(&configuration, &layout, 3);
        let values = &parameters[layout.embedding.clone()];
        let (mean, variance) = moments(values);
        // Five standard deviations of mean and variance of 32,000 draws.
        assert!(
            mean.abs() < 0.028 && (variance - 1.0).abs() < 0.04,
            "{mean} {variance}"
        );
        let beyond =
            values.iter().filter(|value| value.abs() > 1.96).count() as f64 / values.len() as f64;
        assert!((beyond - 0.05).abs() < 0.0062, "{beyond} lie beyond 1.96");
    }

    #[test]
    fn the_seed_decides_every_bit() {
        let configuration = configuration(7);
        let layout = Layout::new(&configuration);
        let first = initialise(&configuration, &layout, 1);
        assert_eq!(first, initialise(&configuration, &layout, 1));
        assert_ne!(first, initialise(&configuration, &layout, 2));
    }

    #[test]
    fn a_tensor_does_not_depend_on_the_size_of_another() {
        let (small, large) = (configuration(7), configuration(9));
        let (small_layout, large_layout) = (Layout::new(&small), Layout::new(&large));
        let first = initialise(&small, &small_layout, 1);
        let second = initialise(&large, &large_layout, 1);
        assert_eq!(
            first[small_layout.recurrent.clone()],
            second[large_layout.recurrent.clone()]
        );
    }
}
