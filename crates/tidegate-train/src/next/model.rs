//! A trained next-step model with all that it needs to read and to write, in one file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::{Characters, MusicToken, NoteStatistics, Piece, decode_utf8, music_tokens};
use tidegate_model::{InputLayer, Model, Readout};

use super::corpus::TokenKind;
use super::data::byte_tokens;
use crate::error::TrainError;
use crate::model_task::ModelTask;
use crate::plan_file;
use crate::training::Training;

/// Values of a byte.
const BYTES: usize = 256;

/// Which part of its text a model was trained on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextPart {
    /// Tokens, from the first on, that weights were fitted to.
    pub training: usize,
    /// Tokens behind them by which the best epoch was chosen.
    pub validation: usize,
    /// Fingerprint of the training part.
    pub fingerprint: String,
}

/// What a model was trained on: what its tokens are and mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tokens", rename_all = "snake_case", deny_unknown_fields)]
pub enum Material {
    /// The characters of a text.
    Characters {
        /// All that there are.
        characters: Characters,
        /// What was learnt from.
        part: TextPart,
    },
    /// The bytes of a text: a token is a byte's value.
    Bytes {
        /// What was learnt from.
        part: TextPart,
    },
    /// The notes of music: see [`MusicToken`].
    Music {
        /// Semitones by which training pieces were moved at most.
        transpose: u8,
        /// What the notes of the training pieces are like.
        statistics: NoteStatistics,
    },
}

impl Material {
    /// Number of distinct tokens.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        match self {
            Material::Characters { characters, .. } => characters.len(),
            Material::Bytes { .. } => BYTES,
            Material::Music { .. } => MusicToken::COUNT,
        }
    }

    /// What the tokens are.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        match self {
            Material::Characters { .. } => TokenKind::Characters,
            Material::Bytes { .. } => TokenKind::Bytes,
            Material::Music { .. } => TokenKind::Music,
        }
    }

    /// What one token is called: of music, where notes and the ends of steps and of pieces are tokens, a token.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Material::Characters { .. } => "character",
            Material::Bytes { .. } => "byte",
            Material::Music { .. } => "token",
        }
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// [`TrainError::Text`] names the place of what is not UTF-8 or not known; [`TrainError::Option`] for a model of music.
    pub fn encode_text(&self, bytes: &[u8]) -> Result<Vec<u32>, TrainError> {
        match self {
            Material::Characters { characters, .. } => Ok(characters.encode(decode_utf8(bytes)?)?),
            Material::Bytes { .. } => Ok(byte_tokens(bytes)),
            Material::Music { .. } => Err(TrainError::OtherMaterial {
                model: "music",
                given: "a text",
            }),
        }
    }

    /// The tokens of the beginning of a piece, whose end is left open.
    ///
    /// # Errors
    /// [`TrainError::Option`] for a model of text.
    pub fn encode_music(&self, piece: &Piece) -> Result<Vec<u32>, TrainError> {
        match self {
            Material::Music { .. } => {
                let mut tokens = music_tokens(piece, 0);
                tokens.pop();
                Ok(tokens)
            }
            _ => Err(TrainError::OtherMaterial {
                model: "a text",
                given: "music",
            }),
        }
    }

    /// What a model reads before its first token where it is not given a beginning: of music the token that begins a piece;
    /// of a text the end of a line, where there is one, else a space, else the first character.
    #[must_use]
    pub fn beginning(&self) -> u32 {
        match self {
            Material::Characters { characters, .. } => {
                let known = |character| characters.token(character);
                known('\n').or_else(|| known(' ')).unwrap_or(0)
            }
            Material::Bytes { .. } => u32::from(b'\n'),
            Material::Music { .. } => MusicToken::Piece.number(),
        }
    }
}

/// What a next-step model was trained on, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextPlan {
    /// What its tokens are.
    pub material: Material,
    /// How it was trained.
    pub training: Training,
}

/// A trained next-step model.
#[derive(Debug)]
pub struct NextModel {
    /// The network: an embedding, recurrent layers, and logits of the next token at every step.
    pub model: Model,
    /// What it was trained on and how.
    pub plan: NextPlan,
}

impl NextModel {
    /// Writes the file: to a temporary file in the same folder, which is synced and then renamed to `path`.
    ///
    /// # Errors
    /// [`TrainError::Model`]; a file that stood at `path` before is as it was then.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let description = self.model.description_mut();
        plan_file::keep(
            &self.plan,
            ModelTask::Next.name(),
            description,
            path.as_ref(),
        )?;
        Ok(self.model.save(path)?)
    }

    /// Reads a file that [`NextModel::save`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Model`] and [`TrainError::Plan`] name the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<NextModel, TrainError> {
        let path = path.as_ref();
        let model = Model::load(path)?;
        let missing = "it does not say what its tokens are";
        let plan: NextPlan =
            plan_file::read(ModelTask::Next.name(), model.description(), path, missing)?;
        let (configuration, tokens) = (model.configuration(), plan.material.vocabulary());
        let embedded = match configuration.input {
            InputLayer::Embedding { vocabulary, .. } => vocabulary,
            InputLayer::Features => 0,
        };
        let fits = embedded == tokens
            && configuration.outputs == tokens
            && tokens > 0
            && configuration.readout == Readout::EveryStep
            && !configuration.recurrent.bidirectional;
        match fits {
            true => Ok(NextModel { model, plan }),
            false => Err(plan_file::problem(
                path,
                "its tokens do not fit its network".to_owned(),
            )),
        }
    }
}
