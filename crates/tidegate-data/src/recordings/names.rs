//! Names that columns and keys have, as a rule; capitals do not count.

/// Of what tells recordings apart.
pub(super) const IDS: [&str; 12] = [
    "sequence_id",
    "recording_id",
    "series_id",
    "segment_id",
    "sample_id",
    "unique_id",
    "item_id",
    "case_id",
    "id",
    "sequence",
    "recording",
    "series",
];

/// Of what orders the rows of a recording.
pub(super) const TIMES: [&str; 8] = [
    "time",
    "timestamp",
    "datetime",
    "date_time",
    "date",
    "ds",
    "time_step",
    "step",
];

/// Of labels.
pub(super) const LABELS: [&str; 5] = ["label", "labels", "class", "class_label", "target"];

/// Of the files that labels belong to.
pub(super) const FILES: [&str; 4] = ["file", "filename", "file_name", "path"];
