//! The search for values that are infinite or not a number.

/// Index of the first value that is not finite. A pass without branches inside a chunk decides; only a failure pays for
/// the search.
pub(crate) fn first_not_finite(values: &[f32]) -> Option<usize> {
    const EXPONENT: u32 = 0x7f80_0000;
    let not_finite = |value: &f32| value.to_bits() & EXPONENT == EXPONENT;
    let clean = |chunk: &[f32]| {
        !chunk
            .iter()
            .fold(false, |bad, value| bad | not_finite(value))
    };
    if values.chunks(4096).all(clean) {
        None
    } else {
        values.iter().position(not_finite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities_and_nan_are_found_wherever_they_stand_and_nothing_else_is() {
        let mut values = vec![f32::MAX, f32::MIN, -0.0, f32::from_bits(1)];
        values.resize(9000, 1.0);
        assert_eq!(first_not_finite(&values), None);
        for (index, value) in [
            (8999, f32::NAN),
            (4096, f32::NEG_INFINITY),
            (0, f32::INFINITY),
        ] {
            values[index] = value;
            assert_eq!(first_not_finite(&values), Some(index));
        }
    }
}
