//! Apache Parquet.

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ParquetMetaData;
use bytes::Bytes;

use super::arrow_columns::ArrowColumns;
use super::error::TableError;
use super::{Table, TableFormat};

pub(super) const FORMAT: &str = "Parquet file";

pub(super) fn read(bytes: Vec<u8>) -> Result<Table, TableError> {
    let length = bytes.len() as u64;
    let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).map_err(damaged)?;
    check_compression(builder.metadata())?;
    check_places(builder.metadata(), length)?;
    let mut columns = ArrowColumns::new(builder.schema())?;
    for batch in builder.build().map_err(damaged)? {
        let batch = batch.map_err(|error| damaged(ParquetError::from(error)))?;
        columns.append(&batch)?;
    }
    columns.finish(TableFormat::Parquet)
}

fn check_compression(metadata: &ParquetMetaData) -> Result<(), TableError> {
    let columns = metadata
        .row_groups()
        .iter()
        .flat_map(|group| group.columns());
    for column in columns {
        let codec = match column.compression() {
            Compression::BROTLI(_) => "Brotli",
            Compression::LZO => "LZO",
            _ => continue,
        };
        return Err(TableError::CompressionNotRead {
            column: column.column_path().string(),
            codec,
        });
    }
    Ok(())
}

/// That every column lies within the file, which the decoder takes for granted.
fn check_places(metadata: &ParquetMetaData, length: u64) -> Result<(), TableError> {
    let columns = metadata
        .row_groups()
        .iter()
        .flat_map(|group| group.columns());
    for column in columns {
        let pages = column
            .dictionary_page_offset()
            .unwrap_or(column.data_page_offset());
        let end = u64::try_from(pages)
            .ok()
            .zip(u64::try_from(column.compressed_size()).ok())
            .and_then(|(start, size)| start.checked_add(size));
        if end.is_none_or(|end| end > length) {
            return Err(TableError::Damaged {
                format: FORMAT,
                reason: format!(
                    "column {:?} lies beyond its end",
                    column.column_path().string()
                ),
            });
        }
    }
    Ok(())
}

fn damaged(error: ParquetError) -> TableError {
    let text = error.to_string();
    TableError::Damaged {
        format: FORMAT,
        reason: text
            .strip_prefix("Parquet error: ")
            .unwrap_or(&text)
            .to_owned(),
    }
}
