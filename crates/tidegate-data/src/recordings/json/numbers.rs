//! The measurements of a recording: a list of steps, each a list of numbers or one number, or a list for each channel.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::assembly::MOST_RECORDINGS;
use super::object::{Raw, Roles, too_many_keys};
use crate::table::quoted;

/// Measurements as they are found; not a number where missing.
#[derive(Debug)]
pub(super) enum Numbers {
    /// Something else.
    None,
    /// `[steps, size]`; no size where there is no step.
    Steps {
        size: Option<usize>,
        /// Whether steps are numbers, and not lists.
        flat: bool,
        values: Vec<f32>,
    },
    /// A list for each channel.
    Named(Vec<(String, Vec<f32>)>),
    /// No measurements, but recordings.
    Recordings(Vec<Raw>),
}

pub(super) struct NumbersSeed<'a> {
    pub(super) roles: &'a Roles<'a>,
    /// Whether an object holds a list for each channel.
    pub(super) named: bool,
}

impl<'de> DeserializeSeed<'de> for NumbersSeed<'_> {
    type Value = Numbers;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Numbers, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NumbersSeed<'_> {
    type Value = Numbers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of steps, or a list of numbers for each channel")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Numbers, E> {
        Ok(Numbers::None)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Numbers, E> {
        Ok(Numbers::None)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Numbers, E> {
        Ok(Numbers::None)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Numbers, E> {
        Ok(Numbers::None)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Numbers, E> {
        Ok(Numbers::None)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Numbers, E> {
        Ok(Numbers::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Numbers, A::Error> {
        let mut list = List::default();
        let roles = self.roles;
        while let Some(read) = seq.next_element_seed(Element {
            list: &mut list,
            roles,
        })? {
            if !read {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Numbers::None);
            }
        }
        match list.recordings {
            Some(recordings) => Ok(Numbers::Recordings(recordings)),
            None => Ok(Numbers::Steps {
                size: list.size,
                flat: list.flat.unwrap_or(true),
                values: list.values,
            }),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Numbers, A::Error> {
        if !self.named {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Numbers::None);
        }
        let mut channels: Vec<(String, Vec<f32>)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            too_many_keys(seen.len())?;
            if !seen.insert(name.clone()) {
                let name = quoted(&name);
                return Err(de::Error::custom(format!(
                    "the channel {name:?} occurs twice"
                )));
            }
            let values = map.next_value::<Vec<Number>>()?;
            channels.push((
                name,
                values.into_iter().map(|Number(value)| value).collect(),
            ));
        }
        Ok(Numbers::Named(channels))
    }
}

/// What a list holds so far.
#[derive(Default)]
struct List {
    size: Option<usize>,
    flat: Option<bool>,
    values: Vec<f32>,
    recordings: Option<Vec<Raw>>,
}

/// The next element of a list: whether it was read, and the list is not one of something else.
struct Element<'a> {
    list: &'a mut List,
    roles: &'a Roles<'a>,
}

impl Element<'_> {
    fn number<E: de::Error>(self, value: f32) -> Result<bool, E> {
        if self.list.recordings.is_some() || !*self.list.flat.get_or_insert(true) {
            return Err(E::custom("a number stands where those before are none"));
        }
        self.list.size = Some(1);
        self.list.values.push(value);
        Ok(true)
    }

    fn other<E: de::Error>(self, what: &str) -> Result<bool, E> {
        match self.list.flat.is_some() || self.list.recordings.is_some() {
            false => Ok(false),
            true => Err(E::custom(format!("{what} stands in a list of numbers"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step: a list of numbers, or one number")
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<bool, E> {
        self.other("true or false")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<bool, E> {
        let text = format!("{:?}", quoted(value));
        self.other(&text)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<bool, E> {
        self.number(value as f32)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
        self.number(value as f32)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<bool, E> {
        self.number(value as f32)
    }

    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        self.number(f32::NAN)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let list = self.list;
        if list.recordings.is_some() || *list.flat.get_or_insert(false) {
            return Err(de::Error::custom(
                "a list stands where those before are none",
            ));
        }
        let before = list.values.len();
        while let Some(Number(value)) = seq.next_element()? {
            list.values.push(value);
        }
        let found = list.values.len() - before;
        let size = *list.size.get_or_insert(found);
        if found != size || found == 0 {
            let step = before.checked_div(size).unwrap_or(0);
            return Err(de::Error::custom(format!(
                "step {step} has {found} {}, and {} expected: one for each channel",
                if found == 1 { "number" } else { "numbers" },
                match size {
                    0 | 1 => "1 is".to_owned(),
                    _ => format!("{size} are"),
                }
            )));
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        if self.list.flat.is_some() {
            return Err(de::Error::custom("an object stands in a list of numbers"));
        }
        let recordings = self.list.recordings.get_or_insert_default();
        recordings.push(Raw::of(self.roles, map)?);
        if recordings.len() > MOST_RECORDINGS {
            let reason =
                format!("more than {MOST_RECORDINGS} recordings: at most so many are read");
            return Err(de::Error::custom(reason));
        }
        Ok(true)
    }
}

/// A number, or null where it is missing.
struct Number(f32);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        let number = Option::<f64>::deserialize(deserializer)?;
        Ok(Number(number.map_or(f32::NAN, |number| number as f32)))
    }
}
