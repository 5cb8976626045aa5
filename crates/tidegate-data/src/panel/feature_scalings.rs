//! How each feature of a row is scaled, in the order of their names.

use super::schema::{Covariate, CovariateRole};
use super::{Scaling, SeriesSchema};

impl SeriesSchema {
    /// How the features of [`SeriesSchema::past_features`] are scaled in a series; none for a series that training did not see.
    #[must_use]
    pub fn past_scalings(&self, series: &str) -> Option<Vec<Scaling>> {
        let mut scalings = self
            .scalings
            .get(series)?
            .get(..self.targets.len())?
            .to_vec();
        scalings.extend(self.temporal_scalings(series, CovariateRole::Past)?);
        scalings.extend(self.known_scalings(series)?);
        // A mask, and the time since.
        scalings.extend(vec![Scaling::NONE; 2 * self.masked.len()]);
        Some(scalings)
    }

    /// The same of the features of [`SeriesSchema::known_features`].
    #[must_use]
    pub fn known_scalings(&self, series: &str) -> Option<Vec<Scaling>> {
        let mut scalings = self.temporal_scalings(series, CovariateRole::Known)?;
        // Sine and cosine.
        scalings.extend(vec![Scaling::NONE; 2 * self.calendar.len()]);
        let statics = self.covariates_of(CovariateRole::Static);
        scalings.extend(of_each_feature(statics.zip(&self.static_scalings)));
        Some(scalings)
    }

    /// A series whose scaling all series share; none where they differ, or there is none.
    #[must_use]
    pub fn scaled_like_all(&self) -> Option<&str> {
        let mut series = self.scalings.iter();
        let (name, first) = series.next()?;
        series
            .all(|(_, scalings)| scalings == first)
            .then_some(name.as_str())
    }

    fn temporal_scalings(&self, series: &str, role: CovariateRole) -> Option<Vec<Scaling>> {
        let scalings = self.scalings.get(series)?.get(self.targets.len()..)?;
        let temporal = self.covariates.iter().zip(scalings);
        let of_role = temporal.filter(|(covariate, _)| covariate.role == role);
        Some(of_each_feature(of_role))
    }
}

/// A category has as many features as it has values, none of them scaled.
fn of_each_feature<'a>(
    scalings: impl Iterator<Item = (&'a Covariate, &'a Scaling)>,
) -> Vec<Scaling> {
    scalings
        .flat_map(|(covariate, scaling)| vec![*scaling; covariate.kind.width()])
        .collect()
}
