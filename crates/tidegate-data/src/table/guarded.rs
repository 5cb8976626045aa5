//! Decoders that panic where a file is damaged.
//!
//! The crates for Parquet and Arrow check most of what a file says, but not that the levels and lengths within a page, or
//! the bits within a buffer, agree with each other: changed bytes there end in a failed assertion or an index out of bounds
//! (in parquet 60.1 `column/reader/decoder.rs`, `util/bit_util.rs` and `array_reader/byte_array.rs`, in arrow-buffer 60.1
//! `buffer/immutable.rs` and `util/bit_chunk_iterator.rs`). To find these beforehand would be to decode the file.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::error::TableError;

thread_local! {
    /// Whether this thread decodes a file, so that a panic is an answer and not to be reported.
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// What `decode` gives; if it panics, an error that calls the file by its format.
pub(super) fn guarded<T>(
    format: &'static str,
    decode: impl FnOnce() -> Result<T, TableError>,
) -> Result<T, TableError> {
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !DECODING.get() {
                report(info);
            }
        }));
    });
    DECODING.set(true);
    // Nothing that `decode` changes is seen after it panicked.
    let result = panic::catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(false);
    result.unwrap_or_else(|_| {
        Err(TableError::Damaged {
            format,
            reason: "its parts do not fit together".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_is_an_error() {
        let nothing: Vec<u8> = Vec::new();
        let error = guarded("file", || Ok(nothing[0])).unwrap_err().to_string();
        assert_eq!(
            error,
            "the file is cut short, damaged or of a kind that is not read: its parts do not fit together"
        );
        assert!(!DECODING.get());
    }
}
