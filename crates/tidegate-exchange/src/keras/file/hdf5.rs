//! HDF5 as far as Keras writes it: groups, attributes that are text, arrays of floats.
//!
//! The reader of HDF5 bounds what it reads by the length of the file, and the depth of what it follows. What would be more than that
//! all together is bounded here: every group is entered once, and all texts and arrays have no more bytes than the file.

use std::collections::{BTreeMap, HashSet};

use half::f16;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, Hdf5File, OpenOptions, StringSize, VarLenKind};

use crate::error::ExchangeError;

/// Groups within each other. Those of Keras are a dozen deep where models stand within models.
const DEEPEST: usize = 64;

/// The groups and arrays of a file by their paths, such as `layers/dense/vars/0`; the group at its root is "".
pub(super) struct Hdf5 {
    groups: BTreeMap<String, Group>,
    arrays: BTreeMap<String, Dataset>,
    offset_size: usize,
    /// Bytes that may still be read.
    left: usize,
}

/// Shape and values.
pub(super) type Array = (Vec<usize>, Vec<f32>);

impl Hdf5 {
    /// Lists what a file holds, without the state of an optimiser.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Hdf5, ExchangeError> {
        let length = bytes.len();
        let options = OpenOptions::default()
            .with_chunk_cache_bytes(0)
            .with_max_chunk_bytes(length)
            .with_max_read_bytes(length)
            .with_max_object_header_bytes(length);
        let file =
            Hdf5File::from_vec_with_options(bytes, options).map_err(|error| damaged("", error))?;
        let mut found = Hdf5 {
            groups: BTreeMap::new(),
            arrays: BTreeMap::new(),
            offset_size: usize::from(file.superblock().offset_size),
            left: length,
        };
        let mut entered = HashSet::new();
        let root = file.root_group().map_err(|error| damaged("", error))?;
        let mut waiting = vec![(String::new(), 0, root)];
        while let Some((path, depth, group)) = waiting.pop() {
            if depth > DEEPEST || !entered.insert(group.address()) {
                return Err(malformed(
                    &path,
                    "are within themselves, or too deep".into(),
                ));
            }
            let below = |name: &str| match path.as_str() {
                "" => name.to_owned(),
                path => format!("{path}/{name}"),
            };
            let (groups, arrays) = group.members().map_err(|error| damaged(&path, error))?;
            for array in arrays {
                found.arrays.insert(below(array.name()), array);
            }
            for inner in groups {
                if depth > 0 || !inner.name().starts_with("optimizer") {
                    waiting.push((below(inner.name()), depth + 1, inner));
                }
            }
            found.groups.insert(path, group);
        }
        Ok(found)
    }

    pub(super) fn has_group(&self, path: &str) -> bool {
        self.groups.contains_key(path)
    }

    /// Paths of the arrays that were not taken.
    pub(super) fn left_over(&self) -> impl Iterator<Item = &str> {
        self.arrays.keys().map(String::as_str)
    }

    /// Takes an array of a layer out, if there is one.
    pub(super) fn take(&mut self, path: &str, layer: &str) -> Result<Option<Array>, ExchangeError> {
        self.array(path).map_err(|error| match error {
            ExchangeError::Malformed { place, reason } => ExchangeError::Malformed {
                place: format!("{layer}, {place}"),
                reason,
            },
            error => error,
        })
    }

    fn array(&mut self, path: &str) -> Result<Option<Array>, ExchangeError> {
        let Some(array) = self.arrays.remove(path) else {
            return Ok(None);
        };
        let shape = array.shape().iter().map(|&size| usize::try_from(size));
        let shape = shape
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| malformed(path, "are larger than memory can be".into()))?;
        let (read, size): (fn(&[u8]) -> f32, usize) = match array.dtype() {
            Datatype::FloatingPoint { size: 4, .. } => (single, 4),
            // Where Keras says what the numbers are, they are not what HDF5 takes them for.
            Datatype::FloatingPoint { size: 2, .. } if array.attributes().is_empty() => (half, 2),
            other => {
                return Err(malformed(
                    path,
                    format!(
                        "hold {}, where 32-bit or 16-bit floats are read",
                        kind(other)
                    ),
                ));
            }
        };
        let bytes = shape
            .iter()
            .try_fold(size, |bytes, &size| bytes.checked_mul(size));
        spend(&mut self.left, path, bytes)?;
        let bytes = array
            .read_native_bytes()
            .map_err(|error| damaged(path, error))?;
        Ok(Some((shape, bytes.chunks_exact(size).map(read).collect())))
    }

    /// An attribute that is one text, if the group is there and has it.
    pub(super) fn text(
        &mut self,
        group: &str,
        name: &str,
    ) -> Result<Option<String>, ExchangeError> {
        match self.texts(group, name)? {
            None => Ok(None),
            Some(texts) => match <[String; 1]>::try_from(texts) {
                Ok([text]) => Ok(Some(text)),
                Err(_) => Err(malformed(
                    group,
                    format!("its attribute {name} is not one text"),
                )),
            },
        }
    }

    /// An attribute that is a list of texts.
    pub(super) fn texts(
        &mut self,
        path: &str,
        name: &str,
    ) -> Result<Option<Vec<String>>, ExchangeError> {
        let Some(group) = self.groups.get(path) else {
            return Ok(None);
        };
        let attributes = group
            .raw_attributes()
            .map_err(|error| damaged(path, error))?;
        let Some(attribute) = attributes.iter().find(|attribute| attribute.name() == name) else {
            return Ok(None);
        };
        let message = attribute.message();
        let wrong = || malformed(path, format!("its attribute {name} is no text"));
        let data = &message.raw_data[..];
        let count = message
            .dataspace
            .num_elements()
            .map_err(|error| damaged(path, error))?;
        if count == 0 {
            return Ok(Some(Vec::new()));
        }
        let (size, is_reference) = match &message.datatype {
            Datatype::String {
                size: StringSize::Fixed(size),
                ..
            } => (*size as usize, false),
            Datatype::String {
                size: StringSize::Variable,
                ..
            }
            | Datatype::VarLen {
                kind: VarLenKind::String,
                ..
            } => (8 + self.offset_size, true),
            _ => return Err(wrong()),
        };
        if size == 0 {
            return Err(wrong());
        }
        let mut texts = Vec::new();
        for element in data.chunks_exact(size) {
            let bytes = if is_reference {
                let bytes = group.resolve_vlen_reference_bytes(element, 1);
                bytes.map_err(|error| damaged(path, error))?
            } else {
                element.to_vec()
            };
            spend(&mut self.left, path, Some(bytes.len()))?;
            let text = String::from_utf8(bytes).map_err(|_| wrong())?;
            texts.push(text.trim_end_matches('\0').to_owned());
        }
        if texts.len() as u64 != count {
            return Err(wrong());
        }
        Ok(Some(texts))
    }
}

/// Counts bytes that are read.
fn spend(left: &mut usize, path: &str, bytes: Option<usize>) -> Result<(), ExchangeError> {
    match bytes.and_then(|bytes| left.checked_sub(bytes)) {
        Some(rest) => {
            *left = rest;
            Ok(())
        }
        None => Err(malformed(path, "are longer than the file".into())),
    }
}

fn single(bytes: &[u8]) -> f32 {
    f32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn half(bytes: &[u8]) -> f32 {
    f16::from_ne_bytes([bytes[0], bytes[1]]).to_f32()
}

/// What a type is called in a message.
fn kind(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FixedPoint { size, signed, .. } => {
            let kind = if *signed {
                "integers"
            } else {
                "unsigned integers"
            };
            format!("{}-bit {kind}", u32::from(*size) * 8)
        }
        Datatype::FloatingPoint { size: 2, .. } => "16-bit floats of another kind".into(),
        Datatype::FloatingPoint { size, .. } => format!("{}-bit floats", u32::from(*size) * 8),
        Datatype::Opaque { .. } => {
            "bytes of a type that HDF5 does not know, such as bfloat16,".into()
        }
        _ => "no numbers".into(),
    }
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

fn damaged(path: &str, error: impl std::fmt::Display) -> ExchangeError {
    malformed(
        path,
        format!("are damaged, or not as Keras writes them: {error}"),
    )
}
