//! Reading a file, or what stands for one, whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::DataError;

/// Three hundred times the largest published set of music. Checked while reading, too: a file may grow.
const LARGEST_FILE: u64 = 1 << 30;

/// The bytes of a regular file of up to 1 GiB.
///
/// # Errors
/// [`DataError::Unreadable`], [`DataError::IsFolder`] or [`DataError::NotRegular`].
pub fn read_regular_file(path: &Path) -> Result<Vec<u8>, DataError> {
    let unreadable = |error| DataError::Unreadable {
        path: path.to_owned(),
        error,
    };
    // Asked before opening: to open a pipe would wait for its writer.
    let kind = path.metadata().map_err(unreadable)?.file_type();
    if kind.is_dir() {
        return Err(DataError::IsFolder {
            path: path.to_owned(),
        });
    }
    if !kind.is_file() {
        return Err(DataError::NotRegular {
            path: path.to_owned(),
        });
    }
    read_whole(File::open(path).map_err(unreadable)?, path)
}

/// What a source of up to 1 GiB gives; `path` names it in errors.
pub(crate) fn read_whole(source: impl Read, path: &Path) -> Result<Vec<u8>, DataError> {
    let unreadable = |error| DataError::Unreadable {
        path: path.to_owned(),
        error,
    };
    let mut bytes = Vec::new();
    let read = source
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if read as u64 > LARGEST_FILE {
        return Err(unreadable(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 1 GiB",
        )));
    }
    Ok(bytes)
}
