//! A buffer of f32 that starts on a cache line, so that no vector load crosses one.
#![allow(unsafe_code, reason = "the view of cache lines as f32")]

use std::ops::{Deref, DerefMut};

use crate::room::make_room;

const LINE: usize = 16;

#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

/// Growable, zero-initialised f32 values aligned to 64 bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aligned {
    lines: Vec<Line>,
    len: usize,
}

impl Aligned {
    /// `len` zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        Aligned {
            lines: vec![Line([0.0; LINE]); len.div_ceil(LINE)],
            len,
        }
    }

    /// Sets the length and keeps the memory, with whatever values lie there, if there is enough; else exactly as much is
    /// taken, and what there was is given back first.
    pub(crate) fn resize(&mut self, len: usize) {
        let lines = len.div_ceil(LINE);
        make_room(&mut self.lines, lines);
        self.lines.resize(lines, Line([0.0; LINE]));
        self.len = len;
    }

    /// Memory that so many values take, in bytes.
    pub(crate) fn bytes_of(values: u64) -> u64 {
        let lines = values.div_ceil(LINE as u64);
        lines.saturating_mul(size_of::<Line>() as u64)
    }

    /// Memory held, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.lines.capacity() * size_of::<Line>()
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: `lines` holds at least `len` f32 without padding between them (`Line` is repr(C), 64 bytes of 16 f32).
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as above, and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}
