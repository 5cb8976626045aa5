//! How good a classifier is.

use tidegate_data::{Recordings, SequenceSet, Targets};

use super::model::ClassifyModel;
use crate::error::TrainError;
use crate::metrics::ClassMetrics;

/// How good a classifier is on labelled recordings.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassifyEvaluation {
    /// Number of recordings.
    pub recordings: usize,
    /// The classes, in the order of the measures.
    pub classes: Vec<String>,
    /// The measures: over the recordings, or over all steps where each has a class.
    pub metrics: ClassMetrics,
}

impl ClassifyModel {
    /// Classifies labelled recordings and compares.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] where channels or labels do not fit; [`TrainError::EvaluationNotFinite`] where a number on
    /// the way is not finite.
    pub fn evaluate(&self, recordings: &Recordings) -> Result<ClassifyEvaluation, TrainError> {
        let rows: Vec<usize> = (0..recordings.recordings.len()).collect();
        self.evaluate_set(&self.plan.schema.set(recordings, &rows)?)
    }

    /// The same of sequences that the schema scaled.
    ///
    /// # Errors
    /// [`TrainError::EvaluationNotFinite`] where a number on the way is not finite.
    pub fn evaluate_set(&self, set: &SequenceSet) -> Result<ClassifyEvaluation, TrainError> {
        let classes = self.plan.schema.classes.clone();
        let mut metrics = ClassMetrics::new(classes.len());
        let predictions = self.predict_set(set)?;
        for (sequence, prediction) in set.sequences.iter().zip(&predictions) {
            if let Targets::Classes(actual) = &sequence.targets {
                for (row, &class) in actual.iter().enumerate() {
                    metrics.add(prediction.logarithms(row), class as usize);
                }
            }
        }
        Ok(ClassifyEvaluation {
            recordings: set.len(),
            classes,
            metrics,
        })
    }
}
