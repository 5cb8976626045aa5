//! The header of a NumPy file.

use serde::Deserialize;

const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy writes 118 bytes for an array of numbers; only records with many fields need more.
const LONGEST: usize = 4096;

/// What the header says of the numbers that follow it.
pub(super) struct Header {
    pub(super) precision: Precision,
    pub(super) big_endian: bool,
    pub(super) fortran_order: bool,
    shape: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Precision {
    Single,
    Double,
}

impl Precision {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Precision::Single => 4,
            Precision::Double => 8,
        }
    }
}

/// The header's dictionary.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dictionary {
    descr: String,
    fortran_order: bool,
    shape: Vec<u64>,
}

impl Header {
    /// The array as a sequence: a vector has one feature a step.
    pub(super) fn steps_and_features(&self) -> Result<(u64, u64), String> {
        let (steps, features) = match self.shape[..] {
            [steps] => (steps, 1),
            [steps, features] => (steps, features),
            _ => {
                return Err(format!(
                    "the array has the shape {:?}: [steps, features] or [steps] is expected",
                    self.shape
                ));
            }
        };
        if steps == 0 || features == 0 {
            return Err(format!(
                "the array has the shape {:?}: a sequence needs at least one step and one feature",
                self.shape
            ));
        }
        Ok((steps, features))
    }
}

/// Takes the header from the front of a file, and gives the bytes behind it.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, &[u8]), String> {
    let cut_short = || "the file is cut short in its header".to_owned();
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or("the file does not begin as a .npy file does: save it with numpy.save")?;
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
        [0..=3, ..] | [] => return Err(cut_short()),
        [version, ..] => {
            return Err(format!(
                "the file has version {version} of the format: versions 1 to 3 are read"
            ));
        }
    };
    if length > LONGEST {
        return Err(format!(
            "the file announces a header of {length} bytes, longer than that of any array of numbers"
        ));
    }
    let (text, data) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    Ok((interpret(text)?, data))
}

fn interpret(text: &[u8]) -> Result<Header, String> {
    let text = String::from_utf8_lossy(text);
    let dictionary: Dictionary = serde_json::from_str(&as_json(&text)).map_err(|_| {
        let text = text.trim();
        format!("the header does not describe an array of numbers: {text:?}")
    })?;
    let (order, kind) = dictionary.descr.split_at_checked(1).unwrap_or_default();
    let precision = match kind {
        "f4" => Precision::Single,
        "f8" => Precision::Double,
        _ => {
            return Err(format!(
                "the array has the type {:?}: save it as float32 or float64, as by array.astype(\"float32\")",
                dictionary.descr
            ));
        }
    };
    let big_endian = match order {
        "<" => false,
        ">" => true,
        _ => return Err(format!("the array has the unknown byte order {order:?}")),
    };
    Ok(Header {
        precision,
        big_endian,
        fortran_order: dictionary.fortran_order,
        shape: dictionary.shape,
    })
}

/// The dictionary in JSON's notation. Of Python's, NumPy uses what is replaced here for an array of numbers; anything else
/// does not parse afterwards.
fn as_json(text: &str) -> String {
    let mut json: String = text.split_whitespace().collect();
    for (python, replacement) in [
        ("'", "\""),
        ("(", "["),
        (")", "]"),
        ("False", "false"),
        ("True", "true"),
        (",]", "]"),
        (",}", "}"),
    ] {
        json = json.replace(python, replacement);
    }
    json
}

/// The front of a file with an array of `float32` in C order, padded to a multiple of 64 bytes as NumPy does.
pub(super) fn write(shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size},")).collect();
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sizes}), }}");
    let before = MAGIC.len() + 4;
    let padded = (before + text.len() + 1).next_multiple_of(64) - before;
    text = format!("{text:<width$}\n", width = padded - 1);
    let length = (text.len() as u16).to_le_bytes();
    [MAGIC, &[1, 0], &length, text.as_bytes()].concat()
}
