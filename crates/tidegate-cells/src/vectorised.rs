//! Plain loops, compiled for the machine's vector instructions.

use crate::instruction_set::{InstructionSet, Kernel, Lanes};

/// Runs `work` compiled for the instruction set in use (that of [`InstructionSet::detect`]; portable code where that
/// fails): what is inlined into it, as plain loops over slices are, becomes code for the set's vectors.
///
/// The compiler joins no multiplication with an addition and keeps the order of sums, so the bits are the same on every
/// instruction set. Write the closure as `#[inline(always)] || …`, and mark so what it calls.
///
/// ```
/// let mut values = [1.0_f32; 1000];
/// tidegate_cells::vectorised(#[inline(always)] || values.iter_mut().for_each(|value| *value *= 0.5));
/// assert_eq!(values, [0.5; 1000]);
/// ```
#[inline]
pub fn vectorised<T>(work: impl FnOnce() -> T) -> T {
    InstructionSet::in_use().run(Plain(work))
}

/// Work that looks at no vector itself.
struct Plain<F>(F);

impl<T, F: FnOnce() -> T> Kernel for Plain<F> {
    type Output = T;

    #[inline(always)]
    fn run<S: Lanes>(self, _: S) -> T {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(always)]
    fn work(values: &[f32]) -> Vec<u32> {
        let result = |value: &f32| (value * value * 0.3 + value).abs().sqrt() / (value + 1.1);
        values.iter().map(|value| result(value).to_bits()).collect()
    }

    #[test]
    fn plain_loops_have_the_same_bits_on_every_instruction_set() {
        let values: Vec<f32> = (1..1003).map(|index| (index as f32).sin()).collect();
        let expected = work(&values);
        for set in InstructionSet::available() {
            let found = set.run(Plain(
                #[inline(always)]
                || work(&values),
            ));
            assert_eq!(found, expected, "{set}");
        }
    }
}
