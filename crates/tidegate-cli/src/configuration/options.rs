//! The keys of the configuration as options of a command.

use std::marker::PhantomData;

use clap::builder::ValueParser;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use toml::Value;

use super::allowed::Allowed;
use super::key::Key;
use super::{Configuration, Setting};

/// The options that were given, in the order of the keys.
#[derive(Clone, Debug)]
pub(crate) struct Overrides<C> {
    pub(crate) settings: Vec<Setting>,
    of: PhantomData<C>,
}

impl<C> Default for Overrides<C> {
    fn default() -> Self {
        Overrides {
            settings: Vec::new(),
            of: PhantomData,
        }
    }
}

impl<C> Overrides<C> {
    /// With a key set, unless a value is given already.
    pub(crate) fn set(&mut self, key: &'static Key, value: Value) {
        self.settings.push(Setting { key, value });
    }
}

/// Keys with the name of their option.
fn options<C: Configuration>() -> impl Iterator<Item = (&'static Key, &'static str)> {
    C::KEYS
        .iter()
        .filter_map(|key| key.option.map(|option| (key, option)))
}

impl<C: Configuration> Args for Overrides<C> {
    fn augment_args(command: Command) -> Command {
        let defaults = C::default();
        options::<C>().fold(command, |command, (key, option)| {
            let argument = Arg::new(option)
                .long(option)
                .value_name(value_name(key))
                .help(help(key, &defaults))
                .help_heading(heading(key.section))
                .allow_hyphen_values(true)
                .value_parser(ValueParser::from(|text: &str| key.read(text)));
            command.arg(match key.allowed {
                // Without a value it is meant.
                Allowed::Flag => argument
                    .num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value("true"),
                _ => argument,
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<C: Configuration> FromArgMatches for Overrides<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = options::<C>().filter_map(|(key, option)| {
            let value = matches.get_one::<Value>(option)?.clone();
            Some(Setting { key, value })
        });
        Ok(Overrides {
            settings: given.collect(),
            of: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What it means, its words and its default.
fn help(key: &Key, defaults: &impl Configuration) -> String {
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
        Allowed::Flag => "BOOL",
        Allowed::Choice(_) => "NAME",
        Allowed::Text(words) if !words.contains("column") => "NAME",
        Allowed::Text(_) => "COLUMN",
        Allowed::Texts(_) => "COLUMNS",
        Allowed::Rising(_) => "LIST",
        Allowed::Split => "PARTS",
        Allowed::FalseAlarms => "RATE",
        Allowed::Space => "SPACE",
    }
}

fn heading(section: &str) -> &'static str {
    match section {
        "data" => "Data",
        "split" => "Split",
        "model" => "Model",
        "training" => "Training",
        "alarms" => "Alarms",
        "forecast" => "Forecast",
        _ => "Tuning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{
        ClassifyConfiguration, DetectConfiguration, ForecastConfiguration, NextConfiguration,
    };

    fn have_names_of_their_own<C: Configuration>() {
        for (index, key) in C::KEYS.iter().enumerate() {
            let others = &C::KEYS[..index];
            assert!(
                others.iter().all(|other| other.name != key.name),
                "{}",
                key.name
            );
            assert!(
                others
                    .iter()
                    .all(|other| other.option.is_none() || other.option != key.option)
            );
            assert!(
                C::SECTIONS
                    .iter()
                    .any(|(section, _)| *section == key.section)
            );
            assert_eq!(
                key.word.is_some(),
                !key.word_meaning.is_empty(),
                "{}",
                key.name
            );
        }
    }

    #[test]
    fn every_key_and_option_has_a_name_of_its_own_and_a_section() {
        have_names_of_their_own::<ClassifyConfiguration>();
        have_names_of_their_own::<DetectConfiguration>();
        have_names_of_their_own::<ForecastConfiguration>();
        have_names_of_their_own::<NextConfiguration>();
    }
}
