//! Sums in f64 over f32 values, in one fixed order that the compiler can vectorise.

use std::ops::Add;

use tidegate_cells::vectorised;

/// Number of partial sums: element i goes to partial sum i mod 8 and the partial sums are added pairwise at the end.
pub(crate) const LANES: usize = 8;

/// Partial sums, kept apart so that consecutive additions do not wait for each other.
#[derive(Clone, Copy)]
pub(crate) struct PartialSums([f64; LANES]);

impl PartialSums {
    pub(crate) fn new() -> Self {
        PartialSums([0.0; LANES])
    }

    /// Adds eight values, one to each partial sum.
    #[inline(always)]
    pub(crate) fn add(&mut self, values: [f32; LANES]) {
        for (sum, value) in self.0.iter_mut().zip(values) {
            *sum += f64::from(value);
        }
    }

    /// Adds fewer than eight values, which end a run.
    #[inline(always)]
    pub(crate) fn add_rest(&mut self, values: impl Iterator<Item = f32>) {
        for (sum, value) in self.0.iter_mut().zip(values) {
            *sum += f64::from(value);
        }
    }

    pub(crate) fn total(&self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        a.add(e).add(b.add(f)).add(c.add(g).add(d.add(h)))
    }
}

/// Number of partial sums of squares: enough that additions fill the time that one of them takes, with any vectors.
const SQUARES: usize = 32;

/// Sum of the squares, each square taken in f64: no value of f32 overflows it. Element i goes to partial sum i mod 32.
pub(crate) fn sum_of_squares(values: &[f32]) -> f64 {
    let sums = vectorised(
        #[inline(always)]
        || partial_squares(values),
    );
    let mut folded = [0.0; LANES];
    for sums in sums.as_chunks::<LANES>().0 {
        for (folded, sum) in folded.iter_mut().zip(sums) {
            *folded += sum;
        }
    }
    PartialSums(folded).total()
}

#[inline(always)]
fn partial_squares(values: &[f32]) -> [f64; SQUARES] {
    let square = |value: f32| f64::from(value) * f64::from(value);
    let mut sums = [0.0; SQUARES];
    let (chunks, rest) = values.as_chunks::<SQUARES>();
    for chunk in chunks {
        for lane in 0..SQUARES {
            sums[lane] += square(chunk[lane]);
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += square(*value);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn large_values_do_not_overflow_the_sum_of_squares() {
        assert_eq!(
            sum_of_squares(&[1e30; 3]).sqrt() as f32,
            1e30 * 3.0_f32.sqrt()
        );
    }

    proptest! {
        #[test]
        fn the_sum_of_squares_is_the_plain_sum(values in prop::collection::vec(-1e3_f32..1e3, 0..70)) {
            let plain: f64 = values.iter().map(|v| f64::from(*v).powi(2)).sum();
            prop_assert!((sum_of_squares(&values) - plain).abs() <= 1e-12 * plain);
        }
    }
}
