//! The last values of something, in bounded memory.

use super::tail::Tail;

/// Values that are remembered.
pub(super) const MEMORY: usize = 2_048;

/// By which the values that stand for a distribution are mixed, so that not the smallest are forgotten first.
const STRIDE: usize = 1_237;

/// The last [`MEMORY`] values; at first those that stand for a distribution.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Memory {
    pub(super) values: Vec<f64>,
    /// Where the oldest value stands.
    pub(super) oldest: usize,
}

impl Memory {
    pub(super) fn of(tail: &Tail) -> Memory {
        let values = tail.values(MEMORY);
        Memory {
            values: (0..MEMORY)
                .map(|index| values[index * STRIDE % MEMORY])
                .collect(),
            oldest: 0,
        }
    }

    /// Of levels about a median, on either side of it.
    pub(super) fn about(median: f64, distance: &Tail) -> Memory {
        let mut memory = Memory::of(distance);
        for (index, value) in memory.values.iter_mut().enumerate() {
            *value = if index % 2 == 0 {
                median + *value
            } else {
                median - *value
            };
        }
        memory
    }

    /// Puts a value in the place of the oldest.
    pub(super) fn push(&mut self, value: f64) {
        self.values[self.oldest] = value;
        self.oldest = (self.oldest + 1) % MEMORY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_begins_as_its_distribution_and_ends_as_its_last_values() {
        let tail = Tail::of(&(0..1_000).map(f64::from).collect::<Vec<_>>()).unwrap();
        let mut memory = Memory::of(&tail);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        // Half of the memory stands for the whole as well: it is mixed.
        for part in [&memory.values[..], &memory.values[..MEMORY / 2]] {
            assert!((mean(part) - 500.0).abs() < 25.0, "{}", mean(part));
        }
        (0..MEMORY).for_each(|value| memory.push(value as f64));
        assert_eq!(memory.values[5], 5.0);
    }
}
