//! The search for values that are not finite.

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use crate::vectorised::vectorised;

/// Below this many values, finding the instruction set would take longer than the search.
const SHORT: usize = 64;

/// From this many values on, threads share the search: it waits for memory.
const LONG: usize = 1 << 18;

/// Index of the first value that is infinite or not a number.
///
/// One pass without branches decides; only a failure pays for the search.
#[must_use]
pub fn first_not_finite(values: &[f32]) -> Option<usize> {
    let search = |values: &[f32]| {
        vectorised(
            #[inline(always)]
            || values.chunks(4096).all(is_finite),
        )
    };
    let clean = match values.len() {
        0..SHORT => is_finite(values),
        SHORT..LONG => search(values),
        _ => values.par_chunks(LONG / 4).all(search),
    };
    if clean {
        None
    } else {
        values.iter().position(|value| !value.is_finite())
    }
}

#[inline(always)]
fn is_finite(values: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    !values.iter().fold(false, |bad, value| {
        bad | (value.to_bits() & EXPONENT == EXPONENT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_infinity_or_nan_is_found_and_the_largest_numbers_are_not() {
        let mut values = vec![f32::MAX; 10_000];
        values.push(f32::MIN_POSITIVE / 2.0);
        assert_eq!(first_not_finite(&values), None);
        for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            values[9_000] = bad;
            values[9_500] = bad;
            assert_eq!(first_not_finite(&values), Some(9_000));
            let mut long = vec![1.0; 2 * LONG + 3];
            assert_eq!(first_not_finite(&long), None);
            long[2 * LONG + 1] = bad;
            assert_eq!(first_not_finite(&long), Some(2 * LONG + 1));
        }
    }
}
