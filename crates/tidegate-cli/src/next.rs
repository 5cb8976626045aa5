//! What the commands of next-step models share: their metrics, as JSON and as text. Here do not live the commands themselves.

mod metrics;

pub(crate) use metrics::{NextMetrics, part_in_words, taken_for_music};
