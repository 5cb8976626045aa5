//! Telling from its content how a file of recordings is written.

use std::path::Path;

use super::error::RecordingsError;
use super::{json, ts};
use crate::error::DataError;
use crate::table::{TableError, is_binary, text};

pub(super) enum Content<'a> {
    Ts(&'a str),
    Json(&'a str),
    Array,
    Table,
}

pub(super) fn recognise<'a>(bytes: &'a [u8], path: &Path) -> Result<Content<'a>, RecordingsError> {
    if bytes.starts_with(b"\x93NUMPY") {
        return Ok(Content::Array);
    }
    if is_binary(bytes) {
        return Ok(Content::Table);
    }
    let of_table = |error| DataError::Table {
        path: path.to_owned(),
        error,
    };
    let text = text(bytes).map_err(of_table)?;
    if ts::is_arff(text) {
        return Err(of_table(TableError::OtherFormat {
            found: "an ARFF file",
            instead: "the archives have the same recordings as .ts files",
        })
        .into());
    }
    Ok(match text {
        _ if ts::is_ts(text) => Content::Ts(text),
        _ if json::is_json(text) => Content::Json(text),
        _ => Content::Table,
    })
}
