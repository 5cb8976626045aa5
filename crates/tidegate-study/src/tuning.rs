//! Tuning: the candidate with the lowest validation loss.

use crate::record::Outcome;

/// The index of the chosen candidate, by validation loss alone. Where every candidate diverged, it is the one that did so
/// last: what its final runs do is measured too. In both cases the first of equals.
pub(crate) fn choose(outcomes: &[&Outcome]) -> usize {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Finished(measured) => (measured.valid_loss, 0),
        Outcome::Diverged(divergence) => (f64::INFINITY, u64::MAX - divergence.update),
    };
    let candidates = outcomes.iter().map(|outcome| rank(outcome)).enumerate();
    let best = candidates.min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    best.map_or(0, |(index, _)| index)
}

/// Whether every one diverged.
pub(crate) fn all_diverged(outcomes: &[&Outcome]) -> bool {
    let diverged = |outcome: &&Outcome| matches!(outcome, Outcome::Diverged(_));
    outcomes.iter().all(diverged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Divergence;
    use crate::record::Measured;

    fn finished(valid_loss: f64) -> Outcome {
        Outcome::Finished(Measured {
            valid_loss,
            epochs: 1,
            best_epoch: 1,
            seconds: 1.0,
            seconds_to_best: 1.0,
            threads: 1,
            runs_side_by_side: 1,
            tested: None,
            curve: Vec::new(),
            gradients: None,
        })
    }

    fn diverged(update: u64) -> Outcome {
        Outcome::Diverged(Divergence {
            what: "the training loss".to_owned(),
            epoch: 1,
            update,
        })
    }

    fn chosen(outcomes: &[Outcome]) -> (usize, bool) {
        let outcomes: Vec<&Outcome> = outcomes.iter().collect();
        (choose(&outcomes), all_diverged(&outcomes))
    }

    #[test]
    fn the_lowest_validation_loss_is_chosen_and_the_first_of_equals() {
        let outcomes = [finished(2.0), diverged(1), finished(1.0), finished(1.0)];
        assert_eq!(chosen(&outcomes), (2, false));
    }

    #[test]
    fn where_every_candidate_diverges_the_one_that_came_furthest_is_chosen() {
        let outcomes = [diverged(3), diverged(5), diverged(5), diverged(4)];
        assert_eq!(chosen(&outcomes), (1, true));
    }
}
