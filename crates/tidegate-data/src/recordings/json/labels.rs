//! The label of a recording, or those of its steps; and its name.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::super::assembly::MOST_STEPS;
use super::object::Roles;

/// Labels as they are found.
#[derive(Debug)]
pub(super) enum Labels {
    None,
    Whole(Arc<str>),
    /// Of each step; none where it is null.
    Steps(Vec<Option<Arc<str>>>),
}

/// A text, or a number or a truth as text; none where it is null.
pub(super) struct Plain(pub(super) Option<String>);

/// Reads labels, with or without lists of them.
pub(super) struct LabelsSeed<'a>(pub(super) &'a Roles<'a>);

impl<'de> DeserializeSeed<'de> for LabelsSeed<'_> {
    type Value = Labels;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Labels, D::Error> {
        let roles = Some(self.0);
        Ok(
            match deserializer.deserialize_any(PlainVisitor { roles })? {
                Found::One(None) => Labels::None,
                Found::One(Some(text)) => Labels::Whole(self.0.label(&text)),
                Found::List(labels) => Labels::Steps(labels),
            },
        )
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Plain, D::Error> {
        match deserializer.deserialize_any(PlainVisitor { roles: None })? {
            Found::One(one) => Ok(Plain(one)),
            Found::List(_) => Ok(Plain(None)),
        }
    }
}

enum Found {
    One(Option<String>),
    List(Vec<Option<Arc<str>>>),
}

/// Reads lists of labels where there are roles.
struct PlainVisitor<'a> {
    roles: Option<&'a Roles<'a>>,
}

impl PlainVisitor<'_> {
    fn one<E>(text: impl ToString) -> Result<Found, E> {
        Ok(Found::One(Some(text.to_string())))
    }
}

impl<'de> Visitor<'de> for PlainVisitor<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.roles {
            Some(_) => "a label, which is a text or a number, or a list with one for each step",
            None => "a text or a number",
        })
    }

    fn visit_unit<E: de::Error>(self) -> Result<Found, E> {
        Ok(Found::One(None))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Found, E> {
        PlainVisitor::one(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Found, E> {
        PlainVisitor::one(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Found, E> {
        PlainVisitor::one(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Found, E> {
        // Both zeros are one label.
        PlainVisitor::one(value + 0.0)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Found, E> {
        PlainVisitor::one(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Found, A::Error> {
        let Some(roles) = self.roles else {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &self));
        };
        let mut labels = Vec::new();
        while let Some(Plain(text)) = seq.next_element()? {
            if labels.len() == MOST_STEPS {
                let reason = format!("more than {MOST_STEPS} labels: at most so many are read");
                return Err(de::Error::custom(reason));
            }
            labels.push(text.map(|text| roles.label(&text)));
        }
        Ok(Found::List(labels))
    }
}
