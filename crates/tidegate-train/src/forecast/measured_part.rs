//! Which rows of a file a model is measured on.

use serde::Serialize;
use tidegate_data::{Parts, Split};

use super::data::ForecastData;

/// The rows that a model is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasuredPart {
    /// Those of the model's test part.
    Test,
    /// All, where the file holds none of the rows that the model was trained on.
    All,
}

impl MeasuredPart {
    /// As a phrase.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            MeasuredPart::Test => "the rows of the test part",
            MeasuredPart::All => "all rows, none of which the model was trained on",
        }
    }
}

impl ForecastData {
    /// Makes the test part what is to be measured; none where all rows were for training and validation.
    pub fn measured_part(&mut self) -> Option<MeasuredPart> {
        let rows = |part| self.parts.rows(part);
        match (rows(Split::Test), rows(Split::Train) + rows(Split::Valid)) {
            (0, 0) => {
                self.parts = Parts::test_only(&self.panel);
                Some(MeasuredPart::All)
            }
            (0, _) => None,
            (_, 0) => Some(MeasuredPart::All),
            _ => Some(MeasuredPart::Test),
        }
    }
}
