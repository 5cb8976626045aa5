//! Cross-validation: how good a classifier of small data is, measured on all of it.

use tidegate_data::{Recordings, stratified_folds};

use super::recipe::ClassifyRecipe;
use crate::error::TrainError;
use crate::metrics::{ClassMetricValues, ClassMetrics};
use crate::trained::Outcome;

/// What cross-validation found.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    /// One for each fold.
    pub folds: Vec<Fold>,
    /// Of the folds' accuracies.
    pub accuracy: MeanDeviation,
    /// Of the folds' macro F1.
    pub macro_f1: MeanDeviation,
    /// The measures of all recordings together, each classified by the model that was not trained on it.
    pub pooled: ClassMetrics,
}

/// A fold: a model trained on the recordings of the others, and measured on its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// The fold, counted from 0.
    pub index: usize,
    /// Recordings that were measured.
    pub recordings: usize,
    /// Epochs that it was trained for.
    pub epochs: usize,
    /// The epoch whose parameters it has; none if none was completed.
    pub best_epoch: Option<usize>,
    /// The measures on its own recordings.
    pub values: ClassMetricValues,
}

/// A mean with the spread of what it is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanDeviation {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of a sample: the root of the squares' sum divided by one less than their number.
    pub deviation: f64,
}

impl MeanDeviation {
    fn of(values: &[f64]) -> MeanDeviation {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        MeanDeviation {
            mean,
            deviation: (squares / (count - 1.0)).sqrt(),
        }
    }
}

impl ClassifyRecipe {
    /// Deals the recordings into `folds` parts that have their share of every class and, for each of them, trains a model
    /// on the others, as [`ClassifyRecipe::train`] does with a share of them held back to validate, and measures it on the
    /// part. `done` is told of each fold as it ends. Nothing where `stop` said so before the end.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] where there are fewer than 2 folds, more than recordings, or a class of one recording;
    /// otherwise those of [`ClassifyRecipe::train`].
    pub fn cross_validate(
        &self,
        recordings: &Recordings,
        folds: usize,
        done: &mut dyn FnMut(&Fold),
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<CrossValidation>, TrainError> {
        let parts = stratified_folds(recordings, folds, self.training.seed)?;
        let mut of_fold = |index: usize| -> Result<Option<(Fold, ClassMetrics)>, TrainError> {
            let is_held_back = |row: &usize| parts[index].binary_search(row).is_ok();
            let rows = (0..recordings.recordings.len()).filter(|row| !is_held_back(row));
            let data = self.prepare(&subset(recordings, rows))?;
            let (model, trained) = self.train(&data, None, &mut |_| {}, stop)?;
            if trained.outcome == Outcome::Interrupted {
                return Ok(None);
            }
            let set = model.plan.schema.set(recordings, &parts[index])?;
            let evaluation = model.evaluate_set(&set)?;
            let fold = Fold {
                index,
                recordings: evaluation.recordings,
                epochs: trained.epochs.len(),
                best_epoch: trained.best().map(|best| best.epoch),
                values: evaluation.metrics.values(),
            };
            done(&fold);
            Ok(Some((fold, evaluation.metrics)))
        };
        let mut found = Vec::with_capacity(folds);
        for index in 0..folds {
            match of_fold(index)? {
                Some(fold) => found.push(fold),
                None => return Ok(None),
            }
        }
        let (folds, metrics): (Vec<Fold>, Vec<ClassMetrics>) = found.into_iter().unzip();
        let of = |value: fn(&ClassMetricValues) -> Option<f64>| {
            let values: Vec<f64> = folds
                .iter()
                .filter_map(|fold| value(&fold.values))
                .collect();
            MeanDeviation::of(&values)
        };
        let mut pooled = metrics[0].clone();
        metrics[1..].iter().for_each(|one| pooled.merge(one));
        Ok(Some(CrossValidation {
            accuracy: of(|values| values.accuracy),
            macro_f1: of(|values| values.macro_f1),
            pooled,
            folds,
        }))
    }
}

/// Recordings of a file alone.
fn subset(recordings: &Recordings, rows: impl Iterator<Item = usize>) -> Recordings {
    Recordings {
        path: recordings.path.clone(),
        format: recordings.format,
        channels: recordings.channels.clone(),
        recordings: rows.map(|row| recordings.recordings[row].clone()).collect(),
        notes: Vec::new(),
    }
}
