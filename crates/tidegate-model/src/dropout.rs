//! Inverted dropout (Srivastava et al. 2014) at the input and at the head. A mask depends on the seed, the place, the
//! sequence's index in the batch, the step and the feature alone, so it is the same at any number of threads and beside
//! any other sequences, and is computed again, not kept, in the backward pass.

use tidegate_cells::Noise;

/// Where in the model a mask is applied. The lower half of the numbers belongs to the recurrent layers.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Place {
    /// On the features that enter the recurrent layers.
    Input = 1 << 63,
    /// On the features that enter the head.
    Head,
}

/// The masks of one place in one training pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropout {
    noise: Noise,
    place: Place,
    rate: f32,
}

impl Dropout {
    /// The masks of `place`, or nothing where nothing is dropped.
    pub(crate) fn new(rate: f32, noise: Option<Noise>, place: Place) -> Option<Dropout> {
        let noise = noise.filter(|_| rate > 0.0)?;
        Some(Dropout { noise, place, rate })
    }

    /// Zeroes or scales rows of `width` features; the gradient of the features passes through the same. `places` gives
    /// each row's sequence and step.
    pub(crate) fn apply(
        self,
        places: impl Iterator<Item = (usize, usize)>,
        width: usize,
        features: &mut [f32],
    ) {
        self.noise
            .drop_rows(self.place as u64, self.rate, places, width, features);
    }

    /// The same for every row of `[steps, batch, width]`.
    pub(crate) fn apply_to_all(self, batch: usize, width: usize, features: &mut [f32]) {
        let steps = features.len() / (batch * width).max(1);
        let places = (0..steps).flat_map(|step| (0..batch).map(move |row| (row, step)));
        self.apply(places, width, features);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(seed: u64, place: Place, row: usize, step: usize) -> Vec<f32> {
        let mut features = vec![1.0; 100_000];
        Dropout::new(0.3, Some(Noise::new(seed)), place)
            .unwrap()
            .apply(std::iter::once((row, step)), 100_000, &mut features);
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
        assert!(Dropout::new(0.0, Some(Noise::new(1)), Place::Input).is_none());
    }
}
