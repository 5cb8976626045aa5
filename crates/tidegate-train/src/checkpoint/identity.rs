//! What makes a run this run: its options, its model and its data.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegate_cells::InstructionSet;

use super::CheckpointProblem;
use crate::fingerprint;
use crate::lesson::Lesson;
use crate::training::Training;

/// Everything that decides a run's bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    training: Value,
    model: Value,
    initial_parameters: String,
    training_set: String,
    validation_set: String,
    instruction_set: String,
}

impl Identity {
    /// Of a run that starts with this network and computes with these instructions.
    pub(crate) fn new(
        lesson: &dyn Lesson,
        training: &Training,
        instruction_set: InstructionSet,
    ) -> Result<Self, CheckpointProblem> {
        let damaged = |error: serde_json::Error| CheckpointProblem::Damaged {
            reason: error.to_string(),
        };
        let [training_set, validation_set] = lesson.fingerprints();
        Ok(Identity {
            training: serde_json::to_value(training).map_err(damaged)?,
            model: lesson.configuration().map_err(damaged)?,
            initial_parameters: fingerprint::of_values(lesson.parameters()),
            training_set,
            validation_set,
            instruction_set: instruction_set.to_string(),
        })
    }

    /// Refuses a checkpoint of another run and names the first difference.
    pub(super) fn check(&self, there: &Identity) -> Result<(), CheckpointProblem> {
        let options = first_difference("option", &there.training, &self.training)
            .or_else(|| first_difference("model", &there.model, &self.model));
        if let Some((what, there, here)) = options {
            return Err(CheckpointProblem::OtherRun { what, there, here });
        }
        for (what, there, here) in [
            (
                "the training set has fingerprint",
                &there.training_set,
                &self.training_set,
            ),
            (
                "the validation set has fingerprint",
                &there.validation_set,
                &self.validation_set,
            ),
            (
                "the initial parameters have fingerprint",
                &there.initial_parameters,
                &self.initial_parameters,
            ),
        ] {
            if there != here {
                let (what, there, here) = (what.to_owned(), there.clone(), here.clone());
                return Err(CheckpointProblem::OtherRun { what, there, here });
            }
        }
        if there.instruction_set != self.instruction_set {
            return Err(CheckpointProblem::InstructionSet {
                there: there.instruction_set.clone(),
                here: self.instruction_set.clone(),
            });
        }
        Ok(())
    }
}

/// The place of the first difference, and both values.
fn first_difference(place: &str, there: &Value, here: &Value) -> Option<(String, String, String)> {
    if let (Value::Object(there), Value::Object(here)) = (there, here) {
        return there.keys().chain(here.keys()).find_map(|key| {
            let value =
                |object: &serde_json::Map<_, _>| object.get(key).cloned().unwrap_or(Value::Null);
            let separator = if place.contains(' ') { '.' } else { ' ' };
            first_difference(
                &format!("{place}{separator}{key}"),
                &value(there),
                &value(here),
            )
        });
    }
    (there != here).then(|| (format!("{place} is"), there.to_string(), here.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_named_with_its_place_and_both_values() {
        let there = json!({"a": 1, "schedule": {"name": "cosine", "minimum": 0.5}});
        let here = json!({"a": 1, "schedule": {"name": "cosine", "minimum": 0.25}});
        assert_eq!(
            first_difference("option", &there, &here),
            Some((
                "option schedule.minimum is".into(),
                "0.5".into(),
                "0.25".into()
            ))
        );
        assert_eq!(first_difference("option", &here, &here), None);
        assert_eq!(
            first_difference("option", &json!({}), &json!({"window": 3})),
            Some(("option window is".into(), "null".into(), "3".into()))
        );
    }
}
