//! Tuning: the candidate with the lowest validation loss, or the first to reach a target.

use crate::record::Outcome;

/// The index of the chosen candidate, by validation data alone. Runs that end at a target loss are chosen by the epochs to it,
/// for a run that is there early has had no time to go below it; all others by their loss. Where every candidate diverged, it
/// is the one that did so last: what its final runs do is measured too. The first of equals.
pub(crate) fn choose(outcomes: &[&Outcome], target_loss: Option<f64>) -> usize {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Finished(measured) => {
            let there = target_loss.is_some_and(|target| measured.valid_loss <= target);
            let epochs = if there { measured.epochs } else { usize::MAX };
            (epochs, measured.valid_loss, 0)
        }
        Outcome::Diverged(divergence) => (usize::MAX, f64::INFINITY, u64::MAX - divergence.update),
    };
    let candidates = outcomes.iter().map(|outcome| rank(outcome)).enumerate();
    let best = candidates.min_by(|(_, a), (_, b)| {
        let losses = || a.1.total_cmp(&b.1);
        a.0.cmp(&b.0).then_with(losses).then(a.2.cmp(&b.2))
    });
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
        (choose(&outcomes, None), all_diverged(&outcomes))
    }

    #[test]
    fn the_lowest_validation_loss_is_chosen_and_the_first_of_equals() {
        let outcomes = [finished(2.0), diverged(1), finished(1.0), finished(1.0)];
        assert_eq!(chosen(&outcomes), (2, false));
    }

    #[test]
    fn who_reaches_the_target_first_is_chosen_and_the_lower_of_those_that_arrive_together() {
        let at = |epochs, valid_loss| match finished(valid_loss) {
            Outcome::Finished(measured) => Outcome::Finished(Measured { epochs, ..measured }),
            diverged => diverged,
        };
        let outcomes = [at(5, 0.1), at(2, 0.9), at(2, 0.8), at(1, 1.5)];
        let outcomes: Vec<&Outcome> = outcomes.iter().collect();
        assert_eq!(choose(&outcomes, Some(1.0)), 2);
        assert_eq!(choose(&outcomes, Some(0.01)), 0);
        assert_eq!(choose(&outcomes, None), 0);
    }

    #[test]
    fn where_every_candidate_diverges_the_one_that_came_furthest_is_chosen() {
        let outcomes = [diverged(3), diverged(5), diverged(5), diverged(4)];
        assert_eq!(chosen(&outcomes), (1, true));
    }
}
