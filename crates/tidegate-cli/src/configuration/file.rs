//! From a TOML file to settings, each checked, or to the line that is wrong.

use std::path::Path;

use serde::Deserialize;
use tidegate_data::nearest_name;
use tidegate_train::ModelTask;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

use super::allowed::Allowed;
use super::error::{ConfigurationError, Wrong};
use super::space;
use super::{Configuration, Setting};

/// A configuration is some lines that a person wrote: what is longer is another file.
const MOST_BYTES: u64 = 1 << 20;

/// The key that names the task, above all sections.
pub(super) const TASK: &str = "task";

/// The settings of a file, in its order.
pub(super) fn read<C: Configuration>(path: &Path) -> Result<Vec<Setting>, ConfigurationError> {
    let text = text_of(path)?;
    settings::<C>(&text).map_err(|wrong| at_line(path, wrong))
}

/// The task that a file is for; a file that names none is for forecasting.
pub(super) fn task(path: &Path) -> Result<ModelTask, ConfigurationError> {
    let text = text_of(path)?;
    task_of(&text).map_err(|wrong| at_line(path, wrong))
}

fn at_line(path: &Path, (line, wrong): (usize, Wrong)) -> ConfigurationError {
    ConfigurationError::Wrong {
        path: path.to_owned(),
        line,
        wrong: Box::new(wrong),
    }
}

fn text_of(path: &Path) -> Result<String, ConfigurationError> {
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
    std::fs::read_to_string(path).map_err(failed)
}

/// The line of a place in a text, from 1.
fn line(text: &str, place: usize) -> usize {
    1 + text[..place.min(text.len())].matches('\n').count()
}

fn document(text: &str) -> Result<DeTable<'_>, (usize, Wrong)> {
    let document = DeTable::parse(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        (line(text, place), Wrong::Syntax(error.message().to_owned()))
    })?;
    Ok(document.into_inner())
}

fn task_of(text: &str) -> Result<ModelTask, (usize, Wrong)> {
    let document = document(text)?;
    let Some(value) = document.get(TASK) else {
        return Ok(ModelTask::Forecast);
    };
    let place = line(text, value.span().start);
    let name = value.get_ref().as_str();
    let mut tasks = ModelTask::OF_THE_COMMAND.into_iter();
    let named = tasks.find(|task| name == Some(task.name()));
    named.ok_or_else(|| {
        let wrong = Wrong::Value {
            path: TASK.to_owned(),
            found: shortened(&text[value.span()]),
            allowed: one_of_the_tasks(),
        };
        (place, wrong)
    })
}

/// What is allowed, after the words `must be`.
fn one_of_the_tasks() -> String {
    let names = ModelTask::OF_THE_COMMAND.map(|task| format!("\"{task}\""));
    let [others @ .., last] = &names;
    format!("{} or {last}", others.join(", "))
}

/// The settings of a text; else what is wrong in which line, from 1.
fn settings<C: Configuration>(text: &str) -> Result<Vec<Setting>, (usize, Wrong)> {
    let task = task_of(text)?;
    let line = |place: usize| line(text, place);
    let mut document = document(text)?;
    // The task first: of another one no key is known.
    if let Some((name, _)) = document.remove_entry(TASK)
        && task != C::TASK
    {
        let wrong = Wrong::Task {
            found: task,
            expected: C::TASK,
        };
        return Err((line(name.span().start), wrong));
    }
    let mut settings = Vec::new();
    for (section, content) in document {
        let place = line(section.span().start);
        let section = section.get_ref().as_ref();
        let DeValue::Table(keys) = content.get_ref() else {
            return Err((place, outside::<C>(section)));
        };
        if !C::SECTIONS.iter().any(|(name, _)| *name == section) {
            return Err((place, unknown_section::<C>(section)));
        }
        for (name, value) in keys {
            let place = line(name.span().start);
            let name = name.get_ref().as_ref();
            let Some(key) = C::key(section, name) else {
                return Err((place, unknown_key::<C>(section, name)));
            };
            let found = &text[value.span()];
            let value = match (key.allowed, value.get_ref()) {
                (Allowed::Space, DeValue::Table(entries)) => {
                    let mut accepted = Table::new();
                    for (name, value) in entries {
                        let place = line(name.span().start);
                        let name = name.get_ref().as_ref();
                        let candidates = space::accept::<C>(name, plain(value, place)?)
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

fn unknown_section<C: Configuration>(name: &str) -> Wrong {
    let known = || C::SECTIONS.iter().map(|(section, _)| *section);
    Wrong::Section {
        name: name.to_owned(),
        nearest: nearest_name(name, known()).map(str::to_owned),
        known: known().map(str::to_owned).collect(),
    }
}

fn unknown_key<C: Configuration>(section: &str, name: &str) -> Wrong {
    let own = || C::KEYS.iter().filter(|key| key.section == section);
    let elsewhere = C::KEYS.iter().find(|key| key.name == name);
    let nearest = match elsewhere {
        Some(key) => Some(format!("{} in [{}]", key.name, key.section)),
        None => nearest_name(name, own().map(|key| key.name))
            .map(str::to_owned)
            .or_else(|| {
                let all = C::KEYS.iter().map(|key| key.name);
                let name = nearest_name(name, all)?;
                let key = C::KEYS.iter().find(|key| key.name == name)?;
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

fn outside<C: Configuration>(name: &str) -> Wrong {
    let own = C::KEYS.iter().filter(|key| key.name == name);
    let mut sections: Vec<String> = own.map(|key| format!("[{}]", key.section)).collect();
    if sections.is_empty() {
        let all = C::SECTIONS.iter();
        sections = all.map(|(section, _)| format!("[{section}]")).collect();
    }
    Wrong::Outside {
        name: name.to_owned(),
        sections,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::ForecastConfiguration;

    fn wrong(text: &str) -> (usize, String) {
        let (line, wrong) = settings::<ForecastConfiguration>(text).unwrap_err();
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
            (
                "\ntask = \"classify\"\n",
                2,
                ["is for tidegate train classify", "tidegate train forecast"],
            ),
            (
                "task = \"dream\"\n",
                1,
                ["task is \"dream\"", "\"forecast\""],
            ),
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
    fn a_file_says_its_task_or_is_for_forecasting() {
        assert_eq!(task_of("[model]\n"), Ok(ModelTask::Forecast));
        assert_eq!(task_of("task = \"classify\"\n"), Ok(ModelTask::Classify));
        assert!(settings::<ForecastConfiguration>("task = \"forecast\"\n").is_ok());
    }

    #[test]
    fn a_file_that_is_not_one_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            read::<ForecastConfiguration>(folder.path())
                .unwrap_err()
                .to_string()
                .contains("regular")
        );
        let path = folder.path().join("gone.toml");
        assert!(
            read::<ForecastConfiguration>(&path)
                .unwrap_err()
                .to_string()
                .contains("gone.toml")
        );
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(
            read::<ForecastConfiguration>(&path)
                .unwrap_err()
                .to_string()
                .contains("UTF-8")
        );
    }
}
