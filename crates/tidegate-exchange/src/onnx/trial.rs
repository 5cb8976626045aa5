//! What a graph is tried with: random inputs, and how far results are apart.

use tidegate_cells::mix;

/// Random numbers from a seed, the same on every machine.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0)
    }

    /// From −1 to 1.
    pub(super) fn values(&mut self, count: usize) -> Vec<f32> {
        (0..count)
            .map(|_| (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
            .collect()
    }

    /// From 0 to before `vocabulary`.
    pub(super) fn tokens(&mut self, count: usize, vocabulary: usize) -> Vec<u32> {
        (0..count)
            .map(|_| (self.next() % vocabulary.max(1) as u64) as u32)
            .collect()
    }
}

/// The largest difference, without end where the numbers of values differ or one is not a number.
pub(super) fn apart(left: &[f32], right: &[f32]) -> f32 {
    if left.len() != right.len() {
        return f32::INFINITY;
    }
    left.iter().zip(right).fold(0.0, |largest, (left, right)| {
        let difference = (left - right).abs();
        if difference.is_nan() {
            f32::INFINITY
        } else {
            difference.max(largest)
        }
    })
}
