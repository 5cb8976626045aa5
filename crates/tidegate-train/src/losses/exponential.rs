//! Exponential and logarithm as plain arithmetic, so that the loops of the losses are vectorised by the compiler.

/// Below this the exponential is replaced by its value here, 1.2e-38, the smallest normal numbers' size.
const LOWEST: f32 = -87.3;

/// eˣ for x ≤ 0, within 2 ULP; not a number stays not a number, and anything below −87.3 gives 1.2e-38.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; the Taylor series of eʳ up to r⁷ leaves a relative error of 6e-9, and 2ⁿ is put
/// into the exponent's bits.
#[inline(always)]
pub(crate) fn exponential(x: f32) -> f32 {
    /// 1.5·2²³: adding it rounds to the nearest integer, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // A comparison that is false for NaN, which `max` would swallow.
    let x = if x < LOWEST { LOWEST } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut series = 1.0 / 5040.0;
    for coefficient in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        series = series * r + coefficient;
    }
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    series * power
}

/// ln(1 + x) for x from 0 to 1, within 3 ULP; not a number stays not a number.
///
/// ln(1 + x) = 2 artanh(s), s = x / (2 + x) ≤ 1/3; its series up to s¹⁵ leaves a relative error of 2e-9.
#[inline(always)]
pub(crate) fn logarithm_of_one_plus(x: f32) -> f32 {
    let s = x / (2.0 + x);
    let square = s * s;
    let mut series = 2.0 / 15.0;
    for coefficient in [
        2.0 / 13.0,
        2.0 / 11.0,
        2.0 / 9.0,
        2.0 / 7.0,
        2.0 / 5.0,
        2.0 / 3.0,
        2.0,
    ] {
        series = series * square + coefficient;
    }
    series * s
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance from the exact value in units of the last place of the nearest f32.
    fn ulp(found: f32, exact: f64) -> f64 {
        let nearest = exact as f32;
        let spacing = f64::from(f32::from_bits(nearest.to_bits() + 1)) - f64::from(nearest);
        (f64::from(found) - exact).abs() / spacing
    }

    #[test]
    fn the_exponential_is_within_two_units_of_the_last_place() {
        let worst = (0..=870_000)
            .map(|i| -(i as f32) * 1e-4)
            .map(|x| ulp(exponential(x), f64::from(x).exp()))
            .fold(0.0, f64::max);
        assert!(worst <= 2.0, "{worst}");
        assert_eq!(exponential(0.0), 1.0);
    }

    #[test]
    fn the_logarithm_is_within_three_units_of_the_last_place() {
        let worst = (1..=100_000)
            .map(|i| i as f32 * 1e-5)
            .chain((1..=100).map(|i| 0.8_f32.powi(i * 3)))
            .map(|x| ulp(logarithm_of_one_plus(x), f64::from(x).ln_1p()))
            .fold(0.0, f64::max);
        assert!(worst <= 3.0, "{worst}");
        assert_eq!(logarithm_of_one_plus(0.0), 0.0);
    }

    #[test]
    fn what_is_far_below_is_tiny_and_what_is_not_a_number_stays_so() {
        assert!(exponential(-1e30) < 1.3e-38 && exponential(f32::NEG_INFINITY) > 0.0);
        assert!(exponential(f32::NAN).is_nan() && logarithm_of_one_plus(f32::NAN).is_nan());
    }
}
