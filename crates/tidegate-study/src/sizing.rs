//! How the cells are made equal: hidden sizes from a budget of parameters, or the same hidden size for all.

use serde::{Deserialize, Serialize};
use tidegate_data::SequenceSet;

use crate::cell_variant::CellVariant;
use crate::error::StudyError;
use crate::network::network;
use crate::recipe::Recipe;

/// What is equal for all cells, and how large it is; the recipe's number where none is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizing {
    /// The number of parameters of the whole model, embedding and head included, as nearly as whole units allow.
    EqualParameters(Option<usize>),
    /// The hidden size.
    EqualHiddenSize(Option<usize>),
}

/// What is equal for all cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Equal {
    /// The number of parameters.
    Parameters,
    /// The hidden size.
    Hidden,
}

impl Sizing {
    /// Without the number.
    #[must_use]
    pub fn equal(self) -> Equal {
        match self {
            Sizing::EqualParameters(_) => Equal::Parameters,
            Sizing::EqualHiddenSize(_) => Equal::Hidden,
        }
    }

    /// Hidden size of a cell on the task that `set` belongs to.
    pub(crate) fn hidden_size(
        self,
        set: &SequenceSet,
        variant: CellVariant,
        recipe: &Recipe,
    ) -> Result<usize, StudyError> {
        match self {
            Sizing::EqualHiddenSize(size) => Ok(size.unwrap_or(recipe.hidden_size)),
            Sizing::EqualParameters(budget) => {
                let budget = budget.unwrap_or(recipe.parameters);
                let count = |size| network(set, variant, size).parameter_count();
                nearest_size(budget, count).ok_or_else(|| StudyError::Budget {
                    cell: variant,
                    budget,
                    least: count(1),
                })
            }
        }
    }
}

/// The size whose `count`, which grows with the size, is nearest to `budget`; the smaller of two equally near ones.
/// None where even one unit exceeds the budget.
fn nearest_size(budget: usize, count: impl Fn(usize) -> usize) -> Option<usize> {
    if count(1) > budget {
        return None;
    }
    // `below` stays within the budget, `above` beyond it.
    let (mut below, mut above) = (1, 2);
    while count(above) <= budget {
        below = above;
        above = above.checked_mul(2)?;
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if count(middle) <= budget {
            below = middle;
        } else {
            above = middle;
        }
    }
    let under = budget - count(below);
    let over = count(above) - budget;
    Some(if over < under { above } else { below })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::task::Task;

    fn music() -> SequenceSet {
        use tidegate_data::{InputKind, Supervision, TargetKind};
        SequenceSet::new(
            InputKind::Features { size: 88 },
            TargetKind::Labels { count: 88 },
            Supervision::EveryStep,
            Vec::new(),
        )
        .unwrap()
    }

    proptest! {
        #[test]
        fn no_other_size_comes_nearer_to_the_budget(budget in 40_usize..100_000, index in 0..7_usize) {
            let set = Task::adding_problem(2).with_sequences(1).splits().unwrap().train;
            let variant = CellVariant::ALL[index];
            let count = |size| network(&set, variant, size).parameter_count();
            let size = nearest_size(budget, count).unwrap();
            let distance = |size| count(size).abs_diff(budget);
            prop_assert!(distance(size) <= distance(size + 1));
            prop_assert!(size == 1 || distance(size) <= distance(size - 1));
        }
    }

    #[test]
    fn the_head_counts_in_the_budget() {
        let recipe = Recipe::of(&Task::polyphonic_music("music.json"));
        let size = |variant| {
            Sizing::EqualParameters(Some(20_000))
                .hidden_size(&music(), variant, &recipe)
                .unwrap()
        };
        assert_eq!(
            [CellVariant::Rnn, CellVariant::Gru, CellVariant::Lstm].map(size),
            // With 41 units, a GRU has 123 · (88 + 41 + 2) + 88 · 42 = 19,809 parameters; with 42, it has 20,416.
            [78, 41, 34]
        );
    }

    #[test]
    fn a_budget_below_one_unit_is_refused_with_the_least_that_is_possible() {
        let recipe = Recipe::of(&Task::polyphonic_music("music.json"));
        let error = Sizing::EqualParameters(Some(100))
            .hidden_size(&music(), CellVariant::Gru, &recipe)
            .unwrap_err();
        assert!(error.to_string().contains("449"), "{error}");
    }

    #[test]
    fn equal_hidden_sizes_are_taken_as_they_are() {
        let recipe = Recipe::of(&Task::polyphonic_music("music.json"));
        let size = |size| {
            Sizing::EqualHiddenSize(size)
                .hidden_size(&music(), CellVariant::Lstm, &recipe)
                .unwrap()
        };
        assert_eq!(size(Some(9)), 9);
        assert_eq!(size(None), recipe.hidden_size);
    }
}
