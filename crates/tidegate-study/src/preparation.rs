//! Everything that is settled before the first run: options checked, data read, models sized.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tidegate_cells::InstructionSet;
use tidegate_data::Splits;

use crate::comparison::Comparison;
use crate::contest::Contest;
use crate::error::StudyError;
use crate::fingerprint;
use crate::memory;
use crate::network::network;
use crate::recipe::Recipe;
use crate::threads::Threads;

/// A comparison that can begin.
pub(crate) struct Preparation<'a> {
    /// One for each experiment.
    pub(crate) data: Vec<(Splits, &'a Recipe)>,
    /// One for each experiment and cell.
    pub(crate) contests: Vec<Contest>,
    /// Threads of all runs and of each.
    pub(crate) threads: Threads,
    /// Number of runs.
    pub(crate) runs: usize,
    /// Everything that decides the numbers, for an output folder to recognise the comparison by.
    pub(crate) plan: Value,
}

impl<'a> Preparation<'a> {
    /// Reads the data and sizes the models.
    pub(crate) fn of(
        comparison: &'a Comparison,
        stop: &AtomicBool,
    ) -> Result<Preparation<'a>, StudyError> {
        comparison.validate()?;
        let instruction_set = InstructionSet::detect()?;
        let mut data = Vec::new();
        let (mut contests, mut experiments, mut runs) = (Vec::new(), Vec::new(), 0);
        for (index, experiment) in comparison.experiments.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Err(StudyError::Interrupted {
                    done: 0,
                    runs: comparison.runs(),
                });
            }
            memory::check_sets(&experiment.task, memory::available())?;
            let (splits, recipe) = (experiment.task.splits()?, &experiment.recipe);
            let mut hidden_sizes = Vec::new();
            for &cell in &comparison.cells {
                let hidden_size = comparison.sizing.hidden_size(&splits.train, cell, recipe)?;
                let network = network(&splits.train, cell, hidden_size);
                network.validate().map_err(|error| StudyError::Model {
                    run: format!("{}: {cell}", splits.name),
                    error: Box::new(error.into()),
                })?;
                hidden_sizes.push(hidden_size);
                let contest = Contest {
                    index: contests.len(),
                    experiment: index,
                    task: splits.name.clone(),
                    cell,
                    network,
                    candidates: recipe.candidates.clone(),
                    seeds: comparison.seeds,
                    first_id: runs,
                };
                runs += contest.runs();
                contests.push(contest);
            }
            experiments.push(json!({
                "fingerprint of the data": fingerprint::of_splits(&splits),
                "recipe": serde_json::to_value(recipe).map_err(StudyError::Json)?,
                "hidden sizes": hidden_sizes,
            }));
            data.push((splits, recipe));
        }
        let threads = Threads::share(comparison.threads, &contests);
        memory::check_runs(&data, &contests, threads, memory::available())?;
        let plan = json!({
            "format_version": 1,
            "version of tidegate": env!("CARGO_PKG_VERSION"),
            "instruction set": instruction_set.to_string(),
            "experiments": experiments,
            "data": data.iter().map(|(splits, _)| &splits.name).collect::<Vec<_>>(),
            "cells": serde_json::to_value(&comparison.cells).map_err(StudyError::Json)?,
            "equal": comparison.sizing.equal(),
            "seeds": comparison.seeds,
        });
        Ok(Preparation {
            data,
            contests,
            threads,
            runs,
            plan,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell_variant::CellVariant;
    use crate::comparison::Experiment;
    use crate::sizing::Sizing;
    use crate::task::Task;

    fn plan(cell: CellVariant) -> Value {
        let task = Task::adding_problem(3).with_sequences(4);
        let comparison = Comparison {
            cells: vec![cell],
            sizing: Sizing::EqualHiddenSize(Some(4)),
            ..Comparison::new(vec![Experiment::new(task)])
        };
        let preparation = Preparation::of(&comparison, &AtomicBool::new(false)).unwrap();
        preparation.plan
    }

    #[test]
    fn other_cells_of_the_same_size_make_another_plan() {
        assert_eq!(plan(CellVariant::Gru), plan(CellVariant::Gru));
        assert_ne!(plan(CellVariant::Gru), plan(CellVariant::GruBefore));
    }

    #[test]
    fn the_plan_names_the_instruction_set_on_which_its_bits_depend() {
        let expected = InstructionSet::detect().unwrap().to_string();
        assert_eq!(plan(CellVariant::Gru)["instruction set"], expected);
    }
}
