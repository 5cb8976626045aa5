//! A model with what its task does before and after the network: one chain of layers from the data's own numbers to answers.

use std::path::Path;

use tidegate_data::Scaling;
use tidegate_model::Model;
use tidegate_train::{ClassifyModel, ModelTask, RegressModel, TrainError};

use crate::network::{Activation, Layer, Network};

/// What of a task is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskOptions {
    /// The scaling of a classifier's or regressor's channels: the network reads channels that are scaled already.
    pub scaled: bool,
    /// A classifier's temperature and softmax: the network gives logits.
    pub logits: bool,
}

/// The network of a model, joined with its task.
#[derive(Clone, Debug)]
pub struct TaskNetwork {
    /// The chain of layers.
    pub network: Network,
    /// Names beside the numbers, of channels and of classes, by their keys in metadata.
    pub names: Vec<(&'static str, Vec<String>)>,
    /// What the network reads and gives, in sentences.
    pub notes: Vec<String>,
}

impl TaskNetwork {
    /// A classifier's network reads the recordings' own numbers and gives probabilities, a regressor's gives targets in their
    /// units; that of every other model is the network alone. Errors name `path`, where the model is from.
    ///
    /// # Errors
    /// [`TrainError::Plan`] where the model's description contradicts the network; [`TrainError::Option`] for an option that says nothing
    /// about a model of this task.
    pub fn of_model(
        model: Model,
        path: &Path,
        options: TaskOptions,
    ) -> Result<TaskNetwork, TrainError> {
        let task = ModelTask::of_description(model.description());
        let refuse = |given: bool, option, of: &str| match given {
            false => Ok(()),
            true => Err(TrainError::Option {
                option,
                reason: format!("is for {of}, and the model is none"),
            }),
        };
        if task != Some(ModelTask::Classify) {
            refuse(options.logits, "logits", "classifiers")?;
        }
        match task {
            Some(ModelTask::Classify) => {
                Ok(classifier(ClassifyModel::of_model(model, path)?, options))
            }
            Some(ModelTask::Regress) => {
                Ok(regressor(RegressModel::of_model(model, path)?, options))
            }
            task => {
                refuse(options.scaled, "scaled", "classifiers and regressors")?;
                let note = match task {
                    Some(ModelTask::Detect) => Some(
                        "It is the network alone: the detector's scaling, limits and alarms stay with tidegate detect.",
                    ),
                    Some(ModelTask::Next) => {
                        Some("It is the network alone: its outputs are logits, one for each token.")
                    }
                    _ => None,
                };
                Ok(TaskNetwork {
                    network: Network::from_model(&model),
                    names: Vec::new(),
                    notes: note.map(str::to_owned).into_iter().collect(),
                })
            }
        }
    }
}

/// Scaling, network, temperature and softmax.
fn classifier(model: ClassifyModel, options: TaskOptions) -> TaskNetwork {
    let ClassifyModel { model, plan } = model;
    let mut network = Network::from_model(&model);
    let schema = plan.schema;
    let mut notes = vec![scale(&mut network, &schema.scaling, options)];
    if options.logits {
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
    TaskNetwork {
        network,
        names: vec![
            ("tidegate.channels", schema.channels),
            ("tidegate.classes", schema.classes),
        ],
        notes,
    }
}

/// Scaling and network, whose outputs are in the targets' units.
fn regressor(model: RegressModel, options: TaskOptions) -> TaskNetwork {
    let RegressModel { model, plan } = model;
    let mut network = Network::from_model(&model);
    let reads = scale(&mut network, &plan.schema.scaling, options);
    to_units(&mut network, &plan.target_scaling);
    TaskNetwork {
        network,
        names: vec![("tidegate.channels", plan.schema.channels)],
        notes: vec![
            reads,
            "Its outputs are the targets in their own units.".to_owned(),
        ],
    }
}

/// Puts the scaling of the channels before a network, unless it is to be left out, and says what the network reads.
fn scale(network: &mut Network, scaling: &[Scaling], options: TaskOptions) -> String {
    if options.scaled {
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

#[cfg(test)]
mod tests;
