//! HDF5 as far as Keras writes it: groups, attributes that are text, arrays of floats in one piece.
//!
//! `h5py` writes the earliest version of the format that can hold what it is given: superblock 0, object headers of version 1, groups as
//! symbol tables, whatever its own version. That is what is read; the format has much more. No offset, count or length of the file is
//! trusted: nothing is read but slices of the file, what is followed is counted, and each entry of a list is charged against the
//! length of the file: a child of a tree and a message what they take of it, a member of a group a part of that. So no list holds
//! more than a few times the bytes of the file, even where what it is read from overlaps. Source: HDF5 File Format Specification,
//! version 3.0.

mod group;
mod header;
mod message;
mod slice;

use std::collections::{HashMap, HashSet};

use crate::error::ExchangeError;
use header::{ATTRIBUTE, DATASPACE, DATATYPE, LAYOUT, SYMBOL_TABLE, messages};
use message::{Attribute, Elements};
use slice::{Damage, Slice};

/// Groups within each other. Those of Keras are a dozen deep where models stand within models.
const DEEPEST: usize = 64;

/// What an object is that is neither a group of a symbol table nor an array.
const LATER_GROUP: Damage =
    "a group of a later kind, as h5py writes for names beyond ASCII: save the model as .keras";

/// Shape and values.
pub(super) type Array = (Vec<usize>, Vec<f32>);

/// A file, with the places of its groups and arrays.
pub(super) struct Hdf5<'a> {
    bytes: &'a [u8],
    root: usize,
    /// What stands under a name in a group; both by the places of their headers.
    members: HashMap<(usize, &'a str), usize>,
    /// Arrays that were not taken: the group and the name.
    arrays: HashMap<usize, (usize, &'a str)>,
    /// Groups but the root: the group around it and the name.
    groups: HashMap<usize, (usize, &'a str)>,
    /// What may still be looked at: messages, entries, objects. There is one for some bytes at least, and none is looked at often.
    work: usize,
    /// Bytes of arrays and texts that may still be read.
    left: usize,
}

impl<'a> Hdf5<'a> {
    /// Lists what a file holds, without the state of an optimiser.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Hdf5<'a>, ExchangeError> {
        let root = root(bytes).map_err(|damage| damaged("", damage))?;
        let mut file = Hdf5 {
            bytes,
            root,
            members: HashMap::new(),
            arrays: HashMap::new(),
            groups: HashMap::new(),
            work: bytes.len(),
            left: bytes.len(),
        };
        file.list().map_err(|damage| damaged("", damage))?;
        Ok(file)
    }

    fn list(&mut self) -> Result<(), Damage> {
        let mut entered = HashSet::from([self.root]);
        let mut waiting = vec![(self.root, 0)];
        while let Some((group, depth)) = waiting.pop() {
            let table = self.message(group, SYMBOL_TABLE)?.ok_or(LATER_GROUP)?;
            if depth == DEEPEST {
                return Err("groups are too deep within each other");
            }
            for (name, member) in group::members(self.bytes, table, &mut self.work)? {
                if group == self.root && name.starts_with("optimizer") {
                    continue;
                }
                self.members.insert((group, name), member);
                if !entered.insert(member) {
                    return Err("something stands at two places");
                }
                let parts = messages(self.bytes, member, &mut self.work)?;
                let has = |kind| parts.iter().any(|part| part.kind == kind);
                if has(SYMBOL_TABLE) {
                    self.groups.insert(member, (group, name));
                    waiting.push((member, depth + 1));
                } else if has(DATASPACE) {
                    self.arrays.insert(member, (group, name));
                } else {
                    return Err(LATER_GROUP);
                }
            }
        }
        Ok(())
    }

    pub(super) fn has_group(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// Paths of the arrays that were not taken.
    pub(super) fn left_over(&self) -> impl Iterator<Item = String> {
        self.arrays.values().map(|&(mut group, name)| {
            let mut names = vec![name];
            while let Some(&(around, name)) = self.groups.get(&group) {
                names.push(name);
                group = around;
            }
            names.reverse();
            names.join("/")
        })
    }

    /// Takes an array of a layer out, if there is one.
    pub(super) fn take(&mut self, path: &str, layer: &str) -> Result<Option<Array>, ExchangeError> {
        let Some(header) = self.find(path) else {
            return Ok(None);
        };
        if self.arrays.remove(&header).is_none() {
            return Ok(None);
        }
        let array = self
            .array(header)
            .map_err(|reason| ExchangeError::Malformed {
                place: format!("{layer}, the weights at {path}"),
                reason,
            })?;
        Ok(Some(array))
    }

    fn array(&mut self, header: usize) -> Result<Array, String> {
        let damaged =
            |damage: Damage| format!("are damaged, or not as Keras writes them: {damage}");
        let missing = || damaged("an array without type, shape or place");
        let mut part = |kind| {
            let found = self.message(header, kind).map_err(damaged)?;
            found.ok_or_else(missing)
        };
        let (datatype, dataspace, layout) = (part(DATATYPE)?, part(DATASPACE)?, part(LAYOUT)?);
        let elements = Elements::read(datatype).map_err(damaged)?;
        let shape = message::shape(dataspace).map_err(damaged)?;
        let (size, read) = elements.floats()?;
        let bytes = shape
            .iter()
            .try_fold(size, |bytes, &size| bytes.checked_mul(size));
        let bytes = bytes.ok_or_else(|| damaged("an array is longer than the file"))?;
        self.spend(bytes).map_err(damaged)?;
        let data = message::data(layout, self.bytes, bytes).map_err(damaged)?;
        Ok((shape, data.chunks_exact(size).map(read).collect()))
    }

    /// An attribute that is one text, if the group is there and has it.
    pub(super) fn text(
        &mut self,
        group: &str,
        name: &str,
    ) -> Result<Option<String>, ExchangeError> {
        let Some(texts) = self.texts(group, name)? else {
            return Ok(None);
        };
        match <[String; 1]>::try_from(texts) {
            Ok([text]) => Ok(Some(text)),
            Err(_) => Err(malformed(
                group,
                format!("have an attribute {name} that is not one text"),
            )),
        }
    }

    /// An attribute that is a list of texts.
    pub(super) fn texts(
        &mut self,
        path: &str,
        name: &str,
    ) -> Result<Option<Vec<String>>, ExchangeError> {
        let Some(header) = self.find(path) else {
            return Ok(None);
        };
        self.texts_at(header, name)
            .map_err(|damage| damaged(path, damage))
    }

    fn texts_at(&mut self, header: usize, name: &str) -> Result<Option<Vec<String>>, Damage> {
        let mut found = None;
        for message in messages(self.bytes, header, &mut self.work)? {
            if message.kind == ATTRIBUTE {
                let attribute = Attribute::read(message.data)?;
                if attribute.name == name.as_bytes() {
                    found = Some(attribute);
                }
            }
        }
        let Some(attribute) = found else {
            return Ok(None);
        };
        let count = attribute.count()?;
        if count == 0 {
            return Ok(Some(Vec::new()));
        }
        let mut texts = Vec::new();
        let (size, is_reference) = attribute.elements.texts()?;
        let elements = attribute.data.chunks_exact(size);
        if elements.len() < count {
            return Err("an attribute is longer than its values");
        }
        for element in elements.take(count) {
            let text = match is_reference {
                true => group::global(self.bytes, element, &mut self.work)?,
                false => element,
            };
            self.spend(text.len())?;
            let text = str::from_utf8(text).map_err(|_| "an attribute is no text")?;
            texts.push(text.trim_end_matches('\0').to_owned());
        }
        Ok(Some(texts))
    }

    /// The last message of a kind, which an object has one of.
    fn message(&mut self, header: usize, kind: u16) -> Result<Option<&'a [u8]>, Damage> {
        let messages = messages(self.bytes, header, &mut self.work)?;
        let mut of_kind = messages.into_iter().filter(|message| message.kind == kind);
        match of_kind.next_back() {
            Some(message) if message.is_shared => Err("a part that objects share"),
            message => Ok(message.map(|message| message.data)),
        }
    }

    fn find(&self, path: &str) -> Option<usize> {
        let mut names = path.split('/').filter(|name| !name.is_empty());
        names.try_fold(self.root, |group, name| {
            self.members.get(&(group, name)).copied()
        })
    }

    /// Counts bytes that are read.
    fn spend(&mut self, bytes: usize) -> Result<(), Damage> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or("arrays and texts are longer than the file")?;
        Ok(())
    }
}

/// Where the header of the group at the root stands.
fn root(bytes: &[u8]) -> Result<usize, Damage> {
    let mut block = Slice::of(bytes);
    if block.take(8)? != b"\x89HDF\r\n\x1a\n" {
        return Err("no HDF5");
    }
    if block.u8()? != 0 {
        return Err("a superblock of a later version than that of h5py");
    }
    block.take(4)?;
    if (block.u8()?, block.u8()?) != (8, 8) {
        return Err("offsets that are not of 64 bits");
    }
    block.take(9)?;
    if block.size()? != 0 {
        return Err("a base that is not the beginning of the file");
    }
    // Free space, end, driver; then the entry of the root: name, header.
    block.take(4 * 8)?;
    block.size()
}

/// `path` is "" for the file itself.
pub(super) fn malformed(path: &str, reason: String) -> ExchangeError {
    ExchangeError::Malformed {
        place: match path {
            "" => "the weights".into(),
            path => format!("the weights at {path}"),
        },
        reason,
    }
}

fn damaged(path: &str, damage: Damage) -> ExchangeError {
    malformed(
        path,
        format!("are damaged, or not as Keras writes them: {damage}"),
    )
}
