//! Arrow's format for files and for streams (Feather version 2 is the former): messages, each with a body of buffers.
//!
//! What a message announces is held against the bytes that are there before it is decoded: the decoder would take memory
//! for any size that it is told.

use std::collections::HashMap;
use std::sync::Arc;

use ::arrow_ipc::convert::try_fb_to_schema;
use ::arrow_ipc::reader::{read_dictionary, read_footer_length, read_record_batch};
use ::arrow_ipc::{
    Block, Message, MessageHeader, RecordBatch, Schema as SchemaMessage, root_as_footer,
    root_as_message,
};
use arrow_array::ArrayRef;
use arrow_buffer::Buffer;
use arrow_schema::{ArrowError, Schema};

use super::arrow_columns::ArrowColumns;
use super::error::TableError;
use super::{Table, TableFormat, size};

pub(super) const FILE_MAGIC: &[u8] = b"ARROW1";

pub(super) const FORMAT: &str = "Arrow file";

/// Stands before each message.
pub(super) const CONTINUATION: &[u8] = &[0xff; 4];

/// Eight magic bytes in front; a length and six magic bytes at the end.
const LEAST_FILE: usize = 18;

/// Reads a file: its footer says where the messages are.
pub(super) fn read_file(bytes: &[u8]) -> Result<Table, TableError> {
    let cut_short = || damaged("its end is missing");
    let (rest, end) = match bytes.len() {
        LEAST_FILE.. => bytes.split_last_chunk::<10>().ok_or_else(cut_short)?,
        _ => return Err(cut_short()),
    };
    let length = read_footer_length(*end).map_err(|_| cut_short())?;
    let start = rest.len().checked_sub(length).ok_or_else(cut_short)?;
    let footer = root_as_footer(&rest[start..]).map_err(damaged)?;
    let schema = footer
        .schema()
        .ok_or_else(|| damaged("its schema is missing"))?;
    let mut reader = Reader::new(schema)?;
    let dictionaries = footer.dictionaries().into_iter().flatten();
    let batches = footer.recordBatches().into_iter().flatten();
    for block in dictionaries.chain(batches) {
        let placed =
            message(rest, start_of(block)?)?.ok_or_else(|| damaged("a message is missing"))?;
        reader.read(&placed)?;
    }
    reader.columns.finish(TableFormat::ArrowFile)
}

fn start_of(block: &Block) -> Result<usize, TableError> {
    usize::try_from(block.offset()).map_err(|_| damaged("a message has no place"))
}

/// Reads a stream: message after message, up to the mark that ends it.
pub(super) fn read_stream(bytes: &[u8]) -> Result<Table, TableError> {
    let no_schema = || damaged("its schema is missing");
    let first = message(bytes, 0)?.ok_or_else(no_schema)?;
    let mut reader = Reader::new(first.message.header_as_schema().ok_or_else(no_schema)?)?;
    let mut start = first.next;
    while let Some(placed) = message(bytes, start)? {
        reader.read(&placed)?;
        start = placed.next;
    }
    reader.columns.finish(TableFormat::ArrowStream)
}

/// A message with its body.
struct Placed<'a> {
    message: Message<'a>,
    body: &'a [u8],
    /// Where the next one begins.
    next: usize,
}

/// The message that begins at a place; none at the mark of the end.
fn message(bytes: &[u8], start: usize) -> Result<Option<Placed<'_>>, TableError> {
    let cut_short = || damaged("it ends within a message, or before the mark of its end");
    let mut rest = bytes.get(start..).ok_or_else(cut_short)?;
    rest = rest.strip_prefix(CONTINUATION).unwrap_or(rest);
    let (length, rest) = rest.split_first_chunk().ok_or_else(cut_short)?;
    let length = match i32::from_le_bytes(*length) {
        0 => return Ok(None),
        length => usize::try_from(length).map_err(|_| cut_short())?,
    };
    let (header, rest) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    let message = root_as_message(header).map_err(damaged)?;
    let length = usize::try_from(message.bodyLength()).map_err(|_| cut_short())?;
    let (body, rest) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    Ok(Some(Placed {
        message,
        body,
        next: bytes.len() - rest.len(),
    }))
}

struct Reader {
    schema: Arc<Schema>,
    dictionaries: HashMap<i64, ArrayRef>,
    columns: ArrowColumns,
    /// Bytes of all buffers so far once they are unpacked.
    unpacked: usize,
}

impl Reader {
    fn new(schema: SchemaMessage) -> Result<Reader, TableError> {
        if !schema.endianness().equals_to_target_endianness() {
            return Err(damaged(
                "its numbers have the byte order of another machine",
            ));
        }
        let schema = Arc::new(try_fb_to_schema(schema).map_err(of_arrow)?);
        Ok(Reader {
            columns: ArrowColumns::new(&schema)?,
            schema,
            dictionaries: HashMap::new(),
            unpacked: 0,
        })
    }

    fn read(&mut self, placed: &Placed) -> Result<(), TableError> {
        let Placed { message, body, .. } = placed;
        let incomplete = || damaged("a message is incomplete");
        match message.header_type() {
            MessageHeader::RecordBatch => {
                let batch = message.header_as_record_batch().ok_or_else(incomplete)?;
                self.check(&batch, body)?;
                let batch = read_record_batch(
                    &Buffer::from(*body),
                    batch,
                    Arc::clone(&self.schema),
                    &self.dictionaries,
                    None,
                    &message.version(),
                );
                self.columns.append(&batch.map_err(of_arrow)?)
            }
            MessageHeader::DictionaryBatch => {
                let batch = message
                    .header_as_dictionary_batch()
                    .ok_or_else(incomplete)?;
                self.check(&batch.data().ok_or_else(incomplete)?, body)?;
                read_dictionary(
                    &Buffer::from(*body),
                    batch,
                    &self.schema,
                    &mut self.dictionaries,
                    &message.version(),
                )
                .map_err(of_arrow)
            }
            _ => Err(damaged("a message is none of rows")),
        }
    }

    /// That all buffers lie within the body, and unpack to no more than is read.
    fn check(&mut self, batch: &RecordBatch, body: &[u8]) -> Result<(), TableError> {
        for buffer in batch.buffers().into_iter().flatten() {
            let place = |value: i64| usize::try_from(value).ok();
            let content = place(buffer.offset())
                .zip(place(buffer.length()))
                .and_then(|(offset, length)| body.get(offset..offset.checked_add(length)?))
                .ok_or_else(|| damaged("a message announces more than it holds"))?;
            let unpacked = match content.first_chunk() {
                // -1 says that the buffer is not compressed after all.
                Some(length) if batch.compression().is_some() => {
                    usize::try_from(i64::from_le_bytes(*length)).unwrap_or(0)
                }
                _ => 0,
            };
            self.unpacked = self.unpacked.saturating_add(unpacked);
        }
        if self.unpacked > size::BYTES {
            return Err(TableError::TooLarge {
                what: "has more than 1 GiB of values once it is unpacked".to_owned(),
                limit: "1 GiB".to_owned(),
            });
        }
        Ok(())
    }
}

fn of_arrow(error: ArrowError) -> TableError {
    damaged(error)
}

fn damaged(reason: impl ToString) -> TableError {
    TableError::Damaged {
        format: FORMAT,
        reason: reason.to_string(),
    }
}
