//! What is known of a file of recordings beforehand.

use serde::{Deserialize, Serialize};

/// How a file of recordings is to be read. Whatever is left open is found in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingsOptions {
    /// Column, or key, that tells recordings apart.
    pub id: Option<String>,
    /// Column of a table that orders the rows of a recording.
    pub time: Option<String>,
    /// Columns of a table, or keys, that are channels, in this order.
    pub channels: Option<Vec<String>>,
    /// Column, or key, with the labels.
    pub label: Option<String>,
    /// Whether each step has a label of its own.
    pub every_step: bool,
    /// Whether labels are passed over, as if there were none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore_labels: bool,
    /// Which of the parts of a JSON document, such as `train`.
    pub part: Option<String>,
}
