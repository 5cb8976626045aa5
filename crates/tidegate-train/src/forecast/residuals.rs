//! Quantiles of a point forecast, from its errors on the validation part (split conformal prediction, Vovk et al. 2005).

use serde::{Deserialize, Serialize};

/// Windows below which the errors of all rows of the horizon are taken together.
const FEWEST_WINDOWS: usize = 20;

/// What is added to a point forecast to give its quantiles, on the network's scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residuals {
    /// `[horizon, targets, levels]`, rising with the level.
    pub offsets: Vec<f32>,
}

impl Residuals {
    /// From errors value − forecast, `[horizon][targets]` of any number each, for these levels. The quantile at level τ of n
    /// errors is that at position τ (n + 1) among them, counted from 1, between two in a straight line. With fewer than
    /// 20 errors for a row, those of all rows are taken together; without any, the offsets are 0.
    pub(crate) fn of_errors(errors: &mut [Vec<Vec<f32>>], levels: &[f64]) -> Residuals {
        let targets = errors.first().map_or(0, Vec::len);
        let mut offsets = vec![0.0; errors.len() * targets * levels.len()];
        for target in 0..targets {
            let fewest = errors.iter().map(|row| row[target].len()).min();
            if fewest.is_some_and(|fewest| fewest < FEWEST_WINDOWS) {
                let all: Vec<f32> = errors
                    .iter()
                    .flat_map(|row| row[target].iter().copied())
                    .collect();
                errors
                    .iter_mut()
                    .for_each(|row| row[target].clone_from(&all));
            }
        }
        let places = offsets.chunks_exact_mut(levels.len().max(1));
        for (offsets, errors) in places.zip(errors.iter_mut().flatten()) {
            errors.sort_unstable_by(f32::total_cmp);
            for (offset, &level) in offsets.iter_mut().zip(levels) {
                *offset = quantile(errors, level);
            }
        }
        Residuals { offsets }
    }
}

/// The quantile of sorted values.
fn quantile(sorted: &[f32], level: f64) -> f32 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let position = (level * (sorted.len() + 1) as f64 - 1.0).clamp(0.0, last as f64);
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    let share = position - below as f64;
    (f64::from(sorted[below]) * (1.0 - share) + f64::from(sorted[above]) * share) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_of_many_errors_are_those_of_their_distribution() {
        let errors: Vec<f32> = (1..=99).map(|error| error as f32).collect();
        let mut errors = vec![vec![errors.into_iter().rev().collect()]];
        let found = Residuals::of_errors(&mut errors, &[0.1, 0.5, 0.995]);
        assert_eq!(found.offsets, [10.0, 50.0, 99.0]);
    }

    #[test]
    fn few_errors_are_taken_together_over_the_horizon_and_none_give_nothing() {
        let mut errors = vec![vec![vec![1.0], vec![]], vec![vec![3.0], vec![]]];
        let found = Residuals::of_errors(&mut errors, &[0.5]);
        assert_eq!(found.offsets, [2.0, 0.0, 2.0, 0.0]);
    }

    proptest! {
        #[test]
        fn offsets_rise_with_the_level(errors in prop::collection::vec(-5.0f32..5.0, 0..60)) {
            let levels = [0.01, 0.1, 0.5, 0.9, 0.99];
            let found = Residuals::of_errors(&mut [vec![errors]], &levels);
            prop_assert!(found.offsets.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}
