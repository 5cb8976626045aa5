//! Tuning: the candidate with the lowest validation loss.

use crate::candidate::Candidate;
use crate::contest::Contest;
use crate::error::StudyError;
use crate::record::Outcome;
use crate::run::TUNING_SEED;

/// The index of the chosen candidate, by validation loss alone; the first of equals. A run that diverged is infinitely
/// bad.
///
/// # Errors
/// [`StudyError::AllDiverged`] says where each one did.
pub(crate) fn choose(contest: &Contest, outcomes: &[&Outcome]) -> Result<usize, StudyError> {
    let best = outcomes
        .iter()
        .enumerate()
        .filter(|(_, outcome)| outcome.valid_loss().is_finite())
        .min_by(|(_, a), (_, b)| a.valid_loss().total_cmp(&b.valid_loss()));
    match best {
        Some((index, _)) => Ok(index),
        None => Err(all_diverged(contest, outcomes)),
    }
}

fn all_diverged(contest: &Contest, outcomes: &[&Outcome]) -> StudyError {
    let divergence = |(candidate, outcome): (&Candidate, &&Outcome)| match outcome {
        Outcome::Diverged(divergence) => Some((*candidate, divergence.clone())),
        Outcome::Finished(_) => None,
    };
    StudyError::AllDiverged {
        task: contest.task.clone(),
        cell: contest.cell,
        seed: TUNING_SEED,
        divergences: contest
            .candidates
            .iter()
            .zip(outcomes)
            .filter_map(divergence)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell_variant::CellVariant;
    use crate::error::Divergence;
    use crate::network::network;
    use crate::record::Measured;
    use crate::task::Task;

    fn contest(candidates: usize) -> Contest {
        let set = Task::adding_problem(2)
            .with_sequences(1)
            .splits()
            .unwrap()
            .train;
        Contest {
            index: 0,
            experiment: 0,
            task: "adding problem".to_owned(),
            cell: CellVariant::Gru,
            network: network(&set, CellVariant::Gru, 1),
            candidates: (1..=candidates)
                .map(|rate| Candidate::plain(rate as f64))
                .collect(),
            seeds: 1,
            first_id: 0,
        }
    }

    fn finished(valid_loss: f64) -> Outcome {
        Outcome::Finished(Measured {
            valid_loss,
            epochs: 1,
            best_epoch: 1,
            seconds: 1.0,
            seconds_to_best: 1.0,
            tested: None,
        })
    }

    fn diverged(epoch: usize) -> Outcome {
        Outcome::Diverged(Divergence {
            what: "the training loss".to_owned(),
            epoch,
            update: 7,
        })
    }

    #[test]
    fn the_lowest_validation_loss_is_chosen_and_the_first_of_equals() {
        let outcomes = [finished(2.0), diverged(1), finished(1.0), finished(1.0)];
        let outcomes: Vec<&Outcome> = outcomes.iter().collect();
        assert_eq!(choose(&contest(4), &outcomes).unwrap(), 2);
    }

    #[test]
    fn where_every_candidate_diverges_each_place_is_named() {
        let outcomes = [diverged(3), diverged(4)];
        let outcomes: Vec<&Outcome> = outcomes.iter().collect();
        let error = choose(&contest(2), &outcomes).unwrap_err().to_string();
        for part in [
            "gru",
            "seed 0",
            "learning rate 1",
            "epoch 3, update 7",
            "learning rate 2",
            "epoch 4",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
}
