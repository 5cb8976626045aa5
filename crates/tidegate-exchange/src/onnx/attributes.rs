//! The attributes of a node, taken one by one; what is left at the end is not known, and refused.

use super::messages::{AttributeProto, TensorProto};

/// Attributes that nobody has asked for yet.
pub(super) struct Attributes {
    left: Vec<AttributeProto>,
}

/// More than any operator has.
const MOST: usize = 64;

impl Attributes {
    pub(super) fn new(attributes: Vec<AttributeProto>) -> Result<Attributes, String> {
        if attributes.len() > MOST {
            return Err(format!(
                "{} attributes are given, and no operator has more than {MOST}",
                attributes.len()
            ));
        }
        for (place, attribute) in attributes.iter().enumerate() {
            if !attribute.ref_attr_name.is_empty() {
                return Err(format!(
                    "attribute {} refers to a function's, and functions are not read",
                    attribute.name
                ));
            }
            if attributes[..place]
                .iter()
                .any(|one| one.name == attribute.name)
            {
                return Err(format!("attribute {} stands twice", attribute.name));
            }
        }
        Ok(Attributes { left: attributes })
    }

    fn take(&mut self, name: &str) -> Option<AttributeProto> {
        let place = self.left.iter().position(|one| one.name == name)?;
        Some(self.left.swap_remove(place))
    }

    /// Takes an attribute that changes nothing.
    pub(super) fn ignore(&mut self, name: &str) {
        self.take(name);
    }

    pub(super) fn int(&mut self, name: &str) -> Result<Option<i64>, String> {
        let missing = || format!("attribute {name} is no whole number");
        self.take(name)
            .map(|attribute| attribute.i.ok_or_else(missing))
            .transpose()
    }

    /// 0 or 1, 0 where it is left out.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, String> {
        match self.int(name)?.unwrap_or(0) {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("attribute {name} is {other}, neither 0 nor 1")),
        }
    }

    pub(super) fn float(&mut self, name: &str) -> Result<Option<f32>, String> {
        let missing = || format!("attribute {name} is no number");
        self.take(name)
            .map(|attribute| attribute.f.ok_or_else(missing))
            .transpose()
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        let missing = || format!("attribute {name} is no text");
        self.take(name)
            .map(|attribute| {
                let bytes = attribute.s.ok_or_else(missing)?;
                String::from_utf8(bytes).map_err(|_| missing())
            })
            .transpose()
    }

    /// None where it is left out.
    pub(super) fn ints(&mut self, name: &str) -> Option<Vec<i64>> {
        self.take(name).map(|attribute| attribute.ints)
    }

    /// None where it is left out.
    pub(super) fn floats(&mut self, name: &str) -> Option<Vec<f32>> {
        self.take(name).map(|attribute| attribute.floats)
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, String> {
        self.take(name)
            .map(|attribute| {
                attribute
                    .strings
                    .into_iter()
                    .map(|bytes| {
                        String::from_utf8(bytes)
                            .map_err(|_| format!("attribute {name} holds what is no text"))
                    })
                    .collect()
            })
            .transpose()
    }

    pub(super) fn tensor(&mut self, name: &str) -> Result<Option<TensorProto>, String> {
        let missing = || format!("attribute {name} is no tensor");
        self.take(name)
            .map(|attribute| attribute.t.ok_or_else(missing))
            .transpose()
    }

    /// Checks that every attribute was asked for.
    pub(super) fn finish(self) -> Result<(), String> {
        match self.left.first() {
            None => Ok(()),
            Some(attribute) => Err(format!("attribute {} is not known", attribute.name)),
        }
    }
}
