//! A configuration as a file that explains itself.

use std::fmt::Write;

use toml::Value;

use super::Configuration;
use super::allowed::Allowed;
use super::file::TASK;
use super::key::Key;
use crate::paragraph::paragraph;

/// Characters of a line of comment after its sign.
const WIDTH: usize = 108;

/// Every key with what it means and what it may be set to.
pub(super) fn text<C: Configuration>(configuration: &C) -> String {
    let mut text = comment(&format!(
        "A run of tidegate train {}. Options of the command line override this file, and what is not set here has its \
         default.",
        C::TASK
    ));
    let _ = writeln!(text, "{TASK} = \"{}\"", C::TASK);
    for (section, meaning) in C::SECTIONS {
        let _ = write!(text, "\n{}[{section}]\n", comment(&format!("{meaning}.")));
        let keys = || C::KEYS.iter().filter(|key| key.section == *section);
        // A table ends the keys of its section.
        for key in keys() {
            let Some(value) = configuration.value(key) else {
                continue;
            };
            let _ = match (key.allowed, &value) {
                (Allowed::Space, Value::Table(space)) => {
                    let mut entries = format!("{}[{}]\n", explained(key), key.path());
                    for (name, candidates) in space {
                        entries += &format!("{name} = {}\n", inline(candidates));
                    }
                    write!(text, "{entries}")
                }
                _ => write!(
                    text,
                    "{}{} = {}\n\n",
                    explained(key),
                    key.name,
                    inline(&value)
                ),
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// Meaning, allowed values and word of a key as a comment.
fn explained(key: &Key) -> String {
    let mut words = format!("{}.", key.meaning);
    if let Some(word) = key.word {
        let _ = write!(words, " \"{word}\": {}.", key.word_meaning);
    }
    if !matches!(key.allowed, Allowed::Space) {
        let _ = write!(words, " Allowed: {}.", key.describe());
    }
    comment(&words)
}

fn comment(text: &str) -> String {
    let lines = paragraph(text, WIDTH);
    lines.lines().map(|line| format!("# {line}\n")).collect()
}

/// A value on one line.
fn inline(value: &Value) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml::Value;

    use super::super::allowed::Allowed;
    use super::super::key::Key;
    use super::super::{
        ClassifyConfiguration, Configuration, DetectConfiguration, ForecastConfiguration,
        NextConfiguration, Setting,
    };
    use crate::configuration::space;

    fn read<C: Configuration>(text: &str) -> C {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tidegate.toml");
        std::fs::write(&path, text).unwrap();
        C::read(&path).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn the_commented_defaults_are_the_defaults<C: Configuration>() {
        let text = C::default().commented();
        assert_eq!(read::<C>(&text), C::default());
        for key in C::KEYS {
            let set = match key.allowed {
                Allowed::Space => text.contains("\n[tune.space]\n"),
                _ => text.contains(&format!("\n{} = ", key.name)),
            };
            assert!(set, "{}: {text}", key.path());
        }
        assert!(text.lines().all(|line| line.chars().count() <= 110));
    }

    #[test]
    fn the_commented_defaults_set_every_key_and_are_the_defaults() {
        the_commented_defaults_are_the_defaults::<ClassifyConfiguration>();
        the_commented_defaults_are_the_defaults::<DetectConfiguration>();
        the_commented_defaults_are_the_defaults::<ForecastConfiguration>();
        the_commented_defaults_are_the_defaults::<NextConfiguration>();
    }

    /// A value that the key allows, as one writes it.
    fn value(key: &'static Key) -> BoxedStrategy<Value> {
        let text = "[a-z\"'\\\\#\\[\\]= ,é\n\u{1b}]{1,12}";
        let usual = match key.allowed {
            Allowed::Count { least, most } => (least..=most).prop_map(Value::Integer).boxed(),
            Allowed::Number(interval) => {
                let most = interval.most.min(1e9);
                (interval.least + 1e-12..most)
                    .prop_map(Value::Float)
                    .boxed()
            }
            Allowed::Flag => any::<bool>().prop_map(Value::Boolean).boxed(),
            Allowed::Choice(words) => proptest::sample::select(words)
                .prop_map(Value::from)
                .boxed(),
            Allowed::Text(_) => text.prop_map(Value::from).boxed(),
            Allowed::Texts(_) => prop::collection::vec(text, 0..4)
                .prop_map(Value::from)
                .boxed(),
            Allowed::Rising(_) => prop::collection::btree_set(1..1000_u32, 1..6)
                .prop_map(|set| {
                    set.into_iter()
                        .map(|part| Value::Float(f64::from(part) / 1e3))
                })
                .prop_map(|values| Value::Array(values.collect()))
                .boxed(),
            Allowed::FalseAlarms => {
                proptest::sample::select(vec!["1/month", "0.5/week", "1/10000"])
                    .prop_map(Value::from)
                    .boxed()
            }
            Allowed::Split => proptest::sample::select(vec![
                "8640,2880,2880",
                "0.7,0.1,0.2",
                "2017-07-01 00:00:00,2017-11-01 12:30:00",
            ])
            .prop_map(Value::from)
            .boxed(),
            Allowed::Space => Just(Value::try_from(space::default_space()).unwrap()).boxed(),
        };
        match key.word {
            Some(word) => prop_oneof![usual, Just(Value::from(word))].boxed(),
            None => usual,
        }
    }

    fn settings<C: Configuration>() -> impl Strategy<Value = Vec<Setting>> {
        let keys: Vec<&'static Key> = C::KEYS.iter().collect();
        let some = proptest::sample::subsequence(keys, 0..=C::KEYS.len());
        some.prop_flat_map(|keys| {
            keys.into_iter()
                .map(|key| value(key).prop_map(move |value| Setting { key, value }))
                .collect::<Vec<_>>()
        })
    }

    fn is_the_same_when_written_and_read<C: Configuration>(
        settings: Vec<Setting>,
    ) -> Result<(), TestCaseError> {
        for Setting { key, value } in &settings {
            // The entries of the space are accepted one by one.
            if !matches!(key.allowed, Allowed::Space) {
                prop_assert_eq!(key.accept(value.clone()), Some(value.clone()));
            }
        }
        let configuration = C::of(&settings);
        // A value that its field does not take would have fallen back to the defaults.
        for Setting { key, value } in &settings {
            prop_assert_eq!(
                configuration.value(key),
                Some(value.clone()),
                "{}",
                key.path()
            );
        }
        prop_assert_eq!(read::<C>(&configuration.commented()), configuration);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_configuration_that_is_written_and_read_is_the_same(
            classify in settings::<ClassifyConfiguration>(),
            detect in settings::<DetectConfiguration>(),
            forecast in settings::<ForecastConfiguration>(),
            next in settings::<NextConfiguration>(),
        ) {
            is_the_same_when_written_and_read::<ClassifyConfiguration>(classify)?;
            is_the_same_when_written_and_read::<DetectConfiguration>(detect)?;
            is_the_same_when_written_and_read::<NextConfiguration>(next)?;
            is_the_same_when_written_and_read::<ForecastConfiguration>(forecast)?;
        }
    }
}
