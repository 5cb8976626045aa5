//! The keys of the configuration as options of a command.

use clap::builder::ValueParser;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use toml::Value;

use super::allowed::Allowed;
use super::key::Key;
use super::keys::KEYS;
use super::{Configuration, Setting};

/// The options that were given, in the order of the keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) settings: Vec<Setting>,
}

impl Overrides {
    /// With a key set, unless a value is given already.
    pub(crate) fn set(&mut self, key: &'static Key, value: Value) {
        self.settings.push(Setting { key, value });
    }
}

/// Keys with the name of their option.
fn options() -> impl Iterator<Item = (&'static Key, &'static str)> {
    KEYS.iter()
        .filter_map(|key| key.option.map(|option| (key, option)))
}

impl Args for Overrides {
    fn augment_args(command: Command) -> Command {
        let defaults = Configuration::default();
        options().fold(command, |command, (key, option)| {
            command.arg(
                Arg::new(option)
                    .long(option)
                    .value_name(value_name(key))
                    .help(help(key, &defaults))
                    .help_heading(heading(key.section))
                    .allow_hyphen_values(true)
                    .value_parser(ValueParser::from(|text: &str| key.read(text))),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Overrides::augment_args(command)
    }
}

impl FromArgMatches for Overrides {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = options().filter_map(|(key, option)| {
            let value = matches.get_one::<Value>(option)?.clone();
            Some(Setting { key, value })
        });
        Ok(Overrides {
            settings: given.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Overrides::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What it means, its words and its default.
fn help(key: &Key, defaults: &Configuration) -> String {
    let default = defaults
        .value(key)
        .map_or_else(String::new, |value| shown(&value));
    let default = match key.word {
        Some(word) if word == default => format!("{word}, {}", key.word_meaning),
        _ if default.is_empty() => "none".to_owned(),
        _ => default,
    };
    let word = match (key.word, default.starts_with(key.word.unwrap_or("\0"))) {
        (Some(word), false) => format!("; {word}: {}", key.word_meaning),
        _ => String::new(),
    };
    let choice = match key.allowed {
        Allowed::Choice(words) if words.iter().any(|word| !key.meaning.contains(word)) => {
            format!(": {}", words.join(", "))
        }
        _ => String::new(),
    };
    format!("{}{choice}{word} [default: {default}]", key.meaning)
}

/// A value as one writes it on the command line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(","),
        value => value.to_string(),
    }
}

fn value_name(key: &Key) -> &'static str {
    match key.allowed {
        Allowed::Count { .. } => "N",
        Allowed::Number(_) => "X",
        Allowed::Choice(_) => "NAME",
        Allowed::Text(_) => "COLUMN",
        Allowed::Texts(_) => "COLUMNS",
        Allowed::Rising(_) => "LIST",
        Allowed::Split => "PARTS",
        Allowed::Space => "SPACE",
    }
}

fn heading(section: &str) -> &'static str {
    match section {
        "data" => "Data",
        "split" => "Split",
        "model" => "Model",
        "training" => "Training",
        "forecast" => "Forecast",
        _ => "Tuning",
    }
}
