//! The machine's peak of fused multiply-adds, for each of its vector instruction sets.

use std::hint::black_box;
use std::time::Instant;

use pulp::{Simd, WithSimd};
use serde_json::{Map, Value};
use tidegate_cells::InstructionSet;

/// Independent chains: more than latency times throughput of the multiply-add units, fewer than there are registers.
const CHAINS: usize = 12;
const ROUNDS: usize = 1_000_000;
const REPEATS: usize = 7;

/// GFLOP/s of each thread by instruction set, measured on all threads of the current pool at once.
pub(crate) fn measure() -> Value {
    let mut peaks = Map::new();
    for set in InstructionSet::available() {
        if set == InstructionSet::Portable {
            continue;
        }
        let best = (0..REPEATS)
            .map(|_| {
                let each = rayon::broadcast(|_| run(set));
                each.iter().sum::<f64>() / each.len() as f64
            })
            .fold(0.0, f64::max);
        peaks.insert(set.to_string(), Value::from(best));
    }
    Value::Object(peaks)
}

/// Chains of multiply-adds that stay in registers; returns GFLOP/s.
struct Chains;

impl WithSimd for Chains {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        // Sums that differ, and factors that the compiler cannot know, keep the chains apart; none overflows.
        let [factor, term] = black_box([0.999_f32, 0.001]).map(|value| simd.splat_f32s(value));
        let mut sums: [S::f32s; CHAINS] =
            std::array::from_fn(|chain| simd.splat_f32s(black_box(chain as f32)));
        let start = Instant::now();
        for _ in 0..ROUNDS {
            for sum in &mut sums {
                *sum = simd.mul_add_f32s(*sum, factor, term);
            }
        }
        black_box(sums);
        let operations = 2 * ROUNDS * CHAINS * S::F32_LANES;
        operations as f64 / start.elapsed().as_secs_f64() / 1e9
    }
}

fn run(set: InstructionSet) -> f64 {
    match set {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => {
            pulp::x86::V4::try_new().map_or(0.0, |simd| simd.vectorize(Run(Chains, simd)))
        }
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => {
            pulp::x86::V3::try_new().map_or(0.0, |simd| simd.vectorize(Run(Chains, simd)))
        }
        #[cfg(target_arch = "aarch64")]
        InstructionSet::Neon => {
            pulp::aarch64::Neon::try_new().map_or(0.0, |simd| simd.vectorize(Run(Chains, simd)))
        }
        _ => 0.0,
    }
}

struct Run<S>(Chains, S);

impl<S: Simd> pulp::NullaryFnOnce for Run<S> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        self.0.with_simd(self.1)
    }
}
