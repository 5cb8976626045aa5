//! What a group holds, by name, and what stands in the global heap.

use super::slice::{Damage, Slice, look};

/// The longest name that is read.
const LONGEST: usize = 1024;

/// Names and headers of what is in the group of a symbol table.
pub(super) fn members<'a>(
    file: &'a [u8],
    table: &[u8],
    work: &mut usize,
) -> Result<Vec<(&'a str, usize)>, Damage> {
    let mut table = Slice::of(table);
    let (tree, heap) = (table.size()?, table.size()?);
    let names = local_heap(file, heap)?;
    let mut found = Vec::new();
    // A tree lists nodes of entries; the levels below it count down to 0.
    let mut waiting = vec![(tree, None)];
    while let Some((place, expected)) = waiting.pop() {
        look(work)?;
        let mut node = Slice::at(file, place)?;
        if node.take(4)? != b"TREE" || node.u8()? != 0 {
            return Err("no tree of a group");
        }
        let level = node.u8()?;
        if expected.is_some_and(|expected| expected != level) {
            return Err("a tree whose levels do not count down");
        }
        let count = node.u16()?;
        node.take(2 * 8)?;
        for _ in 0..count {
            // As many as the bytes that a child takes.
            for _ in 0..16 {
                look(work)?;
            }
            node.take(8)?;
            let child = node.size()?;
            match level.checked_sub(1) {
                Some(below) => waiting.push((child, Some(below))),
                None => entries(file, child, names, &mut found, work)?,
            }
        }
    }
    Ok(found)
}

/// The entries of one node.
fn entries<'a>(
    file: &'a [u8],
    place: usize,
    names: &'a [u8],
    found: &mut Vec<(&'a str, usize)>,
    work: &mut usize,
) -> Result<(), Damage> {
    let mut node = Slice::at(file, place)?;
    if node.take(4)? != b"SNOD" || node.u8()? != 1 {
        return Err("no node of a group");
    }
    node.take(1)?;
    for _ in 0..node.u16()? {
        // A part of the 40 bytes that an entry takes.
        for _ in 0..8 {
            look(work)?;
        }
        let (name, header) = (node.size()?, node.size()?);
        let kind = node.u32()?;
        node.take(4 + 16)?;
        if kind == 2 {
            return Err("a link to somewhere else");
        }
        let name = names.get(name..).ok_or("a name outside of its heap")?;
        let name = &name[..name.len().min(LONGEST)];
        let end = name.iter().position(|&byte| byte == 0);
        let name = &name[..end.ok_or("a name without an end")?];
        let name = str::from_utf8(name).map_err(|_| "a name that is no text")?;
        found.push((name, header));
    }
    Ok(())
}

/// The names of a group, one after the other.
fn local_heap(file: &[u8], place: usize) -> Result<&[u8], Damage> {
    let mut heap = Slice::at(file, place)?;
    if heap.take(4)? != b"HEAP" {
        return Err("no heap of names");
    }
    heap.take(4)?;
    let length = heap.size()?;
    heap.take(8)?;
    Slice::at(file, heap.size()?)?.take(length)
}

/// The bytes that a reference says: a length, the place of a collection, the number of an object in it.
pub(super) fn global<'a>(
    file: &'a [u8],
    reference: &[u8],
    work: &mut usize,
) -> Result<&'a [u8], Damage> {
    let mut reference = Slice::of(reference);
    let length = reference.u32()? as usize;
    let (place, wanted) = (reference.size()?, reference.u32()?);
    if length == 0 {
        return Ok(&[]);
    }
    let mut heap = Slice::at(file, place)?;
    if heap.take(4)? != b"GCOL" {
        return Err("no collection of objects");
    }
    heap.take(4)?;
    let size = heap.size()?;
    let mut heap = Slice::of(Slice::at(file, place)?.take(size)?);
    heap.take(16)?;
    while heap.rest().len() >= 16 {
        look(work)?;
        let number = heap.u16()?;
        heap.take(6)?;
        let size = heap.size()?;
        if number == 0 {
            break;
        }
        let object = heap.take_padded(size)?;
        if u32::from(number) == wanted {
            return object
                .get(..length)
                .ok_or("an object shorter than its reference says");
        }
    }
    Err("a reference to an object that is not there")
}
