//! Text as tokens: reading it, its vocabulary, and what can be wrong with it.
//!
//! Here live the reader of a file ([`read_text`]), the characters that a model knows ([`Characters`]) and the places that
//! messages name. Here do not live music, splits or sequences.

mod characters;
mod error;

use std::io::Read;
use std::path::Path;

use crate::error::DataError;
use crate::regular_file::{read_regular_file, read_whole};
pub use characters::Characters;
pub use error::{TextError, TextPlace};

/// The mark that some programs put before a text: it says how the text is encoded and is no part of it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads the bytes of a file of up to 1 GiB. Line ends are left as they are.
///
/// # Errors
/// [`DataError::Unreadable`], [`DataError::IsFolder`] or, for a pipe or a device, [`DataError::NotRegular`] where there is no
/// file to read; [`DataError::Text`] for a file without a byte.
pub fn read_text(path: impl AsRef<Path>) -> Result<Vec<u8>, DataError> {
    let path = path.as_ref();
    not_empty(read_regular_file(path)?, path)
}

/// Reads the same from another source, which errors call `name`.
///
/// # Errors
/// The same.
pub fn read_text_from(source: impl Read, name: &str) -> Result<Vec<u8>, DataError> {
    let path = Path::new(name);
    not_empty(read_whole(source, path)?, path)
}

fn not_empty(bytes: Vec<u8>, path: &Path) -> Result<Vec<u8>, DataError> {
    match bytes.is_empty() {
        true => Err(DataError::Text {
            path: path.to_owned(),
            error: TextError::Empty,
        }),
        false => Ok(bytes),
    }
}

/// The characters of UTF-8, without the byte order mark that may stand before them.
///
/// ```
/// use tidegate_data::decode_utf8;
///
/// assert_eq!(decode_utf8("\u{feff}안녕\r\n".as_bytes())?, "안녕\r\n");
/// let error = decode_utf8(b"one\ntw\xff").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 2, column 3 (byte 6): the byte 0xFF is not UTF-8: save the text as UTF-8, or take its bytes as tokens"
/// );
/// # Ok::<(), tidegate_data::TextError>(())
/// ```
///
/// # Errors
/// [`TextError::NotUtf8`] names the first byte that belongs to no character; [`TextError::Empty`] where there is no
/// character.
pub fn decode_utf8(bytes: &[u8]) -> Result<&str, TextError> {
    // The mark is no part of the text, and places are counted without it.
    let bytes = bytes
        .strip_prefix(BYTE_ORDER_MARK.as_bytes())
        .unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = error.valid_up_to();
        // What stands before that place is UTF-8.
        let before = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
        TextError::NotUtf8 {
            place: TextPlace::after(before),
            byte: bytes[valid],
            is_cut_short: error.error_len().is_none(),
        }
    })?;
    match text {
        "" => Err(TextError::Empty),
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests;
