//! Inverted dropout (Srivastava et al. 2014) at the input and at the head, from a counter-based generator: a mask
//! depends on the seed, the place, the sequence's index in the batch, the step and the feature alone. It is the same at
//! any number of threads and beside any other sequences, and is computed again, not kept, in the backward pass.

use tidegate_cells::Noise;

/// Where in the model a mask is applied.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// On the features that enter the recurrent layers.
    Input,
    /// On the features that enter the head.
    Head,
}

/// The masks of one place in one training pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropout {
    key: u64,
    threshold: u32,
    scale: f32,
}

impl Dropout {
    /// The masks of `place`, or nothing where nothing is dropped.
    pub(crate) fn new(rate: f32, noise: Option<Noise>, place: Place) -> Option<Dropout> {
        let noise = noise.filter(|_| rate > 0.0)?;
        let place = match place {
            Place::Input => 0x696e_7075_7400_0000,
            Place::Head => 0x6865_6164_0000_0000,
        };
        Some(Dropout {
            key: mix(mix(noise.seed) ^ place),
            // A 32-bit integer lies below rate · 2³² with probability `rate`.
            threshold: (f64::from(rate) * 4_294_967_296.0) as u32,
            scale: 1.0 / (1.0 - rate),
        })
    }

    /// Zeroes or scales the features of sequence `row` at `step`; the gradient of the features passes through the same.
    pub(crate) fn apply(&self, row: usize, step: usize, features: &mut [f32]) {
        let key = mix(mix(self.key.wrapping_add(row as u64)).wrapping_add(step as u64));
        for (index, feature) in features.iter_mut().enumerate() {
            let draw = (mix(key.wrapping_add(index as u64)) >> 32) as u32;
            *feature = if draw < self.threshold {
                0.0
            } else {
                *feature * self.scale
            };
        }
    }
}

/// The step of SplitMix64 (Steele et al. 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(seed: u64, place: Place, row: usize, step: usize) -> Vec<f32> {
        let mut features = vec![1.0; 100_000];
        Dropout::new(0.3, Some(Noise { seed }), place)
            .unwrap()
            .apply(row, step, &mut features);
        features
    }

    #[test]
    fn features_are_dropped_at_their_rate_and_the_mean_is_kept() {
        let features = mask(1, Place::Input, 2, 3);
        let dropped = features.iter().filter(|&&feature| feature == 0.0).count() as f64 / 1e5;
        // Five standard deviations of a share of 100,000 draws.
        assert!((dropped - 0.3).abs() < 0.0073, "{dropped}");
        assert!(
            features
                .iter()
                .all(|&feature| feature == 0.0 || feature == 1.0 / (1.0 - 0.3))
        );
    }

    #[test]
    fn masks_of_different_places_are_independent() {
        let first = mask(1, Place::Input, 0, 0);
        for other in [
            mask(2, Place::Input, 0, 0),
            mask(1, Place::Head, 0, 0),
            mask(1, Place::Input, 1, 0),
            mask(1, Place::Input, 0, 1),
        ] {
            let both = first
                .iter()
                .zip(&other)
                .filter(|(a, b)| **a == 0.0 && **b == 0.0)
                .count() as f64
                / 1e5;
            assert!((both - 0.09).abs() < 0.0046, "{both}");
        }
    }

    #[test]
    fn nothing_is_dropped_without_noise_or_at_rate_zero() {
        assert!(Dropout::new(0.3, None, Place::Input).is_none());
        assert!(Dropout::new(0.0, Some(Noise { seed: 1 }), Place::Input).is_none());
    }
}
