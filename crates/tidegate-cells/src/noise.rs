//! Random masks of dropout and zoneout, from a counter-based generator: a mask depends on the seed and on its place
//! (layer, direction, sequence, step, unit) alone, so it is the same at any number of threads and is computed again,
//! not kept, in the backward pass.

/// The seed that drives dropout, recurrent dropout and zoneout of one training pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise {
    /// A different seed gives independent masks: pass another one for every update.
    pub seed: u64,
}

/// Which mask of a layer is meant.
#[derive(Clone, Copy)]
pub(crate) enum Mask {
    /// Dropout on the outputs of a layer.
    Dropout,
    /// Recurrent dropout, one mask per sequence.
    Recurrent,
    /// Zoneout of the hidden state.
    Zoneout,
    /// Zoneout of the cell state.
    ZoneoutCell,
}

impl Noise {
    /// The key of one layer and direction, to be completed by [`Noise::key`].
    pub(crate) fn at(self, layer: usize, direction: usize) -> Noise {
        Noise {
            seed: mix(self.seed ^ mix(((layer as u64) << 1 | direction as u64).wrapping_add(0x51))),
        }
    }

    /// The key of one mask: `row` is the sequence's index in the batch, `step` its time step.
    pub(crate) fn key(self, mask: Mask, row: usize, step: usize) -> u64 {
        mix(mix(self.seed ^ ((mask as u64) << 56) ^ row as u64).wrapping_add(step as u64))
    }
}

/// Finaliser of SplitMix64 (Steele et al. 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A 32-bit integer hash with low bias (C. Wellons, hash-prospector: `lowbias32`).
#[inline(always)]
fn hash(value: u32) -> u32 {
    let mut x = value;
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// Writes `dropped` with probability `rate` and `kept` otherwise into each unit of `mask`.
#[inline(always)]
pub(crate) fn fill_mask(key: u64, rate: f32, dropped: f32, kept: f32, mask: &mut [f32]) {
    // A probability p of a 32-bit integer lying below p · 2³².
    let threshold = (f64::from(rate) * 4_294_967_296.0) as u32;
    let (low, high) = (key as u32, (key >> 32) as u32);
    for (unit, value) in mask.iter_mut().enumerate() {
        let draw = hash(hash((unit as u32).wrapping_mul(0x9e37_79b9) ^ low) ^ high);
        *value = if draw < threshold { dropped } else { kept };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_drop_at_their_rate_and_differ_between_places() {
        let noise = Noise { seed: 7 }.at(0, 0);
        let mut first = vec![0.0; 100_000];
        let mut second = first.clone();
        fill_mask(noise.key(Mask::Dropout, 0, 0), 0.3, 0.0, 1.0, &mut first);
        fill_mask(noise.key(Mask::Dropout, 0, 1), 0.3, 0.0, 1.0, &mut second);
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        // Three standard deviations of a mean of 100,000 draws: 0.0044.
        assert!((mean(&first) - 0.7).abs() < 0.0044 && (mean(&second) - 0.7).abs() < 0.0044);
        let both = first
            .iter()
            .zip(&second)
            .filter(|(a, b)| **a == 0.0 && **b == 0.0)
            .count();
        assert!(
            (both as f32 / 1e5 - 0.09).abs() < 0.003,
            "independent masks drop together at rate²"
        );
    }
}
