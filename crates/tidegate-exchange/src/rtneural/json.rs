//! What of RTNeural's JSON is read. Nothing else of a file is kept: memory follows the count of numbers, not that of brackets.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::numbers::Numbers;

/// Most layers of a file.
const MOST_LAYERS: usize = 1000;

/// Most arrays of a layer; a GRU has three.
const MOST_ARRAYS: usize = 8;

/// Most tensors of a module.
const MOST_TENSORS: usize = 4096;

/// A file of either kind.
#[derive(Default)]
pub(super) struct File {
    /// What a file of layers says that it reads.
    pub(super) in_shape: Option<Entry>,
    pub(super) layers: Option<Vec<Layer>>,
    pub(super) model_data: Option<ModelData>,
    pub(super) state_dict: Option<State>,
    /// All other entries.
    pub(super) rest: State,
}

/// A layer of a file of layers.
#[derive(Deserialize)]
pub(super) struct Layer {
    #[serde(default, rename = "type")]
    pub(super) kind: Entry,
    #[serde(default)]
    pub(super) activation: Entry,
    #[serde(default)]
    pub(super) shape: Entry,
    #[serde(default)]
    pub(super) weights: Option<Few<Numbers, MOST_ARRAYS>>,
}

/// What a recordings' trainer says of its network.
#[derive(Deserialize)]
pub(super) struct ModelData {
    #[serde(default)]
    pub(super) skip: Entry,
}

/// A short value.
#[derive(Debug, Default)]
pub(super) enum Entry {
    /// None, or null.
    #[default]
    Nothing,
    Text(String),
    Number(f64),
    /// The last value of a list, where it is a whole number.
    Last(Option<u64>),
    Other,
}

/// Tensors by name.
#[derive(Default)]
pub(super) struct State(pub(super) Vec<(String, Numbers)>);

impl State {
    fn push<E: serde::de::Error>(&mut self, name: String, numbers: Numbers) -> Result<(), E> {
        if self.0.len() == MOST_TENSORS {
            return Err(E::custom(format!("more than {MOST_TENSORS} tensors")));
        }
        self.0.push((name, numbers));
        Ok(())
    }
}

/// A list of no more than `MOST` values.
pub(super) struct Few<T, const MOST: usize>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfList<T, const MOST: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for OfList<T, MOST> {
            type Value = Few<T, MOST>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    if values.len() == MOST {
                        return Err(A::Error::custom(format!("a list of more than {MOST}")));
                    }
                    values.push(value);
                }
                Ok(Few(values))
            }
        }

        deserializer.deserialize_seq(OfList(PhantomData))
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;

        impl<'de> Visitor<'de> for OfObject {
            type Value = State;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<State, A::Error> {
                let mut state = State::default();
                while let Some((name, numbers)) = entries.next_entry()? {
                    state.push(name, numbers)?;
                }
                Ok(state)
            }
        }

        deserializer.deserialize_map(OfObject)
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;

        impl<'de> Visitor<'de> for OfObject {
            type Value = File;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<File, A::Error> {
                let mut file = File::default();
                while let Some(name) = entries.next_key::<String>()? {
                    match name.as_str() {
                        "in_shape" => file.in_shape = Some(entries.next_value()?),
                        "layers" => {
                            let Few(layers) = entries.next_value::<Few<Layer, MOST_LAYERS>>()?;
                            file.layers = Some(layers);
                        }
                        "model_data" => file.model_data = Some(entries.next_value()?),
                        "state_dict" => file.state_dict = Some(entries.next_value()?),
                        _ => file.rest.push(name, entries.next_value()?)?,
                    }
                }
                Ok(file)
            }
        }

        deserializer.deserialize_map(OfObject)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfAny;

        impl<'de> Visitor<'de> for OfAny {
            type Value = Entry;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Entry, E> {
                Ok(Entry::Nothing)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Entry, E> {
                Ok(Entry::Other)
            }

            fn visit_u64<E>(self, number: u64) -> Result<Entry, E> {
                Ok(Entry::Number(number as f64))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Entry, E> {
                Ok(Entry::Number(number as f64))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Entry, E> {
                Ok(Entry::Number(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
                let mut last = None;
                while let Some(value) = list.next_element::<Entry>()? {
                    last = match value {
                        // Whole numbers this small are exact.
                        Entry::Number(number)
                            if (0.0..1e15).contains(&number) && number.fract() == 0.0 =>
                        {
                            Some(number as u64)
                        }
                        _ => None,
                    };
                }
                Ok(Entry::Last(last))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Entry, A::Error> {
                while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Entry::Other)
            }
        }

        deserializer.deserialize_any(OfAny)
    }
}
