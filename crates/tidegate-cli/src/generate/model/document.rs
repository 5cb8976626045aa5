//! What was generated, as one JSON document.

use std::time::Duration;

use serde::Serialize;
use tidegate_data::{NoteStatistics, Piece, StatisticsDistance};
use tidegate_train::{Sampling, TokenKind};

/// How fast tokens were made, without the reading of the model and of the prompt.
#[derive(Debug, Serialize)]
pub(super) struct Speed {
    /// Tokens that were made: characters, bytes, or notes with the tokens that end steps and pieces.
    generated: usize,
    seconds: f64,
    tokens_per_second: f64,
}

impl Speed {
    pub(super) fn of(generated: usize, time: Duration) -> Speed {
        let seconds = time.as_secs_f64();
        Speed {
            generated,
            seconds,
            tokens_per_second: generated as f64 / seconds.max(f64::MIN_POSITIVE),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct TextDocument {
    pub(super) model: String,
    pub(super) tokens: TokenKind,
    pub(super) sampling: Sampling,
    pub(super) prompt: String,
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) speed: Speed,
}

#[derive(Debug, Serialize)]
pub(super) struct MusicDocument {
    pub(super) model: String,
    pub(super) tokens: TokenKind,
    pub(super) sampling: Sampling,
    /// Steps of the prompt, with which the first piece begins.
    pub(super) prompt_steps: usize,
    pub(super) steps: usize,
    pub(super) pieces: Vec<Piece>,
    pub(super) midi: Option<String>,
    pub(super) statistics: Statistics,
    #[serde(flatten)]
    pub(super) speed: Speed,
}

/// What the notes are like, beside those of the training pieces.
#[derive(Debug, Serialize)]
pub(super) struct Statistics {
    pub(super) generated: NoteStatistics,
    pub(super) training: NoteStatistics,
    pub(super) distance: StatisticsDistance,
}
