//! All measures of classes with their probabilities.

use serde::{Deserialize, Serialize};

use super::Mean;
use super::confusion_matrix::ConfusionMatrix;
use super::reliability::Reliability;

/// All measures of the same predictions.
///
/// ```
/// use tidegate_train::metrics::ClassMetrics;
///
/// let mut metrics = ClassMetrics::new(2);
/// metrics.add(&[0.75_f64.ln(), 0.25_f64.ln()], 0);
/// metrics.add(&[0.75_f64.ln(), 0.25_f64.ln()], 1);
/// let values = metrics.values();
/// assert_eq!(values.accuracy, Some(0.5));
/// assert_eq!(values.expected_calibration_error, Some(0.25));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassMetrics {
    confusion: ConfusionMatrix,
    reliability: Reliability,
    negative_log_likelihood: Mean,
}

/// What the measures come to; none of no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassMetricValues {
    /// The share that is right.
    pub accuracy: Option<f64>,
    /// The mean over the classes of the harmonic mean of precision and recall: [`ConfusionMatrix::macro_f1`].
    pub macro_f1: Option<f64>,
    /// Minus the logarithm of the probability of what is the case, the mean, in nats.
    pub negative_log_likelihood: Option<f64>,
    /// How far confidence and accuracy lie apart, 0 to 1: [`Reliability::expected_calibration_error`].
    pub expected_calibration_error: Option<f64>,
}

impl ClassMetrics {
    /// Of so many classes.
    #[must_use]
    pub fn new(classes: usize) -> ClassMetrics {
        ClassMetrics {
            confusion: ConfusionMatrix::new(classes),
            reliability: Reliability::default(),
            negative_log_likelihood: Mean::default(),
        }
    }

    /// Adds a prediction: the logarithm of the probability of each class, and the class that is the case. The first of the
    /// most probable classes is predicted.
    ///
    /// # Panics
    /// If there is not one logarithm for each class, or `actual` is no class.
    pub fn add(&mut self, log_probabilities: &[f64], actual: usize) {
        let predicted = most_probable(log_probabilities);
        self.confusion.add(actual, predicted);
        self.reliability
            .add(log_probabilities[predicted].exp(), predicted == actual);
        self.negative_log_likelihood.add(-log_probabilities[actual]);
    }

    /// Adds what another one added up.
    ///
    /// # Panics
    /// If the numbers of classes differ.
    pub fn merge(&mut self, other: &ClassMetrics) {
        self.confusion.merge(&other.confusion);
        self.reliability.merge(&other.reliability);
        self.negative_log_likelihood
            .merge(other.negative_log_likelihood);
    }

    /// Which classes were taken for which.
    #[must_use]
    pub fn confusion(&self) -> &ConfusionMatrix {
        &self.confusion
    }

    /// How good the probabilities are.
    #[must_use]
    pub fn reliability(&self) -> &Reliability {
        &self.reliability
    }

    /// What the measures come to.
    #[must_use]
    pub fn values(&self) -> ClassMetricValues {
        ClassMetricValues {
            accuracy: self.confusion.accuracy(),
            macro_f1: self.confusion.macro_f1(),
            negative_log_likelihood: self.negative_log_likelihood.value(),
            expected_calibration_error: self.reliability.expected_calibration_error(),
        }
    }
}

/// The index of the largest number, the first of equals.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn most_probable(numbers: &[f64]) -> usize {
    assert!(!numbers.is_empty(), "there is a class");
    let mut best = 0;
    for (index, number) in numbers.iter().enumerate() {
        if *number > numbers[best] {
            best = index;
        }
    }
    best
}
