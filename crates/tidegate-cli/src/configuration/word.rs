//! A word that stands for what is not a value: `"auto"`, `"none"` or `"all"`.

/// A module for serde's `with` that writes `None` as this word.
macro_rules! word {
    ($name:ident, $text:literal) => {
        pub(super) mod $name {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            #[derive(Serialize, Deserialize)]
            enum Word {
                #[serde(rename = $text)]
                Word,
            }

            #[derive(Serialize, Deserialize)]
            #[serde(untagged)]
            enum Either<T> {
                Word(Word),
                Value(T),
            }

            pub(in super::super) fn serialize<T: Serialize, S: Serializer>(
                value: &Option<T>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let either = value
                    .as_ref()
                    .map_or(Either::Word(Word::Word), Either::Value);
                either.serialize(serializer)
            }

            pub(in super::super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Option<T>, D::Error> {
                Ok(match Either::deserialize(deserializer)? {
                    Either::Word(_) => None,
                    Either::Value(value) => Some(value),
                })
            }
        }
    };
}

word!(auto, "auto");
word!(none, "none");
word!(all, "all");
