//! Which vector instructions the kernels use, found at run time.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use pulp::{NullaryFnOnce, Scalar128b, Simd};

/// A set of vector instructions. The kernels are written once, generic over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstructionSet {
    /// AVX-512 (F, BW, CD, DQ, VL): 16 lanes.
    Avx512,
    /// AVX2 with FMA: 8 lanes.
    Avx2,
    /// NEON: 4 lanes.
    Neon,
    /// Plain code on arrays of 4 lanes, for any machine.
    Portable,
}

/// Name of the environment variable that forces an instruction set: `avx512`, `avx2`, `neon` or `portable`.
pub(crate) const VARIABLE: &str = "TIDEGATE_INSTRUCTION_SET";

impl InstructionSet {
    /// Those that this machine has, the fastest first.
    #[must_use]
    pub fn available() -> Vec<InstructionSet> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if pulp::x86::V4::try_new().is_some() {
                sets.push(InstructionSet::Avx512);
            }
            if pulp::x86::V3::try_new().is_some() {
                sets.push(InstructionSet::Avx2);
            }
        }
        #[cfg(target_arch = "aarch64")]
        if pulp::aarch64::Neon::try_new().is_some() {
            sets.push(InstructionSet::Neon);
        }
        sets.push(InstructionSet::Portable);
        sets
    }

    /// The one that `TIDEGATE_INSTRUCTION_SET` asks for, else the fastest that this machine has.
    ///
    /// # Errors
    /// [`crate::Error::Option`] if the variable names none, or one that this machine lacks.
    pub fn detect() -> Result<InstructionSet, crate::Error> {
        InstructionSet::detected().clone()
    }

    fn detected() -> &'static Result<InstructionSet, crate::Error> {
        static DETECTED: OnceLock<Result<InstructionSet, crate::Error>> = OnceLock::new();
        DETECTED.get_or_init(|| match std::env::var_os(VARIABLE) {
            None => Ok(InstructionSet::available()[0]),
            Some(name) if name.is_empty() => Ok(InstructionSet::available()[0]),
            Some(name) => name
                .to_string_lossy()
                .parse::<InstructionSet>()
                .and_then(InstructionSet::require),
        })
    }

    /// What [`InstructionSet::detect`] gives, and portable code where it fails: for work that cannot fail and whose bits
    /// do not depend on the set.
    pub(crate) fn in_use() -> InstructionSet {
        match InstructionSet::detected() {
            Ok(set) => *set,
            Err(_) => InstructionSet::Portable,
        }
    }

    /// This instruction set, if the machine has it.
    ///
    /// # Errors
    /// [`crate::Error::Option`] if it does not.
    pub fn require(self) -> Result<InstructionSet, crate::Error> {
        let available = InstructionSet::available();
        if available.contains(&self) {
            return Ok(self);
        }
        let names: Vec<String> = available.iter().map(ToString::to_string).collect();
        Err(crate::Error::Option {
            option: "instruction set",
            reason: format!("this machine has no {self}; it has {}", names.join(", ")),
        })
    }

    /// Number of f32 lanes of a vector.
    #[must_use]
    pub fn lanes(self) -> usize {
        match self {
            InstructionSet::Avx512 => 16,
            InstructionSet::Avx2 => 8,
            InstructionSet::Neon | InstructionSet::Portable => 4,
        }
    }

    /// Runs a kernel, compiled for this instruction set. A set that the machine lacks falls back to portable code, whose
    /// lanes differ: callers obtain the set from [`InstructionSet::require`].
    #[inline]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => {
                if let Some(simd) = pulp::x86::V4::try_new() {
                    return simd.vectorize(Run(kernel, simd));
                }
            }
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => {
                if let Some(simd) = pulp::x86::V3::try_new() {
                    return simd.vectorize(Run(kernel, simd));
                }
            }
            #[cfg(target_arch = "aarch64")]
            InstructionSet::Neon => {
                if let Some(simd) = pulp::aarch64::Neon::try_new() {
                    return simd.vectorize(Run(kernel, simd));
                }
            }
            _ => {}
        }
        kernel.run(Scalar128b)
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            InstructionSet::Avx512 => "avx512",
            InstructionSet::Avx2 => "avx2",
            InstructionSet::Neon => "neon",
            InstructionSet::Portable => "portable",
        })
    }
}

impl FromStr for InstructionSet {
    type Err = crate::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "avx512" => Ok(InstructionSet::Avx512),
            "avx2" => Ok(InstructionSet::Avx2),
            "neon" => Ok(InstructionSet::Neon),
            "portable" => Ok(InstructionSet::Portable),
            _ => Err(crate::Error::Option {
                option: VARIABLE,
                reason: format!("{name:?} is not one of avx512, avx2, neon, portable"),
            }),
        }
    }
}

/// Code to be compiled for every instruction set.
pub(crate) trait Kernel {
    type Output;
    fn run<S: Lanes>(self, s: S) -> Self::Output;
}

/// A kernel with the token that proves the instruction set, called inside the function that enables it.
struct Run<K, S>(K, S);

impl<K: Kernel, S: Lanes> NullaryFnOnce for Run<K, S> {
    type Output = K::Output;

    #[inline(always)]
    fn call(self) -> K::Output {
        self.0.run(self.1)
    }
}

/// The vector operations of one instruction set: those of `pulp`, with a multiply-add that is fused where the hardware
/// fuses it and two operations where it would be a library call.
pub(crate) trait Lanes: Simd {
    /// Runs another kernel from within one, as a function of its own.
    #[inline(always)]
    fn call<K: Kernel>(self, kernel: K) -> K::Output {
        self.vectorize(Run(kernel, self))
    }

    /// a · b + c.
    #[inline(always)]
    fn multiply_add(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s {
        self.mul_add_f32s(a, b, c)
    }

    /// c − a · b.
    #[inline(always)]
    fn negative_multiply_add(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s {
        self.negate_mul_add_f32s(a, b, c)
    }

    /// The larger one, and NaN where `x` is NaN.
    #[inline(always)]
    fn maximum_or_nan(self, bound: Self::f32s, x: Self::f32s) -> Self::f32s {
        self.select_f32s(self.less_than_f32s(x, bound), bound, x)
    }
}

#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V4 {
    /// The instruction returns its second operand where one is NaN.
    #[inline(always)]
    fn maximum_or_nan(self, bound: Self::f32s, x: Self::f32s) -> Self::f32s {
        self.max_f32s(bound, x)
    }
}

#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V3 {
    /// The instruction returns its second operand where one is NaN.
    #[inline(always)]
    fn maximum_or_nan(self, bound: Self::f32s, x: Self::f32s) -> Self::f32s {
        self.max_f32s(bound, x)
    }
}

#[cfg(target_arch = "aarch64")]
impl Lanes for pulp::aarch64::Neon {}

impl Lanes for Scalar128b {
    #[inline(never)]
    fn call<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }

    #[inline(always)]
    fn multiply_add(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s {
        self.add_f32s(self.mul_f32s(a, b), c)
    }

    #[inline(always)]
    fn negative_multiply_add(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s {
        self.sub_f32s(c, self.mul_f32s(a, b))
    }
}
