//! The plan: by it an output folder recognises its comparison.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tidegate_model::replace_file;

use crate::error::StudyError;

pub(super) const FILE: &str = "plan.json";

/// Writes the plan into a new folder; in one that has a plan, checks that it is the same.
pub(super) fn settle(folder: &Path, plan: &Value) -> Result<(), StudyError> {
    let path = folder.join(FILE);
    let fail = |action: &str, error| StudyError::Folder {
        folder: folder.to_owned(),
        action: format!("{action} {}", path.display()),
        error,
    };
    match fs::read(&path) {
        Ok(bytes) => {
            let there: Value =
                serde_json::from_slice(&bytes).map_err(|error| StudyError::DamagedPlan {
                    path: path.clone(),
                    reason: error.to_string(),
                })?;
            match first_difference("", &there, plan) {
                None => Ok(()),
                Some((what, there, here)) => Err(StudyError::OtherComparison {
                    folder: folder.to_owned(),
                    what,
                    there,
                    here,
                }),
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut json = serde_json::to_vec_pretty(plan).map_err(StudyError::Json)?;
            json.push(b'\n');
            replace_file(&path, &json).map_err(|error| fail("write", error))
        }
        Err(error) => Err(fail("read", error)),
    }
}

/// The place of the first difference, and both values.
fn first_difference(place: &str, there: &Value, here: &Value) -> Option<(String, String, String)> {
    let inside = |key: &str| match place {
        "" => key.to_owned(),
        _ => format!("{place}, {key}"),
    };
    match (there, here) {
        (Value::Object(there), Value::Object(here)) => {
            there.keys().chain(here.keys()).find_map(|key| {
                let value = |object: &serde_json::Map<_, _>| {
                    object.get(key).cloned().unwrap_or(Value::Null)
                };
                first_difference(&inside(key), &value(there), &value(here))
            })
        }
        (Value::Array(there), Value::Array(here)) if there.len() == here.len() => there
            .iter()
            .zip(here)
            .enumerate()
            .find_map(|(index, (there, here))| {
                first_difference(&inside(&(index + 1).to_string()), there, here)
            }),
        _ => (there != here).then(|| (place.to_owned(), shown(there), shown(here))),
    }
}

/// A value as an error quotes it: a list may be long.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "a group of settings".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_named_with_both_values() {
        let there = json!({"experiments": [{"task": "a"}, {"task": "b"}], "seeds": 3});
        assert_eq!(first_difference("", &there, &there), None);
        let mut here = there.clone();
        here["experiments"][1]["task"] = json!("c");
        let (what, there_value, here_value) = first_difference("", &there, &here).unwrap();
        assert_eq!(what, "experiments, 2, task");
        assert_eq!(
            (there_value.as_str(), here_value.as_str()),
            ("\"b\"", "\"c\"")
        );
        let (what, ..) = first_difference("", &there, &json!({"seeds": 3})).unwrap();
        assert_eq!(what, "experiments");
    }
}
