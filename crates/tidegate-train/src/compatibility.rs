//! Whether a model and a set of sequences belong together, found out before the first step.

use tidegate_data::{InputKind, SequenceSet, Supervision};
use tidegate_model::{InputLayer, ModelConfiguration, Readout};

use crate::error::TrainError;

/// Checks that the set keeps its promises, has something to measure, and that the model takes its inputs and gives what
/// its targets ask for. `part` names the set in an error.
pub(crate) fn check(
    configuration: &ModelConfiguration,
    set: &SequenceSet,
    part: &'static str,
) -> Result<(), TrainError> {
    set.validate().map_err(|problem| TrainError::Data {
        part,
        problem: Box::new(problem),
    })?;
    if set.is_empty() {
        return Err(TrainError::EmptySet { part });
    }
    let mismatch = |reason| Err(TrainError::Mismatch { part, reason });
    match (&configuration.input, set.input) {
        (InputLayer::Features, InputKind::Features { size })
            if size != configuration.recurrent.input_size =>
        {
            let model = configuration.recurrent.input_size;
            return mismatch(format!(
                "the model takes {model} features a step, the sequences have {size}"
            ));
        }
        (
            InputLayer::Embedding {
                vocabulary: model, ..
            },
            InputKind::Tokens { vocabulary },
        ) if vocabulary > *model => {
            return mismatch(format!(
                "the model embeds {model} tokens, the sequences use {vocabulary}"
            ));
        }
        (InputLayer::Features, InputKind::Tokens { .. }) => {
            return mismatch(
                "the model takes features, the sequences are tokens: give it an embedding"
                    .to_owned(),
            );
        }
        (InputLayer::Embedding { .. }, InputKind::Features { .. }) => {
            return mismatch("the model embeds tokens, the sequences are features".to_owned());
        }
        _ => {}
    }
    let width = set.target.outputs();
    if width != configuration.outputs {
        return mismatch(format!(
            "the model has {} outputs, the targets need {width}",
            configuration.outputs
        ));
    }
    match (configuration.readout, set.supervision) {
        (Readout::EveryStep, Supervision::EveryStep)
        | (Readout::LastStep | Readout::Mean | Readout::Attention, Supervision::LastStep) => {}
        (Readout::EveryStep, Supervision::LastStep) => {
            return mismatch(
                "the model is read at every step, the targets stand at the last one".to_owned(),
            );
        }
        (Readout::Mean | Readout::Attention, Supervision::EveryStep) => {
            return mismatch(
                "the model is read once for a sequence, the targets stand at every step".to_owned(),
            );
        }
        (Readout::LastStep, Supervision::EveryStep) => {
            return mismatch(
                "the model is read at the last step, the targets stand at every one".to_owned(),
            );
        }
    }
    Ok(())
}
