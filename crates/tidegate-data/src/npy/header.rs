//! The header of a NumPy file.

use serde::Deserialize;
use serde_json::Value;

use super::element::Element;

const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy writes 118 bytes for an array of numbers; only records with many fields need more.
const LONGEST: usize = 4096;

/// What the header says of the elements that follow it.
pub(super) struct Header {
    pub(super) descr: String,
    pub(super) element: Element,
    pub(super) big_endian: bool,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<u64>,
}

/// The header's dictionary.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dictionary {
    /// A text, or a list of fields.
    descr: Value,
    fortran_order: bool,
    shape: Vec<u64>,
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
    let Value::String(descr) = dictionary.descr else {
        return Err(
            "the array is structured, of several fields: save each field as an array of its own, as by numpy.savez"
                .to_owned(),
        );
    };
    let (order, kind) = descr.split_at_checked(1).unwrap_or_default();
    let element = Element::parse(kind).ok_or_else(|| {
        format!(
            "the array has the type {descr:?}: save it as float32 or float64, as by array.astype(\"float32\"), or as \
             whole numbers, booleans, texts or datetime64"
        )
    })?;
    let big_endian = match order {
        // Elements of one byte have no order.
        "<" | "|" => false,
        ">" => true,
        _ => return Err(format!("the array has the unknown byte order {order:?}")),
    };
    Ok(Header {
        element,
        big_endian,
        fortran_order: dictionary.fortran_order,
        shape: dictionary.shape,
        descr,
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
