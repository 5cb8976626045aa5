//! Object headers of version 1: messages in blocks that lead from one to the next.

use super::slice::{Damage, Slice, look};

pub(super) const DATASPACE: u16 = 0x01;
pub(super) const DATATYPE: u16 = 0x03;
pub(super) const LAYOUT: u16 = 0x08;
pub(super) const ATTRIBUTE: u16 = 0x0c;
const CONTINUATION: u16 = 0x10;
pub(super) const SYMBOL_TABLE: u16 = 0x11;

pub(super) struct Message<'a> {
    pub(super) kind: u16,
    /// The data are not the message itself, but say where it stands.
    pub(super) is_shared: bool,
    pub(super) data: &'a [u8],
}

/// The messages of an object, of those kinds that are read.
pub(super) fn messages<'a>(
    file: &'a [u8],
    header: usize,
    work: &mut usize,
) -> Result<Vec<Message<'a>>, Damage> {
    let mut prefix = Slice::at(file, header)?;
    if prefix.u8()? != 1 {
        return Err("an object header that is not of version 1");
    }
    prefix.take(1)?;
    let count = prefix.u16()?;
    prefix.take(4)?;
    let length = prefix.u32()? as usize;
    prefix.take(4)?;
    let mut block = Slice::of(prefix.take(length)?);
    let mut continued = Vec::new();
    let mut found = Vec::new();
    // Blocks that lead to each other in a circle would fill a list that no file is long enough for.
    let mut left = file.len();
    for _ in 0..count {
        while block.rest().len() < 8 {
            let Some((place, length)) = continued.pop() else {
                return Err("an object with fewer messages than it says");
            };
            block = Slice::of(Slice::at(file, place)?.take(length)?);
            look(work)?;
        }
        look(work)?;
        let (kind, size, flags) = (block.u16()?, block.u16()?, block.u8()?);
        block.take(3)?;
        let data = block.take(usize::from(size))?;
        let after = left.checked_sub(8 + data.len());
        left = after.ok_or("an object longer than the file")?;
        let is_shared = flags & 2 != 0;
        match kind {
            CONTINUATION => {
                let mut data = Slice::of(data);
                continued.push((data.size()?, data.size()?));
            }
            DATASPACE | DATATYPE | LAYOUT | ATTRIBUTE | SYMBOL_TABLE => found.push(Message {
                kind,
                is_shared,
                data,
            }),
            _ => {}
        }
    }
    Ok(found)
}
