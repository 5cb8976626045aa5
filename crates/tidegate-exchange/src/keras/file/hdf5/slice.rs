//! Numbers from the beginning of a slice on.

/// What is not as it must be.
pub(super) type Damage = &'static str;

/// What is left of a slice.
#[derive(Clone, Copy)]
pub(super) struct Slice<'a>(&'a [u8]);

impl<'a> Slice<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Slice<'a> {
        Slice(bytes)
    }

    /// From a place in a file to its end.
    pub(super) fn at(bytes: &'a [u8], place: usize) -> Result<Slice<'a>, Damage> {
        bytes
            .get(place..)
            .map(Slice)
            .ok_or("a place behind the end of the file")
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or("cut short")?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next bytes, and those that fill them up to a multiple of 8, of which the last may be missing.
    pub(super) fn take_padded(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let taken = self.take(count)?;
        let padding = count.next_multiple_of(8) - count;
        self.take(padding.min(self.0.len()))?;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let (taken, rest) = self.0.split_first_chunk().ok_or("cut short")?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Damage> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Damage> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Damage> {
        self.array().map(u32::from_le_bytes)
    }

    /// An offset or a length.
    pub(super) fn size(&mut self) -> Result<usize, Damage> {
        let size = self.array().map(u64::from_le_bytes)?;
        usize::try_from(size).map_err(|_| "a size larger than memory")
    }
}

/// Counts one more thing that is looked at.
pub(super) fn look(work: &mut usize) -> Result<(), Damage> {
    *work = work
        .checked_sub(1)
        .ok_or("more parts than the file can hold")?;
    Ok(())
}
