//! How well quantiles stand, in units of what is forecast.

use super::seen;

/// For each level q: 2 · Σ max(q · (y − ŷ_q), (q − 1) · (y − ŷ_q)) / Σ |y|, the q-risk of Lim et al. 2021 (arXiv 1912.09363)
/// and the weighted quantile loss of GluonTS; over several levels, their mean. Of the median alone it is Σ |ŷ − y| / Σ |y|.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedQuantileLoss {
    levels: Vec<f64>,
    /// Sum of the losses of each level.
    losses: Vec<f64>,
    magnitude: f64,
}

impl WeightedQuantileLoss {
    /// With these levels, between 0 and 1.
    #[must_use]
    pub fn new(levels: &[f64]) -> WeightedQuantileLoss {
        WeightedQuantileLoss {
            levels: levels.to_vec(),
            losses: vec![0.0; levels.len()],
            magnitude: 0.0,
        }
    }

    /// Adds points with their quantiles, `[points, levels]`; `observed` is empty where all are.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(&mut self, quantiles: &[f64], actual: &[f64], observed: &[bool]) {
        let width = self.levels.len();
        assert_eq!(
            quantiles.len(),
            actual.len() * width,
            "a quantile for each value and level"
        );
        for (point, actual) in seen(actual, observed) {
            self.magnitude += actual.abs();
            for index in 0..width {
                let (level, error) = (
                    self.levels[index],
                    actual - quantiles[point * width + index],
                );
                self.losses[index] += 2.0 * (level * error).max((level - 1.0) * error);
            }
        }
    }

    /// Adds what another one added up.
    ///
    /// # Panics
    /// If the levels differ.
    pub fn merge(&mut self, other: &WeightedQuantileLoss) {
        assert_eq!(self.levels, other.levels, "the same levels");
        for (loss, other) in self.losses.iter_mut().zip(&other.losses) {
            *loss += other;
        }
        self.magnitude += other.magnitude;
    }

    /// The loss of each level; none where every value is 0, or where there is no point.
    #[must_use]
    pub fn by_level(&self) -> Option<Vec<f64>> {
        let shares = self.losses.iter().map(|loss| loss / self.magnitude);
        (self.magnitude > 0.0).then(|| shares.collect())
    }

    /// The mean over the levels; none where every value is 0, or where there is no point or level.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        let by_level = self.by_level()?;
        (!by_level.is_empty()).then(|| by_level.iter().sum::<f64>() / by_level.len() as f64)
    }
}
