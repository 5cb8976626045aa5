//! Everything that is settled before the first run: options checked, data read, models sized.

use serde_json::{Value, json};
use tidegate_cells::InstructionSet;
use tidegate_data::Splits;

use crate::comparison::Comparison;
use crate::contest::Contest;
use crate::error::StudyError;
use crate::fingerprint;
use crate::network::network;
use crate::recipe::Recipe;

/// A comparison that can begin.
pub(crate) struct Preparation<'a> {
    /// One for each experiment.
    pub(crate) data: Vec<(Splits, &'a Recipe)>,
    /// One for each experiment and cell.
    pub(crate) contests: Vec<Contest>,
    /// Number of runs.
    pub(crate) runs: usize,
    /// Everything that decides the numbers, for an output folder to recognise the comparison by.
    pub(crate) plan: Value,
}

impl<'a> Preparation<'a> {
    /// Reads the data and sizes the models.
    pub(crate) fn of(comparison: &'a Comparison) -> Result<Preparation<'a>, StudyError> {
        comparison.validate()?;
        let instruction_set = InstructionSet::detect()?;
        let mut data = Vec::new();
        let (mut contests, mut experiments, mut runs) = (Vec::new(), Vec::new(), 0);
        for (index, experiment) in comparison.experiments.iter().enumerate() {
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
            runs,
            plan,
        })
    }
}
