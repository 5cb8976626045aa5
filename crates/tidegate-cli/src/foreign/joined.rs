//! The network of a model file, joined with its task.

use std::path::Path;

use tidegate_exchange::{FileKind, TaskNetwork};
use tidegate_model::Model;
use tidegate_train::{ModelTask, TrainError};

use super::{Foreign, TaskArguments};
use crate::failure::Failure;

/// The network of a model file.
pub(super) fn model(path: &Path, arguments: &TaskArguments) -> Result<Foreign, Failure> {
    match ModelTask::of_file(path)? {
        Some(ModelTask::Forecast) => {
            return Err(Failure::ForecasterIsNoChain {
                model: path.to_owned(),
            });
        }
        Some(ModelTask::Classify) => {}
        Some(ModelTask::Regress) => arguments.refuse_logits_for(path)?,
        _ => arguments.refuse_for(path)?,
    }
    let model = Model::load(path).map_err(TrainError::from)?;
    let TaskNetwork {
        network,
        names,
        notes,
    } = TaskNetwork::of_model(model, path, arguments.options())?;
    let names = names
        .into_iter()
        .map(|(key, names)| Ok((key, serde_json::to_string(&names)?)));
    Ok(Foreign {
        network,
        batch_first_input: false,
        batch_first_output: false,
        kind: FileKind::Model,
        names: names.collect::<Result<_, Failure>>()?,
        notes,
    })
}
