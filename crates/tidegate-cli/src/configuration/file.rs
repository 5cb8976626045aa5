//! From a TOML file to settings, each checked, or to the line that is wrong.

use std::path::Path;

use serde::Deserialize;
use tidegate_data::nearest_name;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

use super::Setting;
use super::allowed::Allowed;
use super::error::{ConfigurationError, Wrong};
use super::key::Key;
use super::keys::{KEYS, SECTIONS};
use super::space;

/// A configuration is some lines that a person wrote: what is longer is another file.
const MOST_BYTES: u64 = 1 << 20;

/// The settings of a file, in its order.
pub(super) fn read(path: &Path) -> Result<Vec<Setting>, ConfigurationError> {
    let failed = |error| ConfigurationError::Read {
        path: path.to_owned(),
        error,
    };
    let file = std::fs::metadata(path).map_err(failed)?;
    let wrong = match (file.is_file(), file.len()) {
        (false, _) => Some("it is not a regular file"),
        (true, MOST_BYTES..) => Some("it is longer than 1 MiB: is it a configuration?"),
        _ => None,
    };
    if let Some(reason) = wrong {
        return Err(failed(std::io::Error::other(reason)));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    settings(&text).map_err(|(line, wrong)| ConfigurationError::Wrong {
        path: path.to_owned(),
        line,
        wrong: Box::new(wrong),
    })
}

/// The settings of a text; else what is wrong in which line, from 1.
fn settings(text: &str) -> Result<Vec<Setting>, (usize, Wrong)> {
    let line = |place: usize| 1 + text[..place.min(text.len())].matches('\n').count();
    let document = DeTable::parse(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        (line(place), Wrong::Syntax(error.message().to_owned()))
    })?;
    let mut settings = Vec::new();
    for (section, content) in document.into_inner() {
        let place = line(section.span().start);
        let section = section.get_ref().as_ref();
        let DeValue::Table(keys) = content.get_ref() else {
            return Err((place, outside(section)));
        };
        if !SECTIONS.iter().any(|(name, _)| *name == section) {
            return Err((place, unknown_section(section)));
        }
        for (name, value) in keys {
            let place = line(name.span().start);
            let name = name.get_ref().as_ref();
            let Some(key) = Key::find(section, name) else {
                return Err((place, unknown_key(section, name)));
            };
            let found = &text[value.span()];
            let value = match (key.allowed, value.get_ref()) {
                (Allowed::Space, DeValue::Table(entries)) => {
                    let mut accepted = Table::new();
                    for (name, value) in entries {
                        let place = line(name.span().start);
                        let name = name.get_ref().as_ref();
                        let candidates = space::accept(name, plain(value, place)?)
                            .map_err(|wrong| (place, wrong))?;
                        accepted.insert(name.to_owned(), candidates);
                    }
                    Some(Value::Table(accepted))
                }
                _ => key.accept(plain(value, place)?),
            };
            let value = value.ok_or_else(|| {
                let wrong = Wrong::Value {
                    path: key.path(),
                    found: shortened(found),
                    allowed: key.describe(),
                };
                (place, wrong)
            })?;
            settings.push(Setting { key, value });
        }
    }
    Ok(settings)
}

/// A value without its place in the text.
fn plain(value: &Spanned<DeValue<'_>>, line: usize) -> Result<Value, (usize, Wrong)> {
    Value::deserialize(ValueDeserializer::from(value.clone()))
        .map_err(|error| (line, Wrong::Syntax(error.message().to_owned())))
}

/// As it stands in the file, on one line.
fn shortened(found: &str) -> String {
    const LONGEST: usize = 60;
    let found = found.split_whitespace().collect::<Vec<_>>().join(" ");
    match found.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &found[..end]),
        None => found,
    }
}

fn unknown_section(name: &str) -> Wrong {
    let known = SECTIONS.map(|(section, _)| section);
    Wrong::Section {
        name: name.to_owned(),
        nearest: nearest_name(name, known).map(str::to_owned),
        known: known.map(str::to_owned).to_vec(),
    }
}

fn unknown_key(section: &str, name: &str) -> Wrong {
    let own = || KEYS.iter().filter(|key| key.section == section);
    let elsewhere = KEYS.iter().find(|key| key.name == name);
    let nearest = match elsewhere {
        Some(key) => Some(format!("{} in [{}]", key.name, key.section)),
        None => nearest_name(name, own().map(|key| key.name))
            .map(str::to_owned)
            .or_else(|| {
                let all = KEYS.iter().map(|key| key.name);
                let name = nearest_name(name, all)?;
                let key = KEYS.iter().find(|key| key.name == name)?;
                Some(format!("{} in [{}]", key.name, key.section))
            }),
    };
    Wrong::Key {
        section: section.to_owned(),
        name: name.to_owned(),
        nearest,
        known: own().map(|key| key.name.to_owned()).collect(),
    }
}

fn outside(name: &str) -> Wrong {
    let own = KEYS.iter().filter(|key| key.name == name);
    let mut sections: Vec<String> = own.map(|key| format!("[{}]", key.section)).collect();
    if sections.is_empty() {
        sections = SECTIONS.map(|(section, _)| format!("[{section}]")).to_vec();
    }
    Wrong::Outside {
        name: name.to_owned(),
        sections,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (usize, String) {
        let (line, wrong) = settings(text).unwrap_err();
        (line, wrong.to_string())
    }

    #[test]
    fn unknown_names_come_with_their_line_and_the_nearest_known_one() {
        for (text, line, message) in [
            (
                "[modle]\nhidden = 3\n",
                1,
                "unknown section [modle]; did you mean [model]?",
            ),
            (
                "\n[model]\n\nhiden = 3\n",
                4,
                "unknown key \"hiden\" in [model]; did you mean hidden?",
            ),
            (
                "[training]\nlearning-rate = 0.1\n",
                2,
                "unknown key \"learning-rate\" in [training]; did you mean learning_rate?",
            ),
            (
                "[data]\nhorizon = 3\n",
                2,
                "unknown key \"horizon\" in [data]; did you mean horizon in [model]?",
            ),
            (
                "[split]\nxyzzy = 3\n",
                2,
                "unknown key \"xyzzy\" in [split]; the keys are parts, gap",
            ),
            (
                "hidden = 3\n",
                1,
                "hidden stands outside of every section; did you mean it below [model]?",
            ),
            (
                "[tune.space]\nhiden = [1]\n",
                2,
                "unknown key \"hiden\" in [tune.space]; did you mean hidden?",
            ),
        ] {
            assert_eq!(wrong(text), (line, message.to_owned()));
        }
    }

    #[test]
    fn values_that_do_not_fit_come_with_their_line_and_what_is_allowed() {
        for (text, line, parts) in [
            (
                "[model]\nhidden = \"many\"\n",
                2,
                [
                    "model.hidden is \"many\"",
                    "a whole number from 1 to 16384 or \"auto\"",
                ],
            ),
            (
                "[model]\nlayers = 1.5\n",
                2,
                ["model.layers is 1.5", "a whole number"],
            ),
            (
                "[model]\n# a word\n\ndropout = 1\n",
                4,
                ["model.dropout is 1,", "below 1"],
            ),
            (
                "[model]\ncell = \"gruu\"\n",
                2,
                ["model.cell is \"gruu\"", "\"gru-before\""],
            ),
            (
                "[data]\ntargets = [\"a\",\n  3]\n",
                2,
                ["data.targets is [\"a\", 3]", "a list of names"],
            ),
            (
                "[training]\nepochs = 0\n",
                2,
                ["training.epochs is 0", "from 1"],
            ),
            (
                "[forecast]\nquantiles = [0.9, 0.1]\n",
                2,
                [
                    "forecast.quantiles is [0.9, 0.1]",
                    "each above the one before",
                ],
            ),
            (
                "[tune]\nspace = 3\n",
                2,
                ["tune.space is 3", "a table of keys"],
            ),
            (
                "[tune.space]\ndropout = [0.1]\nhidden = [1, 0]\n",
                3,
                ["tune.space.hidden is [1, 0]", "a list of values"],
            ),
            (
                "[tune.space]\ncell = {min = 1, max = 2}\n",
                2,
                ["tune.space.cell is", "a list of values"],
            ),
            (
                "[tune.space]\nlearning_rate = {min = 0, max = 2, log = true}\n",
                2,
                ["tune.space.learning_rate is", "above 0"],
            ),
            (
                "[model]\nhidden = 3\nhidden = 4\n",
                3,
                ["not TOML", "duplicate key"],
            ),
            ("[model]\nhidden = \n", 2, ["not TOML", ""]),
            ("[model\n", 1, ["not TOML", ""]),
            ("[model]\nhidden = 99999999999999999999\n", 2, ["", ""]),
        ] {
            let (found, message) = wrong(text);
            assert_eq!(found, line, "{text}: {message}");
            assert!(
                parts.iter().all(|part| message.contains(part)),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn a_file_that_is_not_one_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            read(folder.path())
                .unwrap_err()
                .to_string()
                .contains("regular")
        );
        let path = folder.path().join("gone.toml");
        assert!(read(&path).unwrap_err().to_string().contains("gone.toml"));
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("UTF-8"));
    }
}
