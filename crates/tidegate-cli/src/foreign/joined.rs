//! A model with what its task does before and after the network: one chain of layers from the data's own numbers to answers.

use std::path::Path;

use tidegate_exchange::{Activation, FileKind, Layer, Network};
use tidegate_model::Model;
use tidegate_train::{ClassifyModel, ModelTask};

use super::{Foreign, TaskArguments, task_of};
use crate::failure::Failure;

/// The network of a model file.
pub(super) fn model(path: &Path, arguments: &TaskArguments) -> Result<Foreign, Failure> {
    match task_of(path)? {
        Some(ModelTask::Classify) => classifier(path, arguments),
        Some(ModelTask::Forecast) => Err(Failure::ForecasterIsNoChain {
            model: path.to_owned(),
        }),
        task => {
            arguments.refuse_for(path)?;
            let model = Model::load(path).map_err(tidegate_train::TrainError::from)?;
            let note = match task {
                Some(ModelTask::Detect) => Some(
                    "It is the network alone: the detector's scaling, limits and alarms stay with tidegate detect.",
                ),
                Some(ModelTask::Next) => {
                    Some("It is the network alone: its outputs are logits, one for each token.")
                }
                _ => None,
            };
            Ok(Foreign {
                network: Network::from_model(&model),
                kind: FileKind::Model,
                names: Vec::new(),
                notes: note.map(str::to_owned).into_iter().collect(),
            })
        }
    }
}

/// Scaling, network, temperature and softmax.
fn classifier(path: &Path, arguments: &TaskArguments) -> Result<Foreign, Failure> {
    let ClassifyModel { model, plan } = ClassifyModel::load(path)?;
    let mut network = Network::from_model(&model);
    let schema = &plan.schema;
    let mut notes = Vec::new();
    if arguments.scaled {
        notes.push("It reads channels that are scaled already.".to_owned());
    } else {
        let of = |value: fn(&tidegate_data::Scaling) -> f64| {
            schema.scaling.iter().map(|one| value(one) as f32).collect()
        };
        network.layers.insert(
            0,
            Layer::Scale {
                offset: of(|scaling| scaling.mean),
                factor: of(|scaling| 1.0 / scaling.deviation),
            },
        );
        notes.push("It reads the channels as the recordings hold them.".to_owned());
    }
    if arguments.logits {
        notes.push("Its outputs are logits.".to_owned());
    } else {
        if plan.temperature != 1.0 {
            let classes = schema.classes.len();
            network.layers.push(Layer::Scale {
                offset: vec![0.0; classes],
                factor: vec![(1.0 / plan.temperature) as f32; classes],
            });
        }
        network.layers.push(Layer::Activation(Activation::Softmax));
        notes.push("Its outputs are the probabilities of the classes.".to_owned());
    }
    let list = |names: &[String]| serde_json::to_string(names).map_err(Failure::from);
    Ok(Foreign {
        network,
        kind: FileKind::Model,
        names: vec![
            ("tidegate.channels", list(&schema.channels)?),
            ("tidegate.classes", list(&schema.classes)?),
        ],
        notes,
    })
}
