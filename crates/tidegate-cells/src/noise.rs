//! Random masks of dropout and zoneout, from a counter-based generator: a mask depends on the seed and on its place
//! (layer, direction, sequence, step, unit) alone, so it is the same at any number of threads and is computed again,
//! not kept, in the backward pass.

use crate::vectorised::vectorised;

/// What drives dropout, recurrent dropout and zoneout of one training pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise {
    /// A different seed gives independent masks: pass another one for every update.
    pub seed: u64,
    /// Steps of the sequences that earlier passes have run: sequences that are run part by part draw the masks of the
    /// whole.
    pub first_step: usize,
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
    /// The noise of a pass over whole sequences.
    #[must_use]
    pub fn new(seed: u64) -> Noise {
        Noise {
            seed,
            first_step: 0,
        }
    }

    /// The same noise for a pass that begins `steps` steps into the sequences.
    #[must_use]
    pub fn after(self, steps: usize) -> Noise {
        Noise {
            first_step: steps,
            ..self
        }
    }

    /// The noise of one place of a network: independent of that of every other place.
    fn place(self, place: u64) -> Noise {
        Noise {
            seed: mix(self.seed ^ mix(place)),
            ..self
        }
    }

    /// Inverted dropout of rows of `width` values: each value becomes 0 with probability `rate`, else is divided by
    /// 1 − rate. `places` gives each row's sequence (its index in the batch) and time step (counted on from `first_step`); a mask depends on the seed, the
    /// place and these alone. Places from 2⁶³ on are free for the caller; those below belong to the layers of the stack.
    pub fn drop_rows(
        self,
        place: u64,
        rate: f32,
        places: impl Iterator<Item = (usize, usize)>,
        width: usize,
        values: &mut [f32],
    ) {
        let noise = self.place(place);
        vectorised(
            #[inline(always)]
            || {
                for ((row, step), values) in places.zip(values.chunks_exact_mut(width)) {
                    let key = noise.key(Mask::Dropout, row, step);
                    MaskValues::dropout(key, rate).multiply(values);
                }
            },
        );
    }

    /// The noise of one layer and direction, to be completed by [`Noise::key`].
    pub(crate) fn at(self, layer: usize, direction: usize) -> Noise {
        self.place((layer as u64) << 1 | direction as u64)
    }

    /// The key of one mask: `row` is the sequence's index in the batch, `step` the pass's time step.
    pub(crate) fn key(self, mask: Mask, row: usize, step: usize) -> u64 {
        let step = match mask {
            Mask::Recurrent => 0,
            Mask::Dropout | Mask::Zoneout | Mask::ZoneoutCell => self.first_step + step,
        };
        mix(mix(self.seed ^ ((mask as u64) << 56) ^ row as u64).wrapping_add(step as u64))
    }
}

/// One step of SplitMix64 (Steele et al. 2014): scatters the bits of a counter or of joined seeds.
#[must_use]
pub fn mix(value: u64) -> u64 {
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

/// The values of one mask.
#[derive(Clone, Copy)]
pub(crate) struct MaskValues {
    low: u32,
    high: u32,
    threshold: u32,
    dropped: f32,
    kept: f32,
}

impl MaskValues {
    /// `dropped` with probability `rate` and `kept` otherwise.
    #[inline(always)]
    pub(crate) fn new(key: u64, rate: f32, dropped: f32, kept: f32) -> Self {
        MaskValues {
            low: key as u32,
            high: (key >> 32) as u32,
            // A probability p of a 32-bit integer lying below p · 2³².
            threshold: (f64::from(rate) * 4_294_967_296.0) as u32,
            dropped,
            kept,
        }
    }

    /// Inverted dropout: 0 with probability `rate`, else 1 / (1 − rate).
    #[inline(always)]
    pub(crate) fn dropout(key: u64, rate: f32) -> Self {
        MaskValues::new(key, rate, 0.0, 1.0 / (1.0 - rate))
    }

    #[inline(always)]
    fn at(self, unit: usize) -> f32 {
        let draw = hash(hash((unit as u32).wrapping_mul(0x9e37_79b9) ^ self.low) ^ self.high);
        if draw < self.threshold {
            self.dropped
        } else {
            self.kept
        }
    }

    /// Writes the value of each unit.
    #[inline(always)]
    pub(crate) fn fill(self, mask: &mut [f32]) {
        for (unit, value) in mask.iter_mut().enumerate() {
            *value = self.at(unit);
        }
    }

    /// Multiplies each unit by its value.
    #[inline(always)]
    pub(crate) fn multiply(self, values: &mut [f32]) {
        for (unit, value) in values.iter_mut().enumerate() {
            *value *= self.at(unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_drop_at_their_rate_and_independently_in_every_place() {
        const UNITS: usize = 100_000;
        let noise = Noise::new(7);
        let zoneout = |noise: Noise, row, step| noise.key(Mask::Zoneout, row, step);
        let here = noise.at(1, 0);
        let keys = [
            zoneout(here, 2, 3),
            zoneout(here, 2, 4),
            zoneout(here, 3, 3),
            zoneout(noise.at(1, 1), 2, 3),
            zoneout(noise.at(2, 0), 2, 3),
            zoneout(Noise::new(8).at(1, 0), 2, 3),
            here.key(Mask::ZoneoutCell, 2, 3),
            here.key(Mask::Recurrent, 2, 3),
            here.key(Mask::Dropout, 2, 3),
        ];
        let masks = keys.map(|key| {
            let mut mask = vec![0.0; UNITS];
            MaskValues::new(key, 0.3, 0.0, 1.0).fill(&mut mask);
            mask
        });
        let share = |count: usize| count as f64 / UNITS as f64;
        for (index, mask) in masks.iter().enumerate() {
            // Five standard deviations of a share of 100,000 draws: 0.0073 at 0.3, 0.0045 at 0.09.
            let dropped = share(mask.iter().filter(|value| **value == 0.0).count());
            assert!(
                (dropped - 0.3).abs() < 0.0073,
                "mask {index} drops {dropped}"
            );
            for (other, values) in masks.iter().enumerate().skip(index + 1) {
                let both = mask
                    .iter()
                    .zip(values)
                    .filter(|(a, b)| **a == 0.0 && **b == 0.0);
                let both = share(both.count());
                assert!(
                    (both - 0.09).abs() < 0.0045,
                    "masks {index} and {other} drop {both} together"
                );
            }
        }
    }

    #[test]
    fn a_later_part_of_a_sequence_draws_the_masks_of_the_whole() {
        let whole = Noise::new(7).at(1, 0);
        let part = Noise::new(7).after(40).at(1, 0);
        for mask in [Mask::Dropout, Mask::Zoneout, Mask::ZoneoutCell] {
            assert_eq!(part.key(mask, 2, 3), whole.key(mask, 2, 43));
            assert_ne!(part.key(mask, 2, 3), whole.key(mask, 2, 3));
        }
        let recurrent = |noise: Noise| noise.key(Mask::Recurrent, 2, 0);
        assert_eq!(recurrent(part), recurrent(whole));
    }

    #[test]
    fn inverted_dropout_keeps_the_mean() {
        let mut values = vec![1.0; 100_000];
        let place = std::iter::once((0, 0));
        Noise::new(1).drop_rows(1 << 63, 0.2, place, 100_000, &mut values);
        assert!(values.iter().all(|value| *value == 0.0 || *value == 1.25));
        assert!((values.iter().sum::<f32>() / 1e5 - 1.0).abs() < 0.01);
    }

    #[test]
    fn a_row_is_dropped_alike_beside_any_other_rows() {
        let drop = |places: &[(usize, usize)]| {
            let mut values = vec![1.0; places.len() * 70];
            Noise::new(3).drop_rows(5, 0.5, places.iter().copied(), 70, &mut values);
            values
        };
        let both = drop(&[(2, 9), (4, 1)]);
        assert_eq!(both[..70], drop(&[(2, 9)]));
        assert_eq!(both[70..], drop(&[(4, 1)]));
        assert_ne!(both[..70], both[70..]);
    }
}
