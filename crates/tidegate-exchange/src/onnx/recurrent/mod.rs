//! GRU, LSTM and RNN with all attributes of the standard.
//!
//! `compute` lays inputs and outputs out, `weights` checks the tensors, `engine_cell` hands one direction to the engine, `plain_cell` computes what its equations do
//! not cover. Directions are independent, so each is one cell; the backward one reads its sequences reversed within their lengths.

mod activation;
mod compute;
mod engine_cell;
mod kind;
mod plain_cell;
mod weights;

use tidegate_cells::Cell;

use self::activation::Activation;
use self::engine_cell::EngineCell;
use self::plain_cell::{PlainCell, PlainOptions};
use self::weights::DirectionWeights;
use super::attributes::Attributes;
use super::tensor::Tensor;

pub(super) use self::kind::{Kind, PEEPHOLE_ORDER, reorder};
pub(super) use self::weights::WeightTensors;

/// The directions that a node runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Reverse,
    Bidirectional,
}

/// A recurrent node's attributes.
#[derive(Clone, Debug)]
pub(super) struct Recurrent {
    pub(super) kind: Kind,
    pub(super) hidden_size: usize,
    pub(super) direction: Direction,
    /// Of each direction, one after the other.
    activations: Vec<Activation>,
    clip: Option<f32>,
    /// Whether the batch is the first axis of X, Y and the states.
    pub(super) batch_first: bool,
    linear_before_reset: bool,
    input_forget: bool,
}

/// A node's inputs.
#[derive(Clone, Copy)]
pub(super) struct RecurrentInputs<'a> {
    pub(super) x: &'a Tensor,
    pub(super) weights: WeightTensors<'a>,
    pub(super) lengths: Option<&'a Tensor>,
    pub(super) hidden: Option<&'a Tensor>,
    pub(super) cell: Option<&'a Tensor>,
}

impl<'a> RecurrentInputs<'a> {
    /// X, W, R, B, sequence_lens, initial_h, initial_c, P.
    pub(super) fn of(inputs: &[Option<&'a Tensor>]) -> Result<RecurrentInputs<'a>, String> {
        let at = |index: usize| inputs.get(index).copied().flatten();
        let required =
            |index, name: &str| at(index).ok_or_else(|| format!("input {name} is missing"));
        Ok(RecurrentInputs {
            x: required(0, "X")?,
            weights: WeightTensors {
                input: required(1, "W")?,
                recurrent: required(2, "R")?,
                bias: at(3),
                peepholes: at(7),
            },
            lengths: at(4),
            hidden: at(5),
            cell: at(6),
        })
    }
}

/// A direction that is ready to run.
#[derive(Debug)]
enum DirectionCell {
    Engine(EngineCell),
    Plain(PlainCell),
}

/// The cells of a node whose weights are constant.
#[derive(Debug)]
pub(super) struct PreparedCells {
    cells: Vec<DirectionCell>,
    input_size: usize,
}

impl PreparedCells {
    /// Bytes of the weights.
    pub(super) fn memory_bytes(&self) -> usize {
        let bytes = |cell: &DirectionCell| match cell {
            DirectionCell::Engine(cell) => cell.memory_bytes(),
            DirectionCell::Plain(cell) => cell.memory_bytes(),
        };
        self.cells.iter().map(bytes).sum()
    }
}

impl Recurrent {
    /// Reads the attributes of a node.
    pub(super) fn read(kind: Kind, attributes: &mut Attributes) -> Result<Recurrent, String> {
        let direction = match attributes.text("direction")?.as_deref() {
            None | Some("forward") => Direction::Forward,
            Some("reverse") => Direction::Reverse,
            Some("bidirectional") => Direction::Bidirectional,
            Some(other) => {
                return Err(format!(
                    "direction {other} is none of forward, reverse and bidirectional"
                ));
            }
        };
        let directions = 1 + usize::from(direction == Direction::Bidirectional);
        let defaults = kind.default_activations();
        let names = attributes.texts("activations")?;
        let (alphas, betas) = (
            attributes.floats("activation_alpha").unwrap_or_default(),
            attributes.floats("activation_beta").unwrap_or_default(),
        );
        let activations = match names {
            Some(names) => activation::read(&names, &alphas, &betas)?,
            None if alphas.is_empty() && betas.is_empty() => defaults.repeat(directions),
            None => return Err("activation_alpha and activation_beta need activations".into()),
        };
        if activations.len() != directions * defaults.len() {
            return Err(format!(
                "{} activations are given where {directions} directions have {} each",
                activations.len(),
                defaults.len()
            ));
        }
        let clip = attributes.float("clip")?;
        if let Some(clip) = clip.filter(|clip| clip.is_nan() || *clip < 0.0) {
            return Err(format!("clip {clip} is no threshold"));
        }
        let hidden_size = attributes
            .int("hidden_size")?
            .and_then(|size| usize::try_from(size).ok())
            .filter(|&size| size > 0)
            .ok_or("hidden_size is not given as a number from 1")?;
        Ok(Recurrent {
            kind,
            hidden_size,
            direction,
            activations,
            clip,
            batch_first: attributes.flag("layout")?,
            linear_before_reset: kind == Kind::Gru
                && attributes.int("linear_before_reset")?.unwrap_or(0) != 0,
            input_forget: kind == Kind::Lstm && attributes.flag("input_forget")?,
        })
    }

    /// 2 for a bidirectional node, else 1.
    pub(super) fn directions(&self) -> usize {
        1 + usize::from(self.direction == Direction::Bidirectional)
    }

    fn activations_of(&self, direction: usize) -> &[Activation] {
        let each = self.activations.len() / self.directions();
        &self.activations[direction * each..][..each]
    }

    /// The engine's cell for a direction of this node.
    ///
    /// # Errors
    /// What the engine's equations do not cover.
    pub(super) fn engine_cell(&self, direction: usize, peepholes: bool) -> Result<Cell, String> {
        if let Some(clip) = self.clip {
            return Err(format!("clip {clip}"));
        }
        if self.input_forget {
            return Err("input_forget".into());
        }
        let activations = self.activations_of(direction);
        engine_cell::cell(self.kind, activations, self.linear_before_reset, peepholes)
            .ok_or_else(|| format!("activations {activations:?}"))
    }

    /// What the engine does not cover, if anything.
    pub(super) fn why_plain(&self) -> Option<String> {
        (0..self.directions()).find_map(|direction| self.engine_cell(direction, true).err())
    }

    /// About the bytes that packed weights take: the engine fills units and inputs up to whole vectors.
    pub(super) fn packed_bytes(&self, weights: &WeightTensors<'_>) -> usize {
        const VECTOR: usize = 16;
        let inputs = weights.input.shape().last().copied().unwrap_or(0);
        [
            self.hidden_size.saturating_add(VECTOR),
            inputs
                .saturating_add(self.hidden_size)
                .saturating_add(VECTOR),
            self.kind.blocks() * self.directions() * 2 * size_of::<f32>(),
        ]
        .into_iter()
        .fold(1, usize::saturating_mul)
    }

    /// Packs weights.
    ///
    /// # Errors
    /// A tensor of another shape or type, or a weight that is not finite.
    pub(super) fn prepare(&self, weights: &WeightTensors<'_>) -> Result<PreparedCells, String> {
        if weights.peepholes.is_some() && self.kind != Kind::Lstm {
            return Err(format!("{} has no peepholes", self.kind.name()));
        }
        let (weights, input_size) =
            weights.split(self.kind, self.directions(), self.hidden_size)?;
        let cells = weights
            .iter()
            .enumerate()
            .map(|(direction, weights)| self.direction_cell(direction, weights, input_size))
            .collect::<Result<_, _>>()?;
        Ok(PreparedCells { cells, input_size })
    }

    fn direction_cell(
        &self,
        direction: usize,
        weights: &DirectionWeights<'_>,
        input_size: usize,
    ) -> Result<DirectionCell, String> {
        match self.engine_cell(direction, weights.peepholes.is_some()) {
            Ok(cell) => {
                let flat = weights.flat(self.kind, self.hidden_size);
                EngineCell::new(cell, input_size, self.hidden_size, &flat)
                    .map(DirectionCell::Engine)
            }
            Err(_) => Ok(DirectionCell::Plain(PlainCell::new(
                PlainOptions {
                    kind: self.kind,
                    input_size,
                    hidden_size: self.hidden_size,
                    activations: self.activations_of(direction).to_vec(),
                    clip: self.clip,
                    linear_before_reset: self.linear_before_reset,
                    input_forget: self.input_forget,
                },
                weights,
            ))),
        }
    }
}
