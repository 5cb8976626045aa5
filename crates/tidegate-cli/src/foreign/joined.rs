//! A model with what its task does before and after the network: one chain of layers from the data's own numbers to answers.

use std::path::Path;

use tidegate_data::Scaling;
use tidegate_exchange::{Activation, FileKind, Layer, Network};
use tidegate_model::Model;
use tidegate_train::{ClassifyModel, ModelTask, RegressModel};

use super::{Foreign, TaskArguments, task_of};
use crate::failure::Failure;

/// The network of a model file.
pub(super) fn model(path: &Path, arguments: &TaskArguments) -> Result<Foreign, Failure> {
    match task_of(path)? {
        Some(ModelTask::Classify) => classifier(path, arguments),
        Some(ModelTask::Regress) => regressor(path, arguments),
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
                batch_first: false,
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
    let mut notes = vec![scale(&mut network, &schema.scaling, arguments)];
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
    Ok(Foreign {
        network,
        batch_first: false,
        kind: FileKind::Model,
        names: vec![
            ("tidegate.channels", list(&schema.channels)?),
            ("tidegate.classes", list(&schema.classes)?),
        ],
        notes,
    })
}

/// Scaling and network, whose outputs are in the targets' units.
fn regressor(path: &Path, arguments: &TaskArguments) -> Result<Foreign, Failure> {
    arguments.refuse_logits_for(path)?;
    let RegressModel { model, plan } = RegressModel::load(path)?;
    let mut network = Network::from_model(&model);
    let reads = scale(&mut network, &plan.schema.scaling, arguments);
    to_units(&mut network, &plan.target_scaling);
    Ok(Foreign {
        network,
        batch_first: false,
        kind: FileKind::Model,
        names: vec![("tidegate.channels", list(&plan.schema.channels)?)],
        notes: vec![
            reads,
            "Its outputs are the targets in their own units.".to_owned(),
        ],
    })
}

/// Puts the scaling of the channels before a network, unless it is to be left out, and says what the network reads.
fn scale(network: &mut Network, scaling: &[Scaling], arguments: &TaskArguments) -> String {
    if arguments.scaled {
        return "It reads channels that are scaled already.".to_owned();
    }
    let of = |value: fn(&Scaling) -> f64| scaling.iter().map(|one| value(one) as f32).collect();
    network.layers.insert(
        0,
        Layer::Scale {
            offset: of(|scaling| scaling.mean),
            factor: of(|scaling| 1.0 / scaling.deviation),
        },
    );
    "It reads the channels as the recordings hold them.".to_owned()
}

/// Lets a network give numbers in their units: in its last dense layer, which formats have that know no scaling, else after it.
fn to_units(network: &mut Network, scaling: &[Scaling]) {
    let Some(Layer::Dense { weight, bias }) = network.layers.last_mut() else {
        // (y − −mean / deviation) · deviation
        let of = |value: fn(&Scaling) -> f64| scaling.iter().map(|one| value(one) as f32).collect();
        network.layers.push(Layer::Scale {
            offset: of(|scaling| -scaling.mean / scaling.deviation),
            factor: of(|scaling| scaling.deviation),
        });
        return;
    };
    let inputs = weight.len() / bias.len().max(1);
    let rows = weight.chunks_mut(inputs.max(1)).zip(bias);
    for ((row, bias), scaling) in rows.zip(scaling) {
        for weight in row {
            *weight = (f64::from(*weight) * scaling.deviation) as f32;
        }
        *bias = scaling.to_units(f64::from(*bias)) as f32;
    }
}

/// Names as a list in JSON.
fn list(names: &[String]) -> Result<String, Failure> {
    Ok(serde_json::to_string(names)?)
}

#[cfg(test)]
mod tests;
