//! What a forecaster is made of: everything that its parameters' names and shapes follow from.

use serde::{Deserialize, Serialize};
use tidegate_cells::Stack;

use crate::configuration::{MAX_PARAMETERS, positive, probability};
use crate::error::ConfigurationError;

/// Most composed weights of the decoder for each parameter. With a segment's embedding as wide as the hidden state there are
/// at most eight.
const COMPOSED_PER_PARAMETER: usize = 32;

/// How the network reads a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Network {
    /// Step by step, all targets together; one dense head gives the whole horizon from the final hidden state and from
    /// what is known ahead.
    Direct,
    /// Segment by segment, each target on its own (SegRNN, Lin et al. 2023, arXiv 2308.11200): `length` rows of a
    /// target make one step of the recurrent layers, and each segment of the horizon is decoded in one step from the
    /// state at the window's end, told apart by learnt embeddings of its position and of its target.
    Segment {
        /// Rows of a segment. The window is a multiple of it; of the horizon's last segment the rest is cut off.
        length: usize,
    },
}

/// What is taken out of each window's targets before the network, and put back into its forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// Nothing.
    None,
    /// The last value of each target, as SegRNN does.
    #[default]
    Last,
    /// Mean and standard deviation of each target over the window: reversible instance normalisation (Kim et al. 2022)
    /// without its learnt scale.
    Instance,
}

/// Configuration of a [`Forecaster`](crate::Forecaster).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecasterConfiguration {
    /// How the network reads a window.
    pub network: Network,
    /// The recurrent layers. Their `input_size` is `past_size` for [`Network::Direct`] and the width D of the segment's
    /// embedding for [`Network::Segment`], whose layers run forwards only.
    pub recurrent: Stack,
    /// Rows that are read, W.
    pub window: usize,
    /// Rows that are forecast, F.
    pub horizon: usize,
    /// Targets of a row, C.
    pub targets: usize,
    /// Features of a row that are known up to now, the targets first, P.
    pub past_size: usize,
    /// Features of a row that are known ahead, K.
    pub known_size: usize,
    /// Numbers for each target and row, L: 1 for a point forecast; more are quantiles, which never cross.
    pub levels: usize,
    /// What is taken out of a window before the network.
    #[serde(default)]
    pub normalisation: Normalisation,
    /// Probability, 0 to below 1, of zeroing a unit that the head reads, in training. Default 0.
    #[serde(default)]
    pub dropout: f32,
}

impl ForecasterConfiguration {
    /// Checks every field, that they fit together and that the parameters can be counted without overflow.
    ///
    /// # Errors
    /// [`ConfigurationError`] names the field at fault and what is accepted.
    pub fn validate(&self) -> Result<(), ConfigurationError> {
        self.recurrent.validate()?;
        positive("window", self.window)?;
        positive("horizon", self.horizon)?;
        positive("targets", self.targets)?;
        positive("levels", self.levels)?;
        probability("dropout", self.dropout)?;
        if self.past_size < self.targets {
            return Err(ConfigurationError::PastSize {
                past_size: self.past_size,
                targets: self.targets,
            });
        }
        match self.network {
            Network::Direct if self.recurrent.input_size != self.past_size => {
                return Err(ConfigurationError::InputSize {
                    input_size: self.recurrent.input_size,
                    past_size: self.past_size,
                });
            }
            Network::Direct => {}
            Network::Segment { length } => {
                positive("network.length", length)?;
                if !self.window.is_multiple_of(length) {
                    return Err(ConfigurationError::SegmentLength {
                        length,
                        window: self.window,
                    });
                }
                if self.recurrent.bidirectional {
                    return Err(ConfigurationError::Bidirectional);
                }
                if self.recurrent.input_size < 2 {
                    return Err(ConfigurationError::EmbeddingWidth);
                }
            }
        }
        match self.checked_parameter_count() {
            Some(_) => Ok(()),
            None => Err(ConfigurationError::TooManyParameters),
        }
    }

    /// Number of parameters of all layers; `usize::MAX` if it does not fit this machine.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.checked_parameter_count().unwrap_or(usize::MAX)
    }

    fn checked_parameter_count(&self) -> Option<usize> {
        let mut total = self.recurrent.parameter_count();
        for shape in self.shapes_beside_the_recurrent_layers()? {
            let size = shape
                .iter()
                .try_fold(1_usize, |size, &next| size.checked_mul(next))?;
            total = total.checked_add(size)?;
        }
        let outputs = self
            .horizon
            .checked_mul(self.targets)?
            .checked_mul(self.levels)?;
        // The decoder's composed weights are no parameters: they must not outgrow what a file can fill.
        let composed = self
            .checked_query_size()?
            .checked_mul(self.recurrent.hidden_size)?;
        let composed = composed.checked_mul(self.recurrent.cell.blocks())?;
        let most = total.saturating_mul(COMPOSED_PER_PARAMETER);
        let fits = composed <= most && outputs <= MAX_PARAMETERS && total <= MAX_PARAMETERS;
        fits.then_some(total)
    }

    /// Inputs of the decoder, S: the horizon's segments, the targets and what is known ahead of a segment; 0 without one.
    fn checked_query_size(&self) -> Option<usize> {
        let Network::Segment { length } = self.network else {
            return Some(0);
        };
        let known = length.checked_mul(self.known_size)?;
        self.horizon_segments()
            .checked_add(self.targets)?
            .checked_add(known)
    }

    fn shapes_beside_the_recurrent_layers(&self) -> Option<Vec<Vec<usize>>> {
        let units = self
            .recurrent
            .hidden_size
            .checked_mul(self.recurrent.directions())?;
        Some(match self.network {
            Network::Direct => {
                let rows = self
                    .horizon
                    .checked_mul(self.targets)?
                    .checked_mul(self.levels)?;
                let inputs = self
                    .horizon
                    .checked_mul(self.known_size)?
                    .checked_add(units)?;
                vec![vec![rows, inputs], vec![rows]]
            }
            Network::Segment { length } => {
                let width = self.recurrent.input_size;
                let inputs = length.checked_mul(1 + (self.past_size - self.targets))?;
                let outputs = length.checked_mul(self.levels)?;
                vec![
                    vec![width, inputs],
                    vec![width],
                    vec![self.horizon_segments(), width / 2],
                    vec![self.targets, width - width / 2],
                    vec![length.checked_mul(self.known_size)?, width],
                    vec![outputs, units],
                    vec![outputs],
                ]
            }
        })
    }

    /// Segments of the horizon, of which the last may be cut; 1 for [`Network::Direct`].
    pub(crate) fn horizon_segments(&self) -> usize {
        match self.network {
            Network::Direct => 1,
            Network::Segment { length } => self.horizon.div_ceil(length),
        }
    }

    /// Numbers of the forecast of one window: horizon × targets × levels.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.horizon * self.targets * self.levels
    }
}
