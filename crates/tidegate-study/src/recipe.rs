//! How each task is trained and tuned: the numbers that every cell shares.

use serde::{Deserialize, Serialize};
use tidegate_train::{Optimiser, Schedule, Training};

use crate::candidate::Candidate;
use crate::task::Task;

/// The training budget and the tuning effort of a task. It knows no cell: all cells are treated alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Options of every run. Learning rate and weight decay are replaced by the candidate's, the seed by the run's.
    pub training: Training,
    /// What tuning chooses among; a single one is taken without tuning.
    pub candidates: Vec<Candidate>,
    /// Epochs of a tuning run at most; no more than those of a final run.
    pub tuning_epochs: usize,
    /// Parameters of each model where the parameters are equal and no other number is asked for.
    pub parameters: usize,
    /// Hidden size of each model where the hidden sizes are equal and no other number is asked for.
    pub hidden_size: usize,
}

impl Recipe {
    /// The recipe of a task.
    #[must_use]
    pub fn of(task: &Task) -> Recipe {
        match task {
            Task::AddingProblem(_) | Task::TemporalOrder(_) => one_answer_at_the_end(),
            Task::CopyMemory(_) => copy_memory(),
            Task::MackeyGlass(_) => mackey_glass(),
            Task::PolyphonicMusic { .. } => polyphonic_music(),
        }
    }

    /// The same with at most `epochs` epochs, in tuning too.
    #[must_use]
    pub fn with_epochs(mut self, epochs: usize) -> Recipe {
        self.training.epochs = epochs;
        self.tuning_epochs = self.tuning_epochs.min(epochs);
        self
    }

    /// Training options of a run.
    pub(crate) fn training(&self, candidate: &Candidate, epochs: usize, seed: u64) -> Training {
        let mut training = Training {
            learning_rate: candidate.learning_rate,
            weight_decay: Some(candidate.weight_decay),
            epochs,
            seed,
            ..self.training.clone()
        };
        if let Schedule::Cosine { warm_up_epochs, .. } = &mut training.schedule {
            *warm_up_epochs = warm_up_epochs.min(epochs as f64);
        }
        training
    }
}

fn one_answer_at_the_end() -> Recipe {
    Recipe {
        training: Training {
            optimiser: Optimiser::adam_w(),
            clip_norm: Some(1.0),
            epochs: 8,
            batch_size: 32,
            ..Training::default()
        },
        candidates: Candidate::grid(&[1e-3, 5e-3, 1e-2], &[Candidate::plain(0.0)]),
        tuning_epochs: 8,
        parameters: 5_000,
        hidden_size: 32,
    }
}

fn copy_memory() -> Recipe {
    Recipe {
        training: Training {
            optimiser: Optimiser::adam_w(),
            clip_norm: Some(1.0),
            epochs: 30,
            patience: Some(10),
            batch_size: 32,
            ..Training::default()
        },
        candidates: Candidate::grid(&[1e-3, 3e-3, 1e-2], &[Candidate::plain(0.0)]),
        tuning_epochs: 10,
        parameters: 20_000,
        hidden_size: 64,
    }
}

fn mackey_glass() -> Recipe {
    Recipe {
        training: Training {
            optimiser: Optimiser::adam_w(),
            clip_norm: Some(1.0),
            schedule: Schedule::Cosine {
                warm_up_epochs: 0.0,
                minimum: 0.0,
            },
            epochs: 60,
            batch_size: 4,
            ..Training::default()
        },
        candidates: Candidate::grid(&[3e-3, 1e-2, 3e-2], &[Candidate::plain(0.0)]),
        tuning_epochs: 60,
        parameters: 5_000,
        hidden_size: 32,
    }
}

/// One piece per update, as the published experiments have it: small sets need many updates more than smooth ones. The
/// candidates reach from what a model too small for its set wants to what one wants that could learn it by heart.
fn polyphonic_music() -> Recipe {
    let regularised = |input_dropout, recurrent_dropout, output_dropout| Candidate {
        input_dropout,
        recurrent_dropout,
        output_dropout,
        ..Candidate::plain(0.0)
    };
    Recipe {
        training: Training {
            optimiser: Optimiser::adam_w(),
            clip_norm: Some(1.0),
            schedule: Schedule::Cosine {
                warm_up_epochs: 0.0,
                minimum: 0.0,
            },
            epochs: 200,
            patience: Some(50),
            batch_size: 1,
            ..Training::default()
        },
        candidates: Candidate::grid(
            &[1e-3, 3e-3],
            &[
                regularised(0.0, 0.05, 0.1),
                regularised(0.0, 0.2, 0.2),
                regularised(0.1, 0.3, 0.1),
                regularised(0.1, 0.5, 0.5),
            ],
        ),
        tuning_epochs: 100,
        parameters: 20_000,
        hidden_size: 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recipe_makes_sound_training_options_at_any_number_of_epochs() {
        for task in [
            Task::adding_problem(100),
            Task::copy_memory(100),
            Task::temporal_order(100),
            Task::mackey_glass(200),
            Task::polyphonic_music("music.json"),
        ] {
            for epochs in [1, 1000] {
                let recipe = Recipe::of(&task).with_epochs(epochs);
                assert!(!recipe.candidates.is_empty());
                assert!((1..=epochs).contains(&recipe.tuning_epochs));
                for candidate in &recipe.candidates {
                    for epochs in [recipe.tuning_epochs, epochs] {
                        recipe.training(candidate, epochs, 1).validate().unwrap();
                    }
                }
            }
        }
    }
}
