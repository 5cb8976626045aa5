//! Telling from its first bytes how a file is written.

use super::error::TableError;

/// The text of a file, without a byte order mark.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Delimited(&'a str),
    JsonLines(&'a str),
}

/// First bytes of files that people keep tables in, and that are no text.
const OTHERS: [(&[u8], &str); 10] = [
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
];

pub(super) fn recognise(bytes: &[u8]) -> Result<Content<'_>, TableError> {
    if let Some((_, found)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(TableError::OtherFormat { found });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| not_text(bytes, error.valid_up_to()))?;
    if let Some(zero) = text.find('\0') {
        return Err(not_text(bytes, zero));
    }
    match text.trim_ascii_start().as_bytes().first() {
        None => Err(TableError::Empty),
        Some(b'{') => Ok(Content::JsonLines(text)),
        Some(b'[') => Err(TableError::OtherFormat {
            found: "a JSON array",
        }),
        Some(_) => Ok(Content::Delimited(text)),
    }
}

fn not_text(bytes: &[u8], place: usize) -> TableError {
    let ends = bytes[..place].iter().filter(|&&byte| byte == b'\n');
    TableError::NotText {
        line: 1 + ends.count() as u64,
    }
}
