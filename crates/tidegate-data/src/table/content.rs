//! Telling from its first bytes how a file is written.

use super::arrow_ipc;
use super::error::{SAVE_AS_TABLE, SAVE_IN_UTF8, TableError, UNPACK};

/// How a file is written; of texts, what follows the byte order mark.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Delimited(&'a str),
    JsonLines(&'a str),
    Parquet,
    ArrowFile,
    ArrowStream,
    Npy,
    Zip,
}

/// First bytes of files that are read and are no text.
const BINARY: [(&[u8], Content); 6] = [
    (b"PAR1", Content::Parquet),
    (arrow_ipc::FILE_MAGIC, Content::ArrowFile),
    (arrow_ipc::CONTINUATION, Content::ArrowStream),
    (b"\x93NUMPY", Content::Npy),
    (b"PK\x03\x04", Content::Zip),
    // An archive of nothing.
    (b"PK\x05\x06", Content::Zip),
];

/// First bytes of files that people keep tables in, and that are not read.
const OTHERS: [(&[u8], &str, &str); 11] = [
    (b"PARE", "an encrypted Parquet file", SAVE_AS_TABLE),
    (b"FEA1", "a Feather file of version 1", SAVE_AS_TABLE),
    (b"\xd0\xcf\x11\xe0", "an old Office document", SAVE_AS_TABLE),
    (b"\x89HDF", "an HDF5 file", SAVE_AS_TABLE),
    (b"SQLite format 3", "an SQLite database", SAVE_AS_TABLE),
    (b"\x80\x04\x95", "a pickle of Python", SAVE_AS_TABLE),
    (b"\x1f\x8b", "compressed with gzip", UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", UNPACK),
    (b"BZh", "compressed with bzip2", UNPACK),
    (b"\xff\xfe", "text in UTF-16", SAVE_IN_UTF8),
    (b"\xfe\xff", "text in UTF-16", SAVE_IN_UTF8),
];

pub(super) fn recognise(bytes: &[u8]) -> Result<Content<'_>, TableError> {
    for (magic, content) in BINARY {
        if bytes.starts_with(magic) {
            return Ok(content);
        }
    }
    let text = text(bytes)?;
    match text.trim_ascii_start().as_bytes().first() {
        None => Err(TableError::Empty),
        Some(b'{') => Ok(Content::JsonLines(text)),
        Some(b'[') => Err(TableError::OtherFormat {
            found: "a JSON array",
            instead: "save the table as JSON lines, one object a line",
        }),
        Some(_) => Ok(Content::Delimited(text)),
    }
}

/// Whether the first bytes are those of a file that is read and is no text.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    BINARY.iter().any(|(magic, _)| bytes.starts_with(magic))
}

/// The text of a file that is none of the binary ones, after its byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, TableError> {
    let other = OTHERS.iter().find(|(magic, ..)| bytes.starts_with(magic));
    if let Some(&(_, found, instead)) = other {
        return Err(TableError::OtherFormat { found, instead });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| not_text(bytes, error.valid_up_to()))?;
    match text.find('\0') {
        Some(zero) => Err(not_text(bytes, zero)),
        None => Ok(text),
    }
}

fn not_text(bytes: &[u8], place: usize) -> TableError {
    let before = &bytes[..place];
    let line_start = before.iter().rposition(|&byte| byte == b'\n');
    TableError::NotText {
        line: 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64,
        byte: (place - line_start.map_or(0, |end| end + 1)) as u64 + 1,
    }
}
