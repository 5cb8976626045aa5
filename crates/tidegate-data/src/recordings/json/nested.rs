//! Telling recordings from the rows of a table.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Whether a text is JSON whose first object holds lists or objects, as a row of a table does not.
pub(in super::super) fn is_json(text: &str) -> bool {
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'[') => true,
        Some(b'{') => {
            let nested = Cell::new(false);
            let mut deserializer = serde_json::Deserializer::from_str(text);
            // What is wrong with it is said when it is read.
            let _ = deserializer.deserialize_map(IsNested(&nested));
            nested.get()
        }
        _ => false,
    }
}

/// Notes whether a value of an object is a list or an object.
struct IsNested<'a>(&'a Cell<bool>);

impl<'de> Visitor<'de> for IsNested<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(IsNestedValue(self.0))?;
        }
        Ok(())
    }
}

struct IsNestedValue<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for IsNestedValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for IsNestedValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.0.set(true);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.0.set(true);
        Ok(())
    }
}
