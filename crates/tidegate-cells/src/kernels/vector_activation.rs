//! σ and tanh on vectors, each within 3 units in the last place over all f32 (the tests measure it).
//!
//! Both rest on expm1(r) = r + r² q(r) for |r| ≤ ln 2 / 2, where q is the polynomial of degree 4 with the least maximal
//! relative error of expm1 (2⁻²⁶), found by iteratively reweighted least squares at 40 digits; and on the reduction
//! a = n ln 2 + r with ln 2 in two parts (Cody & Waite 1980).

use crate::instruction_set::Lanes;

const POLYNOMIAL: [f32; 5] = [
    0.499_999_98,
    0.166_665_43,
    0.041_667_2,
    0.008_366_548,
    0.001_388_250_2,
];
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 with the last bits cleared, so that n · LN_2_HIGH is exact.
const LN_2_HIGH: f32 = f32::from_bits(0x3f31_7200);
/// ln 2 − `LN_2_HIGH`.
const LN_2_LOW: f32 = 1.428_606_8e-6;
/// 1.5 · 2²³: adding it rounds a number of magnitude below 2²² to an integer and leaves that integer in the low bits.
const ROUND: f32 = 12_582_912.0;

/// a = n ln 2 + r: returns expm1(r) and n + [`ROUND`].
#[inline(always)]
fn reduce<S: Lanes>(s: S, a: S::f32s) -> (S::f32s, S::f32s) {
    let rounded = s.multiply_add(a, s.splat_f32s(LOG2_E), s.splat_f32s(ROUND));
    let n = s.sub_f32s(rounded, s.splat_f32s(ROUND));
    let r = s.negative_multiply_add(n, s.splat_f32s(LN_2_HIGH), a);
    let r = s.negative_multiply_add(n, s.splat_f32s(LN_2_LOW), r);
    let squared = s.mul_f32s(r, r);
    let [q0, q1, q2, q3, q4] = POLYNOMIAL.map(|coefficient| s.splat_f32s(coefficient));
    // Two short chains instead of one long one.
    let low = s.multiply_add(q1, r, q0);
    let high = s.multiply_add(s.multiply_add(q4, r, q3), r, q2);
    let q = s.multiply_add(high, squared, low);
    (s.multiply_add(q, squared, r), rounded)
}

/// 2^(n + shift) from n + [`ROUND`].
#[inline(always)]
fn power_of_two<S: Lanes>(s: S, rounded: S::f32s, shift: u32) -> S::f32s {
    let biased = s.add_u32s(s.transmute_u32s_f32s(rounded), s.splat_u32s(127 + shift));
    s.transmute_f32s_u32s(s.wrapping_dyn_shl_u32s(biased, s.splat_u32s(23)))
}

/// The bits of −0.
#[inline(always)]
fn sign_bit<S: Lanes>(s: S) -> S::u32s {
    s.splat_u32s(0x8000_0000)
}

/// max(bound, −|x|), and NaN where x is NaN.
#[inline(always)]
fn negative_magnitude<S: Lanes>(s: S, bound: f32, x: S::f32s) -> S::f32s {
    let negative = s.or_u32s(s.transmute_u32s_f32s(x), sign_bit(s));
    s.maximum_or_nan(s.splat_f32s(bound), s.transmute_f32s_u32s(negative))
}

/// The logistic function σ(x) = 1 / (1 + e^−x).
#[inline(always)]
pub(crate) fn sigmoid<S: Lanes>(s: S, x: S::f32s) -> S::f32s {
    let one = s.splat_f32s(1.0);
    // e^−104 is below half of the smallest subnormal number.
    let (expm1, rounded) = reduce(s, negative_magnitude(s, -104.0, x));
    // Scaled in two steps, since 2^n alone may be too small for a normal number.
    const SHIFT: u32 = 64;
    let scaled = s.mul_f32s(s.add_f32s(one, expm1), power_of_two(s, rounded, SHIFT));
    let exponential = s.mul_f32s(
        scaled,
        s.splat_f32s(1.0 / (1u64 << (SHIFT - 1)) as f32 * 0.5),
    );
    let numerator = s.select_f32s(s.less_than_f32s(x, s.splat_f32s(0.0)), exponential, one);
    s.div_f32s(numerator, s.add_f32s(one, exponential))
}

/// The hyperbolic tangent: t / (2 + t) with t = expm1(−2 |x|) is −tanh |x|, which then takes the sign of x.
#[inline(always)]
pub(crate) fn tanh<S: Lanes>(s: S, x: S::f32s) -> S::f32s {
    let one = s.splat_f32s(1.0);
    // tanh rounds to 1 from 9.02 on.
    let (expm1, rounded) = reduce(s, negative_magnitude(s, -20.0, s.add_f32s(x, x)));
    let power = power_of_two(s, rounded, 0);
    let t = s.multiply_add(power, expm1, s.sub_f32s(power, one));
    let value = s.div_f32s(t, s.add_f32s(s.splat_f32s(2.0), t));
    let sign = s.and_u32s(s.transmute_u32s_f32s(x), sign_bit(s));
    let magnitude = s.transmute_u32s_f32s(s.abs_f32s(value));
    s.transmute_f32s_u32s(s.or_u32s(magnitude, sign))
}

/// max(0, x), and NaN where x is NaN.
#[inline(always)]
pub(crate) fn relu<S: Lanes>(s: S, x: S::f32s) -> S::f32s {
    let zero = s.splat_f32s(0.0);
    s.select_f32s(s.less_than_f32s(x, zero), zero, x)
}

#[cfg(test)]
mod tests {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};

    use super::*;
    use crate::instruction_set::{InstructionSet, Kernel};

    struct Apply<'a> {
        tanh: bool,
        values: &'a mut [f32],
    }

    impl Kernel for Apply<'_> {
        type Output = ();

        #[inline(always)]
        fn run<S: Lanes>(self, s: S) {
            let (head, _) = S::as_mut_simd_f32s(self.values);
            for value in head {
                *value = if self.tanh {
                    tanh(s, *value)
                } else {
                    sigmoid(s, *value)
                };
            }
        }
    }

    /// Distance in units in the last place of the f32 nearest to `exact`.
    fn ulp_error(value: f32, exact: f64) -> f64 {
        let nearest = (exact as f32).abs();
        let above = f32::from_bits(nearest.to_bits() + 1);
        let unit = f64::from(above) - f64::from(nearest);
        (f64::from(value) - exact).abs() / unit
    }

    /// The largest error over every finite f32 whose bit pattern is a multiple of `stride`, of both signs, and where.
    fn worst(set: InstructionSet, tanh: bool, stride: u32, exact: fn(f64) -> f64) -> (f64, f32) {
        const CHUNK: u32 = 1 << 16;
        let chunks = 0x7f80_0000 / stride / CHUNK + 1;
        let chunk = |chunk: u32| {
            let mut worst = (0.0, 0.0);
            for sign in [0, 0x8000_0000] {
                let bits =
                    (chunk * CHUNK..(chunk + 1) * CHUNK).map(|index| index.saturating_mul(stride));
                let inputs: Vec<f32> = bits
                    .take_while(|&bits| bits < 0x7f80_0000)
                    .map(|bits| f32::from_bits(bits | sign))
                    .collect();
                let mut values = inputs.clone();
                values.resize(values.len().next_multiple_of(16), 0.0);
                set.run(Apply {
                    tanh,
                    values: &mut values,
                });
                for (&x, &y) in inputs.iter().zip(&values) {
                    let error = ulp_error(y, exact(f64::from(x)));
                    if error.is_nan() || error > worst.0 {
                        worst = (error, x);
                    }
                }
            }
            worst
        };
        let larger = |a: (f64, f32), b: (f64, f32)| if b.0.is_nan() || b.0 > a.0 { b } else { a };
        (0..chunks)
            .into_par_iter()
            .map(chunk)
            .reduce(|| (0.0, 0.0), larger)
    }

    fn exact_sigmoid(x: f64) -> f64 {
        if x >= 0.0 {
            1.0 / (1.0 + (-x).exp())
        } else {
            x.exp() / (1.0 + x.exp())
        }
    }

    #[test]
    fn sigmoid_and_tanh_are_within_three_ulp_on_every_instruction_set() {
        for set in InstructionSet::available() {
            for (tanh, exact) in [(false, exact_sigmoid as fn(f64) -> f64), (true, f64::tanh)] {
                let (error, x) = worst(set, tanh, 331, exact);
                assert!(error <= 3.0, "{set}, tanh {tanh}: {error} ULP at {x}");
            }
        }
    }

    #[test]
    #[allow(clippy::print_stdout, reason = "shows the bound that it measured")]
    #[ignore = "takes minutes: all 2³² values; run with --ignored --nocapture"]
    fn sigmoid_and_tanh_are_within_three_ulp_over_all_f32() {
        for set in InstructionSet::available() {
            for (tanh, exact) in [(false, exact_sigmoid as fn(f64) -> f64), (true, f64::tanh)] {
                let (error, x) = worst(set, tanh, 1, exact);
                println!("{set}, tanh {tanh}: {error:.3} ULP at {x}");
                assert!(error <= 3.0, "{set}, tanh {tanh}: {error} ULP at {x}");
            }
        }
    }

    #[test]
    fn infinities_saturate_and_nan_stays_nan() {
        for set in InstructionSet::available() {
            for (tanh, low) in [(false, 0.0), (true, -1.0)] {
                let mut values = [0.0f32; 16];
                values[..4].copy_from_slice(&[f32::INFINITY, f32::NEG_INFINITY, f32::NAN, -0.0]);
                set.run(Apply {
                    tanh,
                    values: &mut values,
                });
                assert_eq!(values[0], 1.0);
                assert_eq!(values[1], low);
                assert!(values[2].is_nan());
                let at_negative_zero = if tanh { -0.0f32 } else { 0.5 };
                assert_eq!(values[3].to_bits(), at_negative_zero.to_bits());
            }
        }
    }
}
