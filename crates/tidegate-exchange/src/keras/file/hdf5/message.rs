//! The messages of an object: type, shape, place, attributes.

use half::f16;

use super::slice::{Damage, Slice};

/// The type of the elements of an array or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elements {
    Single {
        is_big_endian: bool,
    },
    Half {
        is_big_endian: bool,
    },
    OtherFloats {
        size: u32,
    },
    Integers {
        size: u32,
    },
    /// Texts of so many bytes.
    Texts {
        size: u32,
    },
    /// References to texts in the global heap.
    References,
    Other,
}

/// How the float of some bytes is read.
type Read = fn(&[u8]) -> f32;

impl Elements {
    pub(super) fn read(message: &[u8]) -> Result<Elements, Damage> {
        let mut message = Slice::of(message);
        let class = message.u8()? & 15;
        let bits = message.u8()?;
        message.take(2)?;
        let size = message.u32()?;
        Ok(match class {
            0 => Elements::Integers { size },
            1 => {
                let is_big_endian = bits & 1 != 0;
                let layout = message.take(12)?;
                // Offset, precision; place and size of exponent and mantissa; bias.
                match (size, layout) {
                    (4, [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]) => {
                        Elements::Single { is_big_endian }
                    }
                    (2, [0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0]) => {
                        Elements::Half { is_big_endian }
                    }
                    _ => Elements::OtherFloats { size },
                }
            }
            3 => Elements::Texts { size },
            9 if bits & 15 == 1 => Elements::References,
            _ => Elements::Other,
        })
    }

    /// Bytes of a float, and how it is read.
    pub(super) fn floats(self) -> Result<(usize, Read), String> {
        let kind = match self {
            Elements::Single {
                is_big_endian: false,
            } => return Ok((4, |bytes| f32::from_le_bytes(four(bytes)))),
            Elements::Single {
                is_big_endian: true,
            } => return Ok((4, |bytes| f32::from_be_bytes(four(bytes)))),
            Elements::Half {
                is_big_endian: false,
            } => return Ok((2, |bytes| f16::from_le_bytes(two(bytes)).to_f32())),
            Elements::Half {
                is_big_endian: true,
            } => return Ok((2, |bytes| f16::from_be_bytes(two(bytes)).to_f32())),
            Elements::OtherFloats { size: 2 } => "16-bit floats of another kind".into(),
            Elements::OtherFloats { size } => format!("{}-bit floats", u64::from(size) * 8),
            Elements::Integers { size } => format!("{}-bit integers", u64::from(size) * 8),
            Elements::Texts { .. } | Elements::References => "texts".into(),
            Elements::Other => "bytes of a type that HDF5 does not know (such as bfloat16)".into(),
        };
        Err(format!(
            "hold {kind}, where 32-bit or 16-bit floats are read"
        ))
    }

    /// Bytes of an element, and whether they are a reference.
    pub(super) fn texts(self) -> Result<(usize, bool), Damage> {
        match self {
            Elements::Texts { size } if size > 0 => Ok((size as usize, false)),
            Elements::References => Ok((16, true)),
            _ => Err("an attribute is no text"),
        }
    }
}

fn four(bytes: &[u8]) -> [u8; 4] {
    [bytes[0], bytes[1], bytes[2], bytes[3]]
}

fn two(bytes: &[u8]) -> [u8; 2] {
    [bytes[0], bytes[1]]
}

/// The sizes of an array, from the first axis; none for a single element.
pub(super) fn shape(message: &[u8]) -> Result<Vec<usize>, Damage> {
    let mut message = Slice::of(message);
    let (version, rank, _) = (message.u8()?, message.u8()?, message.u8()?);
    match version {
        1 => message.take(5)?,
        2 => message.take(1)?,
        _ => return Err("a shape of another version"),
    };
    (0..rank).map(|_| message.size()).collect()
}

/// So many bytes of an array, which are in one piece.
pub(super) fn data<'a>(layout: &'a [u8], file: &'a [u8], bytes: usize) -> Result<&'a [u8], Damage> {
    let mut layout = Slice::of(layout);
    if layout.u8()? != 3 {
        return Err("a layout of another version");
    }
    match layout.u8()? {
        0 => {
            let length = layout.u16()?;
            Slice::of(layout.take(usize::from(length))?).take(bytes)
        }
        1 if bytes == 0 => Ok(&[]),
        1 => {
            let place = layout.size()?;
            if layout.size()? < bytes {
                return Err("an array longer than its bytes");
            }
            Slice::at(file, place)?.take(bytes)
        }
        _ => Err("an array in pieces"),
    }
}

/// An attribute of an object.
pub(super) struct Attribute<'a> {
    pub(super) name: &'a [u8],
    pub(super) elements: Elements,
    dataspace: &'a [u8],
    pub(super) data: &'a [u8],
}

impl<'a> Attribute<'a> {
    pub(super) fn read(message: &'a [u8]) -> Result<Attribute<'a>, Damage> {
        let mut message = Slice::of(message);
        let (version, flags) = (message.u8()?, message.u8()?);
        let mut size = || message.u16().map(usize::from);
        let sizes = [size()?, size()?, size()?];
        let take: fn(&mut Slice<'a>, usize) -> Result<&'a [u8], Damage> = match version {
            1 => Slice::take_padded,
            2 | 3 if flags & 3 != 0 => return Err("a part that objects share"),
            2 => Slice::take,
            3 => {
                // The encoding of the name.
                message.take(1)?;
                Slice::take
            }
            _ => return Err("an attribute of another version"),
        };
        let [name, datatype, dataspace] = sizes.map(|size| take(&mut message, size));
        Ok(Attribute {
            name: name?.split(|&byte| byte == 0).next().unwrap_or_default(),
            elements: Elements::read(datatype?)?,
            dataspace: dataspace?,
            data: message.rest(),
        })
    }

    /// How many values there are.
    pub(super) fn count(&self) -> Result<usize, Damage> {
        // Version 2 says of a shape without axes whether there is one value or none.
        if let [2, _, _, 2, ..] = self.dataspace {
            return Ok(0);
        }
        let shape = shape(self.dataspace)?;
        let count = shape
            .iter()
            .try_fold(1usize, |count, &size| count.checked_mul(size));
        count.ok_or("an attribute is longer than its values")
    }
}
