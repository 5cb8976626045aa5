//! Nested lists of numbers.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::array::NamedArray;
use crate::error::ExchangeError;

/// Most lists within lists.
const DEPTH: usize = 8;

/// The numbers that nested lists hold, in their order.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    values: Vec<f32>,
    /// Length of the lists of each depth that was reached, once the first one has ended.
    sizes: Vec<Option<usize>>,
    /// Lists around the first number.
    rank: Option<usize>,
    /// The first thing that is wrong.
    flaw: Option<String>,
}

impl Numbers {
    /// The array that the lists spell out.
    pub(super) fn array(self, name: String) -> Result<NamedArray, ExchangeError> {
        let ragged = self.rank.is_some_and(|rank| rank != self.sizes.len());
        let flaw = self
            .flaw
            .or_else(|| ragged.then(|| "has a number beside lists".into()));
        if let Some(reason) = flaw {
            return Err(ExchangeError::Malformed {
                place: name,
                reason,
            });
        }
        let shape = self.sizes.into_iter().flatten().collect();
        NamedArray::new(name, shape, self.values)
    }

    fn refuse(&mut self, reason: impl FnOnce() -> String) {
        self.flaw.get_or_insert_with(reason);
    }

    fn number(&mut self, depth: usize, number: f64) {
        if *self.rank.get_or_insert(depth) != depth {
            self.refuse(|| "has a number beside lists".into());
        } else if self.flaw.is_none() {
            // Nearest 32-bit float, as a reader of the file would take it.
            self.values.push(number as f32);
        }
    }

    fn ended(&mut self, depth: usize, found: usize) {
        let size = *self.sizes[depth].get_or_insert(found);
        if size != found {
            self.refuse(|| {
                format!("has a list of {found} where the first one beside it has {size}")
            });
        }
    }
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut numbers = Numbers::default();
        let all = Within {
            numbers: &mut numbers,
            depth: 0,
        };
        all.deserialize(deserializer)?;
        Ok(numbers)
    }
}

/// What stands within `depth` lists. What is wrong with it is noted and not an error here, where its place has no name.
struct Within<'a> {
    numbers: &'a mut Numbers,
    depth: usize,
}

impl Within<'_> {
    fn no_number(self) {
        self.numbers
            .refuse(|| "holds something that is no number".into());
    }
}

impl<'de> DeserializeSeed<'de> for Within<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("numbers")
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.numbers.number(self.depth, number as f64);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.numbers.number(self.depth, number as f64);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.numbers.number(self.depth, number);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.no_number();
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.no_number();
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.no_number();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.no_number();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Within { numbers, depth } = self;
        if depth == DEPTH {
            numbers.refuse(|| format!("has more than {DEPTH} lists within lists"));
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        if numbers.sizes.len() == depth {
            numbers.sizes.push(None);
        }
        let mut found = 0;
        while let Some(()) = list.next_element_seed(Within {
            numbers: &mut *numbers,
            depth: depth + 1,
        })? {
            found += 1;
        }
        numbers.ended(depth, found);
        Ok(())
    }
}

/// The lists of an array.
pub(super) fn lists(array: &NamedArray) -> Value {
    fn nested(shape: &[usize], values: &[f32]) -> Value {
        match shape {
            [] | [_] => values.iter().map(|&value| Value::from(value)).collect(),
            [rows, inner @ ..] => values
                .chunks((values.len() / rows.max(&1)).max(1))
                .map(|values| nested(inner, values))
                .collect(),
        }
    }
    nested(&array.shape, &array.values)
}
