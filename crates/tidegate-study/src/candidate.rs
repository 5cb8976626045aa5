//! A setting that tuning tries.

use serde::{Deserialize, Serialize};

/// What tuning chooses among: a learning rate and regularisation. Every cell tries the same candidates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Learning rate at the start of the schedule.
    pub learning_rate: f64,
    /// Weight decay, decoupled for AdamW.
    pub weight_decay: f64,
    /// Probability of zeroing a feature that enters the recurrent layer.
    pub input_dropout: f32,
    /// Probability of zeroing a hidden unit where it enters the recurrent products, one mask per sequence.
    pub recurrent_dropout: f32,
    /// Probability of zeroing a hidden unit where it enters the head.
    pub output_dropout: f32,
}

impl Candidate {
    /// A learning rate without regularisation.
    #[must_use]
    pub fn plain(learning_rate: f64) -> Self {
        Candidate {
            learning_rate,
            weight_decay: 0.0,
            input_dropout: 0.0,
            recurrent_dropout: 0.0,
            output_dropout: 0.0,
        }
    }

    /// Each of these candidates at each of the learning rates.
    #[must_use]
    pub fn grid(learning_rates: &[f64], regularisations: &[Candidate]) -> Vec<Candidate> {
        regularisations
            .iter()
            .flat_map(|&candidate| {
                learning_rates.iter().map(move |&learning_rate| Candidate {
                    learning_rate,
                    ..candidate
                })
            })
            .collect()
    }
}

/// In words, such as `learning rate 0.003, recurrent dropout 0.2`; what is 0 is left out.
impl std::fmt::Display for Candidate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "learning rate {}", self.learning_rate)?;
        if self.weight_decay != 0.0 {
            write!(formatter, ", weight decay {}", self.weight_decay)?;
        }
        for (name, rate) in [
            ("input", self.input_dropout),
            ("recurrent", self.recurrent_dropout),
            ("output", self.output_dropout),
        ] {
            if rate != 0.0 {
                write!(formatter, ", {name} dropout {rate}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_every_learning_rate_with_every_regularisation() {
        let dropped = Candidate {
            output_dropout: 0.5,
            ..Candidate::plain(0.0)
        };
        let grid = Candidate::grid(&[0.1, 0.01], &[Candidate::plain(0.0), dropped]);
        assert_eq!(grid.len(), 4);
        assert_eq!(grid[1], Candidate::plain(0.01));
        assert_eq!(
            grid[3].to_string(),
            "learning rate 0.01, output dropout 0.5"
        );
    }
}
