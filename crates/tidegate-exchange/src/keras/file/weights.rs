//! Where files keep the weights of each layer.

use std::collections::HashMap;

use serde_json::Value;

use super::super::KerasLayer;
use super::super::configuration::{name_of, place};
use super::hdf5::{Array, Hdf5, malformed};
use super::parts::Part;
use crate::error::ExchangeError;

/// The layers of a `.keras` archive. The weights of layers that keep no others within them stand in `layers/<class>/vars/0` and so on:
/// the class in snake case, and a number from the second layer of that class on.
pub(super) fn of_archive(
    parts: Vec<Part>,
    file: &mut Hdf5<'_>,
) -> Result<Vec<KerasLayer>, ExchangeError> {
    if file.has_group("_layer_checkpoint_dependencies") {
        return Err(malformed(
            "",
            "are laid out as by a Keras before 3: load the model with Keras 3 and save it again"
                .into(),
        ));
    }
    let mut layers = Vec::new();
    walk(parts, "layers", file, &mut layers)?;
    Ok(layers)
}

fn walk(
    parts: Vec<Part>,
    group: &str,
    file: &mut Hdf5<'_>,
    layers: &mut Vec<KerasLayer>,
) -> Result<(), ExchangeError> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut place_of = |class: &str| {
        let name = snake_case(class);
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => format!("{group}/{name}"),
            count => format!("{group}/{name}_{}", count - 1),
        }
    };
    for part in parts {
        match part {
            Part::Model { class, parts, .. } => {
                let group = format!("{}/layers", place_of(&class));
                walk(parts, &group, file, layers)?;
            }
            Part::Layer {
                class,
                configuration,
            } => {
                let group = place_of(&class);
                check_name(&configuration, &group, file)?;
                let place = place(&class, &configuration);
                let mut arrays = Vec::new();
                for store in stores(&class) {
                    let mut number = 0;
                    while let Some(array) =
                        file.take(&format!("{group}{store}/vars/{number}"), &place)?
                    {
                        arrays.push(array);
                        number += 1;
                    }
                }
                layers.push(KerasLayer::new(class, configuration, arrays)?);
            }
        }
    }
    Ok(())
}

/// The groups below a layer's own that hold its weights, in the order of `get_weights()`; none for a layer whose weights are not read.
fn stores(class: &str) -> &'static [&'static str] {
    match class {
        "GRU" | "LSTM" | "SimpleRNN" => &["/cell"],
        "Bidirectional" => &["/forward_layer/cell", "/backward_layer/cell"],
        "TimeDistributed" => &["/layer"],
        "Dense" | "Embedding" => &[""],
        _ => &[],
    }
}

/// Checks the name of the layer where the file says whose weights a group holds.
fn check_name(
    configuration: &Value,
    group: &str,
    file: &mut Hdf5<'_>,
) -> Result<(), ExchangeError> {
    let written = file.text(&format!("{group}/vars"), "name")?;
    match (written, name_of(configuration)) {
        (Some(written), Some(name)) if written != name => Err(malformed(
            group,
            format!("are those of layer {written}, where those of layer {name} are expected"),
        )),
        _ => Ok(()),
    }
}

/// The layers of a whole model in HDF5: for each a group with its name, which lists its weights in their order.
pub(super) fn of_whole_model(
    parts: Vec<Part>,
    file: &mut Hdf5<'_>,
) -> Result<Vec<KerasLayer>, ExchangeError> {
    let mut layers = Vec::new();
    for part in parts {
        let (class, configuration) = match part {
            Part::Layer {
                class,
                configuration,
            } => (class, configuration),
            Part::Model { name, .. } => {
                return Err(ExchangeError::NoCounterpart {
                    what: format!("model {name} within the model of an .h5 file"),
                    format: "a network of Tidegate",
                    remedy: "save it with model.save(\"model.keras\")".into(),
                });
            }
        };
        let group = match name_of(&configuration) {
            Some(name) => format!("model_weights/{name}"),
            None => {
                return Err(ExchangeError::Malformed {
                    place: format!("layer {class}"),
                    reason: "its configuration has no name".into(),
                });
            }
        };
        let place = place(&class, &configuration);
        let mut arrays: Vec<Array> = Vec::new();
        let names = match stores(&class) {
            [] => None,
            _ => file.texts(&group, "weight_names")?,
        };
        for name in names.unwrap_or_default() {
            let path = format!("{group}/{name}");
            let array = file.take(&path, &place)?;
            arrays.push(array.ok_or_else(|| malformed(&path, "are not in the file".into()))?);
        }
        layers.push(KerasLayer::new(class, configuration, arrays)?);
    }
    Ok(layers)
}

/// Checks that no weights of layers were passed over. The states of random numbers are none.
pub(super) fn nothing_is_left(file: &Hdf5<'_>) -> Result<(), ExchangeError> {
    let is_weight = |path: &str| {
        let below = ["layers/", "vars/", "model_weights/"];
        below.iter().any(|below| path.starts_with(below))
            && !path
                .split('/')
                .any(|group| group.starts_with("seed_generator"))
    };
    match file.left_over().find(|path| is_weight(path)) {
        None => Ok(()),
        Some(path) => Err(malformed(&path, "are of no layer that reads them".into())),
    }
}

/// As Keras writes the name of a class: `time_distributed`, `gru`, `simple_rnn`.
fn snake_case(class: &str) -> String {
    let characters: Vec<char> = class.chars().collect();
    let mut name = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(index + 1);
        let begins_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if begins_word {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_named_as_keras_names_them() {
        for (class, name) in [
            ("GRU", "gru"),
            ("SimpleRNN", "simple_rnn"),
            ("TimeDistributed", "time_distributed"),
            ("Dense", "dense"),
            ("ReLU", "re_lu"),
            ("GlobalAveragePooling1D", "global_average_pooling1d"),
        ] {
            assert_eq!(snake_case(class), name);
        }
    }
}
