//! The parameters of the estimators that read whole recordings: those of `tidegate train classify`, by its names.

use pyo3::prelude::*;
use tidegate_cells::CellVariant;
use tidegate_train::{
    ClassWeights, ClassifyPooling, ClassifyRecipe, RegressRecipe, SequenceNetwork, Training,
};

use super::training::word;
use crate::error::{Failure, Outcome};

/// Read from a dictionary with exactly these keys.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(super) struct SequenceOptions {
    validation: f64,
    cell: String,
    hidden: usize,
    layers: usize,
    directions: String,
    pooling: String,
    dropout: f32,
    input_dropout: f32,
    recurrent_dropout: f32,
    class_weights: String,
    epochs: usize,
    patience: Option<usize>,
    batch: usize,
    learning_rate: f64,
    clip: Option<f64>,
    weight_decay: f64,
    seed: u64,
}

impl SequenceOptions {
    /// What a classifier is trained by.
    pub(super) fn classify(&self) -> Outcome<ClassifyRecipe> {
        let network = self.network()?;
        let class_weights = word(
            "class_weights",
            &self.class_weights,
            &[
                ("equal", ClassWeights::Equal),
                ("balanced", ClassWeights::Balanced),
            ],
        )?;
        Ok(ClassifyRecipe {
            valid_share: self.validation,
            cell: network.cell,
            hidden_size: network.hidden_size,
            layers: network.layers,
            bidirectional: network.bidirectional,
            pooling: network.pooling,
            dropout: network.dropout,
            input_dropout: network.input_dropout,
            recurrent_dropout: network.recurrent_dropout,
            class_weights,
            training: self.training(),
            ..ClassifyRecipe::default()
        })
    }

    /// What a network for regression is trained by.
    pub(super) fn regress(&self) -> Outcome<RegressRecipe> {
        Ok(RegressRecipe {
            valid_share: self.validation,
            network: self.network()?,
            training: self.training(),
        })
    }

    fn network(&self) -> Outcome<SequenceNetwork> {
        Ok(SequenceNetwork {
            cell: cell(&self.cell)?,
            hidden_size: self.hidden,
            layers: self.layers,
            bidirectional: word(
                "directions",
                &self.directions,
                &[("both", true), ("forward", false)],
            )?,
            pooling: word(
                "pooling",
                &self.pooling,
                &[
                    ("last", ClassifyPooling::Last),
                    ("mean", ClassifyPooling::Mean),
                    ("attention", ClassifyPooling::Attention),
                ],
            )?,
            dropout: self.dropout,
            input_dropout: self.input_dropout,
            recurrent_dropout: self.recurrent_dropout,
        })
    }

    fn training(&self) -> Training {
        Training {
            learning_rate: self.learning_rate,
            weight_decay: Some(self.weight_decay),
            clip_norm: self.clip,
            epochs: self.epochs,
            patience: self.patience,
            batch_size: self.batch,
            seed: self.seed,
            ..ClassifyRecipe::default().training
        }
    }
}

/// The cell of this name.
pub(super) fn cell(name: &str) -> Outcome<tidegate_cells::Cell> {
    let variant: CellVariant = name
        .parse()
        .map_err(|error: tidegate_cells::UnknownCell| Failure::value(format!("cell: {error}")))?;
    Ok(variant.cell())
}
