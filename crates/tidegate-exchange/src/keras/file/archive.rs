//! The ZIP archive that a `.keras` file is.

use std::io::{Cursor, Read};

use zip::CompressionMethod;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::ExchangeError;

/// A file of the archive. Keras stores them as they are, so that none is longer than the archive; compressed ones are refused.
pub(super) fn entry(bytes: &[u8], name: &'static str) -> Result<Vec<u8>, ExchangeError> {
    let malformed = |reason: String| ExchangeError::Malformed {
        place: "the archive".into(),
        reason,
    };
    let damaged = |error: ZipError| malformed(format!("is damaged: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Err(malformed(format!("holds no {name}"))),
        Err(error) => return Err(damaged(error)),
    };
    if file.compression() != CompressionMethod::Stored {
        return Err(malformed(format!(
            "holds {name} compressed, which Keras does not do: save the model again with model.save(\"model.keras\")"
        )));
    }
    let mut contents = Vec::new();
    file.take(bytes.len() as u64)
        .read_to_end(&mut contents)
        .map_err(|error| malformed(format!("is damaged: {name}: {error}")))?;
    Ok(contents)
}
