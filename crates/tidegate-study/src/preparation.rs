//! Everything that is settled before the first run: options checked, data read, models sized.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tidegate_cells::InstructionSet;
use tidegate_data::Splits;

use crate::comparison::{Comparison, Experiment};
use crate::contest::Contest;
use crate::error::StudyError;
use crate::fingerprint;
use crate::memory;
use crate::network::network;
use crate::recipe::Recipe;
use crate::share::Share;
use crate::sizing::Sizing;
use crate::threads::Threads;

/// A comparison that can begin.
pub(crate) struct Preparation<'a> {
    /// One for each experiment; those on the same task share the sets.
    pub(crate) data: Vec<(Arc<Splits>, &'a Recipe)>,
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
        let mut data: Vec<(Arc<Splits>, &Recipe)> = Vec::new();
        let (mut contests, mut experiments, mut runs) = (Vec::new(), Vec::new(), 0);
        for (index, experiment) in comparison.experiments.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Err(StudyError::Interrupted {
                    done: 0,
                    runs: comparison.runs(),
                });
            }
            let earlier = &comparison.experiments[..index];
            let splits = match earlier.iter().position(|e| e.task == experiment.task) {
                Some(same) => Arc::clone(&data[same].0),
                None => {
                    memory::check_sets(&experiment.task, memory::available())?;
                    Arc::new(experiment.task.splits()?)
                }
            };
            let recipe = &experiment.recipe;
            let sizing = comparison.sizing_of(experiment);
            let label = label(&splits.name, experiment, &comparison.experiments);
            let mut hidden_sizes = Vec::new();
            for &cell in &comparison.cells {
                let hidden_size = sizing.hidden_size(&splits.train, cell, recipe)?;
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
                    label: label.clone(),
                    cell,
                    share: experiment.share,
                    measures_gradients: experiment.measures_gradients,
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
                "share": experiment.share,
                "gradients": experiment.measures_gradients,
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

/// The task's name; where several experiments are made on it, with what distinguishes this one.
fn label(task: &str, experiment: &Experiment, all: &[Experiment]) -> String {
    let others = || all.iter().filter(|other| other.task == experiment.task);
    let mut label = task.to_owned();
    if others().any(|other| other.sizing != experiment.sizing) {
        label += match experiment.sizing {
            Some(Sizing::EqualHiddenSize(_)) => ", equal hidden size",
            Some(Sizing::EqualParameters(_)) => ", equal parameters",
            None => "",
        };
    }
    if experiment.share != Share::ALL {
        label += &format!(", {} of the data", experiment.share);
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell_variant::CellVariant;
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
