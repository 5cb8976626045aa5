//! The reference vectors of `tests/reference`, as its `pytorch.py` writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tidegate_cells::{Batch, Cell, Stack, State};

/// A tensor of a vector file.
pub(crate) struct Values {
    /// Row-major shape.
    pub(crate) shape: Vec<usize>,
    /// The values; those that were given to the computation are exact float32 values.
    pub(crate) values: Vec<f64>,
}

impl Values {
    /// The values as float32.
    pub(crate) fn single(&self) -> Vec<f32> {
        self.values.iter().map(|&value| value as f32).collect()
    }
}

/// Tensors by name.
pub(crate) type Named = BTreeMap<String, Values>;

/// One case: what goes in, and what a float64 computation gives.
pub(crate) struct Vectors {
    pub(crate) stack: Stack,
    pub(crate) steps: usize,
    pub(crate) batch: usize,
    pub(crate) lengths: Option<Vec<usize>>,
    pub(crate) weights: Named,
    pub(crate) input: Values,
    pub(crate) initial_state: Named,
    pub(crate) output_gradient: Values,
    pub(crate) final_state_gradient: Named,
    pub(crate) output: Values,
    pub(crate) final_state: Named,
    pub(crate) input_gradient: Values,
    pub(crate) initial_state_gradient: Named,
    pub(crate) weight_gradients: Named,
}

impl Vectors {
    /// Reads `tests/reference/<name>.json`.
    pub(crate) fn read(name: &str) -> Vectors {
        let path = folder().join(format!("{name}.json"));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let cell: Cell = serde_json::from_value(file["cell"].clone()).unwrap();
        let expected = &file["expected"];
        Vectors {
            stack: Stack {
                layers: size(&file["layers"]),
                bidirectional: file["bidirectional"].as_bool().unwrap(),
                ..Stack::new(cell, size(&file["input_size"]), size(&file["hidden_size"]))
            },
            steps: size(&file["steps"]),
            batch: size(&file["batch"]),
            lengths: file["lengths"]
                .as_array()
                .map(|lengths| lengths.iter().map(size).collect()),
            weights: named(&file["weights"]),
            input: values(&file["input"]),
            initial_state: named(&file["initial_state"]),
            output_gradient: values(&file["output_gradient"]),
            final_state_gradient: named(&file["final_state_gradient"]),
            output: values(&expected["output"]),
            final_state: named(&expected["final_state"]),
            input_gradient: values(&expected["input_gradient"]),
            initial_state_gradient: named(&expected["initial_state_gradient"]),
            weight_gradients: named(&expected["weight_gradients"]),
        }
    }

    /// The shape of the batch.
    pub(crate) fn shape(&self) -> Batch<'_> {
        Batch::padded(self.steps, self.batch, self.lengths.as_deref())
    }

    /// A state with the tensors `hidden` and, for a cell that has one, `cell`.
    pub(crate) fn state(&self, tensors: &Named) -> State {
        State {
            batch: self.batch,
            hidden: tensors["hidden"].single(),
            cell: tensors.get("cell").map_or_else(Vec::new, Values::single),
        }
    }
}

/// Where the vector files lie.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}

fn size(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn values(value: &Value) -> Values {
    let list = |key: &str| value[key].as_array().unwrap();
    Values {
        shape: list("shape").iter().map(size).collect(),
        values: list("values")
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect(),
    }
}

fn named(value: &Value) -> Named {
    value
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), values(value)))
        .collect()
}
