//! What a run draws from its seed: the order in which an epoch visits the sequences, and the seeds of the noise.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tidegate_cells::mix;

/// Writes a permutation of 0..`count` that depends on the seed and the epoch alone.
///
/// Fisher–Yates over ChaCha8, one stream per epoch; written out here because the order is part of what a checkpoint
/// relies on and must not change with a dependency.
pub(crate) fn shuffled_order(seed: u64, epoch: u64, count: usize, order: &mut Vec<usize>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch);
    order.clear();
    order.extend(0..count);
    for last in (1..count).rev() {
        // The high half of a 64 × 64-bit product: uniform on 0..=last up to 2⁻⁶⁴ · last.
        let other = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        order.swap(last, other as usize);
    }
}

/// The sequences of one batch; none beyond the last.
pub(crate) fn batch_rows(order: &[usize], batch: usize, batch_size: usize) -> &[usize] {
    let start = batch.saturating_mul(batch_size).min(order.len());
    &order[start..order.len().min(start.saturating_add(batch_size))]
}

/// The seed of the noise at one place of the run: epoch, batch and window.
pub(crate) fn noise_seed(seed: u64, place: [u64; 3]) -> u64 {
    place
        .iter()
        .fold(mix(seed), |mixed, &number| mix(mixed.wrapping_add(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order(seed: u64, epoch: u64, count: usize) -> Vec<usize> {
        let mut order = vec![7; 3];
        shuffled_order(seed, epoch, count, &mut order);
        order
    }

    #[test]
    fn the_order_stays_what_it_was_when_checkpoints_were_written() {
        assert_eq!(order(1, 1, 10), [6, 7, 2, 3, 1, 5, 9, 4, 0, 8]);
    }

    proptest! {
        #[test]
        fn every_sequence_is_visited_once(seed: u64, epoch in 0..5_u64, count in 0..200_usize) {
            let mut sorted = order(seed, epoch, count);
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(0..count));
        }

        #[test]
        fn epochs_and_seeds_differ(seed in 0..1_000_000_u64) {
            prop_assert_ne!(order(seed, 1, 50), order(seed, 2, 50));
            prop_assert_ne!(order(seed, 1, 50), order(seed + 1, 1, 50));
            prop_assert_eq!(order(seed, 1, 50), order(seed, 1, 50));
        }
    }
}
