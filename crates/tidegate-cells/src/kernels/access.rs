//! Vectors in memory, wherever they lie.
#![allow(unsafe_code, reason = "loads and stores through pointers")]

use crate::instruction_set::Lanes;

/// # Safety
/// `from` points to a vector's worth of f32.
#[inline(always)]
pub(crate) unsafe fn load<S: Lanes>(from: *const f32) -> S::f32s {
    // SAFETY: the caller's promise; vectors are plain data.
    unsafe { from.cast::<S::f32s>().read_unaligned() }
}

/// # Safety
/// `to` points to a vector's worth of f32 that may be written.
#[inline(always)]
pub(crate) unsafe fn store<S: Lanes>(to: *mut f32, value: S::f32s) {
    // SAFETY: the caller's promise; vectors are plain data.
    unsafe { to.cast::<S::f32s>().write_unaligned(value) }
}

/// Asks for the cache line at `at`, which need not be a valid address.
#[inline(always)]
pub(crate) fn prefetch(at: *const f32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching has no effect that a program can observe, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
