//! What the gates of a trained model did on one sequence: the values that light the drawing of the cell.

use tidegate_cells::Trace;

/// Units whose values the page can show one by one.
const MOST_UNITS: usize = 24;
/// Steps that the page shows.
const MOST_STEPS: usize = 400;

/// One sequence through a trained cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellMovie {
    /// Which run and sequence it is, in words.
    pub caption: String,
    /// What was fed.
    pub input: MovieInput,
    pub(crate) steps: usize,
    pub(crate) units: usize,
    pub(crate) parts: Vec<Part>,
}

/// What was fed, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct MovieInput {
    /// One name for each feature.
    pub names: Vec<String>,
    /// Values `[T, features]`.
    pub values: Vec<f32>,
}

/// A gate, the candidate or a state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// Mean over all units at each step; of the magnitude where values have both signs.
    pub(crate) mean: Vec<f32>,
    /// Values `[T, units]` of the first units.
    pub(crate) values: Vec<f32>,
}

impl Part {
    /// Whether it lies between 0 and 1.
    pub(crate) fn is_gate(&self) -> bool {
        self.name.ends_with("_gate")
    }
}

impl CellMovie {
    /// The first layer's forward direction of a trace of one sequence, up to 400 steps; none if the trace is of several
    /// sequences, has no such layer, or is of another number of steps than the input.
    #[must_use]
    pub fn of(
        caption: impl Into<String>,
        mut input: MovieInput,
        trace: &Trace,
    ) -> Option<CellMovie> {
        let features = input.names.len();
        if features == 0 || input.values.is_empty() || !input.values.len().is_multiple_of(features)
        {
            return None;
        }
        let all_steps = input.values.len() / features;
        let steps = all_steps.min(MOST_STEPS);
        let mut parts = Vec::new();
        let mut units = 0;
        for gate in &trace.gates {
            if gate.layer != 0 || gate.reverse {
                continue;
            }
            if gate.values.is_empty() || !gate.values.len().is_multiple_of(all_steps) {
                return None;
            }
            let size = gate.values.len() / all_steps;
            units = size.min(MOST_UNITS);
            let mut part = Part {
                name: gate.name,
                mean: Vec::with_capacity(steps),
                values: Vec::with_capacity(steps * units),
            };
            for row in gate.values.chunks_exact(size).take(steps) {
                let sum: f32 = if part.is_gate() {
                    row.iter().sum()
                } else {
                    row.iter().map(|value| value.abs()).sum()
                };
                part.mean.push(sum / size as f32);
                part.values.extend(&row[..units]);
            }
            parts.push(part);
        }
        input.values.truncate(steps * features);
        (!parts.is_empty()).then(|| CellMovie {
            caption: caption.into(),
            input,
            steps,
            units,
            parts,
        })
    }

    pub(crate) fn is_lstm(&self) -> bool {
        self.parts.iter().any(|part| part.name == "output_gate")
    }

    pub(crate) fn is_gru(&self) -> bool {
        self.parts.iter().any(|part| part.name == "reset_gate")
    }

    pub(crate) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }
}

#[cfg(test)]
mod tests {
    use tidegate_cells::GateTrace;

    use super::*;

    fn trace(values: Vec<f32>) -> Trace {
        let gate = |name, reverse| GateTrace {
            layer: 0,
            reverse,
            name,
            values: values.clone(),
        };
        Trace {
            gates: vec![
                gate("reset_gate", false),
                gate("hidden", false),
                gate("hidden", true),
            ],
        }
    }

    #[test]
    fn states_are_averaged_by_magnitude_and_gates_as_they_are() {
        let input = MovieInput {
            names: vec!["x".to_owned()],
            values: vec![1.0, 2.0],
        };
        let movie = CellMovie::of("c", input.clone(), &trace(vec![-0.5, 0.5, 1.0, 0.0])).unwrap();
        assert_eq!((movie.steps, movie.units, movie.parts.len()), (2, 2, 2));
        assert_eq!(movie.part("reset_gate").unwrap().mean, [0.0, 0.5]);
        assert_eq!(movie.part("hidden").unwrap().mean, [0.5, 0.5]);
        assert_eq!(CellMovie::of("c", input, &trace(vec![0.0; 3])), None);
    }
}
