//! Random numbers whose bits depend on nothing but a seed and what they are for: a split, or the choice of a subset.
//!
//! The conversions from random words are written out here, because a generator crate may change its
//! own between versions, and a task has to stay the same task.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::splits::Split;

/// A stream of random numbers (ChaCha with 8 rounds).
#[derive(Debug)]
pub(crate) struct RandomStream(ChaCha8Rng);

impl RandomStream {
    /// The stream of one split: independent of how much is drawn for the others.
    pub(crate) fn new(seed: u64, split: Split) -> RandomStream {
        RandomStream::numbered(
            seed,
            match split {
                Split::Train => 0,
                Split::Valid => 1,
                Split::Test => 2,
            },
        )
    }

    /// The stream by which subsets of a set are chosen: independent of those of the splits.
    pub(crate) fn of_subsets(seed: u64) -> RandomStream {
        RandomStream::numbered(seed, 3)
    }

    /// A stream of generated readings: those of different numbers are independent of each other and of all above.
    pub(crate) fn of_readings(seed: u64, number: u64) -> RandomStream {
        RandomStream::numbered(seed, 4 + number)
    }

    /// The stream of generated texts.
    pub(crate) fn of_texts(seed: u64) -> RandomStream {
        RandomStream::numbered(seed, u64::MAX)
    }

    /// The stream of generated music.
    pub(crate) fn of_music(seed: u64) -> RandomStream {
        RandomStream::numbered(seed, u64::MAX - 1)
    }

    /// The stream by which recordings are dealt to parts and folds.
    pub(crate) fn of_dealing(seed: u64) -> RandomStream {
        RandomStream::numbered(seed, 1 << 32)
    }

    /// A stream of generated recordings: those of different numbers are independent of each other and of all above.
    pub(crate) fn of_recordings(seed: u64, number: u64) -> RandomStream {
        RandomStream::numbered(seed, (1 << 32) + 1 + number)
    }

    fn numbered(seed: u64, stream: u64) -> RandomStream {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        RandomStream(generator)
    }

    /// Uniform on [0, 1): a multiple of 2⁻²⁴, exact in f32.
    pub(crate) fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1u32 << 24) as f32
    }

    /// Uniform on `0..bound`, without bias: the high half of word × bound, where the few words that
    /// would favour some results are drawn again (Lemire 2019, arXiv 1805.10941). A bound of 0
    /// gives 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        loop {
            let product = u64::from(self.0.next_u32()) * u64::from(bound);
            let favoured = bound.wrapping_neg().checked_rem(bound).unwrap_or(0);
            if product as u32 >= favoured {
                return (product >> 32) as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_numbers_stay_below_one_and_fill_the_range() {
        let mut stream = RandomStream::new(7, Split::Train);
        let mut counts = [0u32; 10];
        for _ in 0..100_000 {
            let value = stream.uniform();
            assert!((0.0..1.0).contains(&value));
            counts[(value * 10.0) as usize] += 1;
        }
        // Each tenth: 10,000 expected, standard deviation 95.
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 500),
            "{counts:?}"
        );
    }

    #[test]
    fn every_result_below_a_bound_is_equally_likely() {
        let mut stream = RandomStream::new(7, Split::Train);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[stream.below(7) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 500),
            "{counts:?}"
        );
        assert_eq!(stream.below(1), 0);
        assert_eq!(stream.below(0), 0);
    }

    #[test]
    fn seeds_and_splits_have_streams_of_their_own() {
        let draw = |seed, split| {
            let mut stream = RandomStream::new(seed, split);
            [stream.below(u32::MAX), stream.below(u32::MAX)]
        };
        assert_eq!(draw(1, Split::Train), draw(1, Split::Train));
        assert_ne!(draw(1, Split::Train), draw(2, Split::Train));
        assert_ne!(draw(1, Split::Train), draw(1, Split::Valid));
        assert_ne!(draw(1, Split::Valid), draw(1, Split::Test));
        let mut subsets = RandomStream::of_subsets(1);
        let subsets = [subsets.below(u32::MAX), subsets.below(u32::MAX)];
        assert!(Split::ALL.iter().all(|&split| draw(1, split) != subsets));
    }

    /// If this fails, every generated task has changed: scores before and after no longer compare.
    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let mut stream = RandomStream::new(0, Split::Train);
        assert_eq!([0; 3].map(|_: u32| stream.below(1_000)), [654, 709, 729]);
        assert_eq!(stream.uniform() * (1u32 << 24) as f32, 7_816_869.0);
        assert_eq!(RandomStream::new(0, Split::Valid).below(1_000_000), 784493);
        assert_eq!(RandomStream::new(0, Split::Test).below(1_000_000), 83528);
    }
}
