//! Tables between Python's libraries and Tidegate: in as an Arrow stream or as NumPy arrays, out as an Arrow stream.
//!
//! What a column becomes is decided by the very code that reads Arrow files (`tidegate_data::Table::of_batches`). Here do not
//! live the roles of columns.

mod column;
mod frame;
mod stream;
mod table;

pub(crate) use frame::{Frame, FrameColumn};
pub(crate) use table::Table;
