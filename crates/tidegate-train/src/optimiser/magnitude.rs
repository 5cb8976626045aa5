//! Whether the numbers that an update writes are finite, found while they are written.

/// The largest magnitude of many numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Magnitude(u32);

impl Magnitude {
    /// Takes these numbers in.
    #[inline(always)]
    pub(super) fn add<const N: usize>(&mut self, values: [f32; N]) {
        // Without the sign, the bits of a number grow with it; infinity comes after all that is finite, NaN after it.
        for value in values {
            self.0 = self.0.max(value.to_bits() & !(1 << 31));
        }
    }

    /// Whether all numbers are finite.
    pub(super) fn is_finite(self) -> bool {
        self.0 < f32::INFINITY.to_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_numbers_are_finite_and_infinity_and_nan_of_either_sign_are_not() {
        let mut largest = Magnitude::default();
        largest.add([f32::MAX, -f32::MAX, -0.0]);
        assert!(largest.is_finite());
        for bad in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, -f32::NAN] {
            let mut with = largest;
            with.add([1.0, bad, 2.0]);
            assert!(!with.is_finite(), "{bad}");
        }
    }
}
