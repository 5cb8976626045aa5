//! An object: a recording, or a document of parts with recordings.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::RecordingsOptions;
use super::super::assembly::Labels as LabelTexts;
use super::super::names::{IDS, LABELS};
use super::labels::{Labels, LabelsSeed, Plain};
use super::numbers::{Numbers, NumbersSeed};
use crate::table::quoted;

/// Keys of measurements, beside which other lists of numbers are none.
const MEASUREMENTS: [&str; 2] = ["values", "channels"];

/// Which keys mean what.
pub(super) struct Roles<'a> {
    options: &'a RecordingsOptions,
    labels: RefCell<LabelTexts>,
}

impl<'a> Roles<'a> {
    pub(super) fn of(options: &'a RecordingsOptions) -> Roles<'a> {
        Roles {
            options,
            labels: RefCell::default(),
        }
    }

    pub(super) fn label(&self, text: &str) -> Arc<str> {
        self.labels.borrow_mut().get(text)
    }

    /// How usual a key is for an id, where 0 is the most usual; none where it is no id.
    fn id(&self, key: &str) -> Option<usize> {
        rank(key, self.options.id.as_deref(), &IDS)
    }

    fn label_key(&self, key: &str) -> Option<usize> {
        rank(key, self.options.label.as_deref(), &LABELS)
    }
}

fn rank(key: &str, asked: Option<&str>, usual: &[&str]) -> Option<usize> {
    match asked {
        Some(asked) => (key == asked).then_some(0),
        None => usual.iter().position(|name| name.eq_ignore_ascii_case(key)),
    }
}

/// An object as it is found.
#[derive(Debug, Default)]
pub(super) struct Raw {
    id: Option<(usize, String)>,
    label: Option<(usize, Labels)>,
    /// All keys, where the one of the id is asked for and is not among them.
    keys_without_id: Option<Vec<String>>,
    /// Keys that hold lists of numbers, or of objects.
    lists: Vec<(String, Numbers)>,
}

/// What an object turns out to be.
#[derive(Debug)]
pub(super) enum Object {
    Recording(Recorded),
    /// Parts with their names.
    Parts(Vec<(String, Vec<Raw>)>),
}

/// A recording as it is found.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) id: Option<String>,
    /// All keys, where the one of the id is asked for and is not among them.
    pub(super) keys_without_id: Option<Vec<String>>,
    pub(super) label: Labels,
    /// None where the file has no names.
    pub(super) names: Option<Vec<String>>,
    /// The channels' steps where they differ, else `[steps, channels]`.
    pub(super) measured: Measured,
}

#[derive(Debug)]
pub(super) enum Measured {
    Rows { size: usize, values: Vec<f32> },
    Columns(Vec<Vec<f32>>),
}

impl Raw {
    pub(super) fn of<'de, A: MapAccess<'de>>(roles: &Roles, mut map: A) -> Result<Raw, A::Error> {
        let mut raw = Raw::default();
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            too_many_keys(seen.len())?;
            if !seen.insert(key.clone()) {
                let key = quoted(&key);
                return Err(de::Error::custom(format!("the key {key:?} occurs twice")));
            }
            if let Some(rank) = roles.id(&key) {
                let Plain(id) = map.next_value()?;
                if let Some(id) = id
                    && raw.id.as_ref().is_none_or(|(best, _)| rank < *best)
                {
                    raw.id = Some((rank, id));
                }
            } else if let Some(rank) = roles.label_key(&key) {
                let label = map.next_value_seed(LabelsSeed(roles))?;
                if raw.label.as_ref().is_none_or(|(best, _)| rank < *best) {
                    raw.label = Some((rank, label));
                }
            } else {
                let named = MEASUREMENTS.contains(&&key[..]);
                match map.next_value_seed(NumbersSeed { roles, named })? {
                    Numbers::None => {}
                    numbers => raw.lists.push((key, numbers)),
                }
            }
        }
        if let Some(asked) = &roles.options.id
            && !seen.contains(asked)
        {
            let mut keys: Vec<String> = seen.into_iter().collect();
            keys.sort_unstable();
            raw.keys_without_id = Some(keys);
        }
        Ok(raw)
    }

    /// What the object is; an error says what is expected.
    pub(super) fn object(mut self) -> Result<Object, String> {
        let is_part = |numbers: &Numbers| matches!(numbers, Numbers::Recordings(_));
        if !self.lists.is_empty() && self.lists.iter().all(|(_, list)| is_part(list)) {
            let parts = self
                .lists
                .into_iter()
                .filter_map(|(name, list)| match list {
                    Numbers::Recordings(recordings) => Some((name, recordings)),
                    _ => None,
                });
            return Ok(Object::Parts(parts.collect()));
        }
        self.lists.retain(|(_, list)| !is_part(list));
        self.recorded().map(Object::Recording)
    }

    /// The recording that the object is.
    pub(super) fn recorded(mut self) -> Result<Recorded, String> {
        let of_measurements = |name: &str| {
            self.lists
                .iter()
                .position(|(key, list)| key == name && !matches!(list, Numbers::Recordings(_)))
        };
        let chosen = MEASUREMENTS.iter().find_map(|name| of_measurements(name));
        let lists = match chosen {
            Some(index) => vec![self.lists.swap_remove(index)],
            None => self.lists,
        };
        let (names, measured) = measured(lists)?;
        Ok(Recorded {
            id: self.id.map(|(_, id)| id),
            keys_without_id: self.keys_without_id,
            label: self.label.map_or(Labels::None, |(_, label)| label),
            names,
            measured,
        })
    }
}

/// The measurements of one list, or of a list for each channel.
fn measured(mut lists: Vec<(String, Numbers)>) -> Result<(Option<Vec<String>>, Measured), String> {
    if lists.len() == 1
        && let Some((_, list)) = lists.pop()
    {
        return match list {
            Numbers::Steps { size, values, .. } => {
                let size = size.unwrap_or(0);
                Ok((None, Measured::Rows { size, values }))
            }
            Numbers::Named(channels) => {
                let (names, channels) = channels.into_iter().unzip();
                Ok((Some(names), Measured::Columns(channels)))
            }
            Numbers::Recordings(_) | Numbers::None => Err(no_measurements()),
        };
    }
    let quotes: Vec<String> = lists
        .iter()
        .map(|(name, _)| format!("{:?}", quoted(name)))
        .collect();
    let (mut names, mut channels) = (Vec::new(), Vec::new());
    for (name, list) in lists {
        let Numbers::Steps {
            values, flat: true, ..
        } = list
        else {
            return Err(format!(
                "several keys hold lists of numbers: {}; call the measurements \"values\"",
                quotes.join(", ")
            ));
        };
        names.push(name);
        channels.push(values);
    }
    match names.is_empty() {
        true => Err(no_measurements()),
        false => Ok((Some(names), Measured::Columns(channels))),
    }
}

fn no_measurements() -> String {
    "no key holds measurements: a list of steps, or a list of numbers for each channel, is expected"
        .to_owned()
}

/// More than any recording has.
const MOST_KEYS: usize = 1 << 16;

/// Refuses one more key than so many.
pub(super) fn too_many_keys<E: de::Error>(keys: usize) -> Result<(), E> {
    match keys < MOST_KEYS {
        true => Ok(()),
        false => Err(E::custom(format!(
            "the object has more than {MOST_KEYS} keys: at most so many are read"
        ))),
    }
}

/// Reads an object, or a list of objects as one part without a name.
pub(super) struct TopSeed<'a>(pub(super) &'a Roles<'a>);

impl<'de> DeserializeSeed<'de> for TopSeed<'_> {
    type Value = Raw;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TopSeed<'_> {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object for each recording")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Raw, A::Error> {
        Raw::of(self.0, map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Raw, A::Error> {
        let list = NumbersSeed {
            roles: self.0,
            named: false,
        };
        let recordings = match list.visit_seq(seq)? {
            Numbers::Recordings(recordings) => recordings,
            Numbers::Steps { values, .. } if values.is_empty() => Vec::new(),
            _ => {
                return Err(de::Error::custom(
                    "a list of objects, one for each recording, is expected",
                ));
            }
        };
        Ok(Raw {
            lists: vec![(String::new(), Numbers::Recordings(recordings))],
            ..Raw::default()
        })
    }
}
