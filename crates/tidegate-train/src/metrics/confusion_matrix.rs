//! Which classes are taken for which: counts, and what follows from them.

use serde::{Deserialize, Serialize};

/// How often each class was taken for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    /// `[actual, predicted]`.
    counts: Vec<u64>,
}

/// How well one class is found. What is not defined is 0, as with scikit-learn's `zero_division=0`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Of what was taken for the class, the share that is; 0 where nothing was.
    pub precision: f64,
    /// Of what is of the class, the share that was found; 0 where nothing is.
    pub recall: f64,
    /// Harmonic mean of both; 0 where nothing is of the class or was taken for it.
    pub f1: f64,
    /// How many are of the class.
    pub support: u64,
}

impl ConfusionMatrix {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(classes: usize) -> ConfusionMatrix {
        ConfusionMatrix {
            classes,
            counts: vec![0; classes * classes],
        }
    }

    /// Counts one of class `actual` that was taken for `predicted`.
    ///
    /// # Panics
    /// If one of them is not a class.
    pub fn add(&mut self, actual: usize, predicted: usize) {
        assert!(
            actual < self.classes && predicted < self.classes,
            "classes {actual} and {predicted} of {}",
            self.classes
        );
        self.counts[actual * self.classes + predicted] += 1;
    }

    /// Adds what another one counted.
    ///
    /// # Panics
    /// If the numbers of classes differ.
    pub fn merge(&mut self, other: &ConfusionMatrix) {
        assert_eq!(self.classes, other.classes, "the same classes");
        let pairs = self.counts.iter_mut().zip(&other.counts);
        pairs.for_each(|(sum, count)| *sum += count);
    }

    /// A row for each actual class, with the counts of what it was taken for.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes.max(1))
    }

    /// How many were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share that was taken for what it is; none where nothing was counted.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        let right: u64 = self.counts.iter().step_by(self.classes + 1).sum();
        (self.total() > 0).then(|| right as f64 / self.total() as f64)
    }

    /// How well a class is found.
    ///
    /// # Panics
    /// As indexing does, if it is not one of the classes.
    #[must_use]
    pub fn class_scores(&self, class: usize) -> ClassScores {
        let right = self.counts[class * self.classes + class];
        let support: u64 = self.rows().skip(class).take(1).flatten().sum();
        let predicted: u64 = self.rows().map(|row| row[class]).sum();
        let share = |of: u64, all: u64| match all {
            0 => 0.0,
            _ => of as f64 / all as f64,
        };
        ClassScores {
            precision: share(right, predicted),
            recall: share(right, support),
            f1: share(2 * right, support + predicted),
            support,
        }
    }

    /// The mean of the classes' F1; none where nothing was counted. A class counts if anything is of it or was taken for it:
    /// one that is absent and never predicted is left out, as scikit-learn's `f1_score(average="macro", zero_division=0)`
    /// does.
    #[must_use]
    pub fn macro_f1(&self) -> Option<f64> {
        let scores = (0..self.classes).filter_map(|class| {
            let seen = self.rows().any(|row| row[class] > 0);
            let scores = self.class_scores(class);
            (seen || scores.support > 0).then_some(scores.f1)
        });
        let (sum, count) = scores.fold((0.0, 0), |(sum, count), f1| (sum + f1, count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }
}
