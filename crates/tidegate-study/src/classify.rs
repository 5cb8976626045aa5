//! The page of a classifier: which classes it takes for which, how well it finds each, and whether its probabilities are what
//! they say; as one HTML file that reads nothing from a network.
//!
//! Here live the plain input of the page ([`ClassifyPicture`]) and what makes tables and charts of it; what computes the
//! numbers lives elsewhere.

mod confusion;
mod reliability;
#[cfg(test)]
mod tests;

use maud::{Markup, html};
use tidegate_train::metrics::{ConfusionMatrix, ReliabilityBin};

use crate::chart::short_number;
use crate::forecast::{ForecastPageError, TrainingPicture};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::shell::{self, Section};
use crate::page::table::{heads, table};

/// What the page of a classifier shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassifyPicture {
    /// The headline.
    pub title: String,
    /// Sentences below it: which model, which data, how good.
    pub subject: Vec<String>,
    /// What is counted, such as `recordings` or `steps`.
    pub counted: String,
    /// The classes, in the order of the matrix.
    pub classes: Vec<String>,
    /// Which classes were taken for which.
    pub confusion: ConfusionMatrix,
    /// Confidences beside the share that is right.
    pub reliability: Vec<ReliabilityBin>,
    /// The losses of the training, where they are to be shown too.
    pub training: Option<TrainingPicture>,
}

impl ClassifyPicture {
    /// The page as an HTML document that works without a network, and without a script too.
    ///
    /// # Errors
    /// Nothing counted, or not one name for each class.
    pub fn html(&self) -> Result<String, ForecastPageError> {
        let (expected, found) = (self.confusion.rows().len(), self.classes.len());
        if found != expected {
            return Err(ForecastPageError::Length {
                subject: self.title.clone(),
                what: "names of classes",
                expected,
                found,
            });
        }
        if self.confusion.total() == 0 {
            return Err(ForecastPageError::Empty("a class that was predicted"));
        }
        let mut figures = Figures::new(Language::English);
        let opening = html! { @for sentence in &self.subject { p { (sentence) } } };
        let mut sections = vec![
            Section::new(
                "confusion",
                "Which class is taken for which",
                self.confusion(),
            ),
            Section::new("classes", "How well each class is found", self.scores()),
            Section::new(
                "reliability",
                "Whether probabilities are what they say",
                html! {
                    (figures.show(reliability::chart(&self.reliability).as_ref()))
                    (reliability::numbers(&self.reliability, &self.counted))
                },
            ),
        ];
        if let Some(training) = &self.training {
            let losses = figures.show(training.losses().as_ref());
            sections.push(Section::new("training", "Training", losses));
        }
        Ok(shell::document(
            Language::English,
            &self.title,
            &opening,
            &sections,
            &figures,
        ))
    }

    fn scores(&self) -> Markup {
        let names = heads(&["class", "precision", "recall", "F1", &self.counted]);
        let rows = self.classes.iter().enumerate().map(|(class, name)| {
            let scores = self.confusion.class_scores(class);
            vec![
                name.clone(),
                short_number(scores.precision),
                short_number(scores.recall),
                short_number(scores.f1),
                scores.support.to_string(),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        html! {
            p {
                "Precision: of what was taken for the class, the share that is. Recall: of what is of the class, the share "
                "that was found. F1: their harmonic mean."
            }
            (table("Precision, recall and F1 of each class", &names, &rows))
        }
    }
}
