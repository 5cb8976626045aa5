//! What can be said of one unit: how long it remembers, how open its gates are, when it acts.

use serde::Serialize;
use tidegate_cells::Cell;

use super::{GateArray, LayerGates};

/// Moments that are named of each unit.
const MOMENTS: usize = 5;

/// One unit of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitGates {
    /// Its index in the model.
    pub unit: usize,
    /// How long it remembers.
    pub memory: UnitMemory,
    /// Mean of each gate over all steps, by the gate's name.
    pub gate_means: Vec<(&'static str, f64)>,
    /// The steps at which its hidden state changes most, the largest change first.
    pub most_active: Vec<Moment>,
}

/// How long a unit remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UnitMemory {
    /// By the gate that keeps the old state.
    Gate {
        /// Share of the old state that a step keeps, on average: the mean of a GRU's update gate, of an LSTM's forget gate,
        /// of 1 minus a minimal gated unit's forget gate; of what that lets go, zoneout keeps its share too.
        kept: f64,
    },
    /// A plain recurrent cell has no such gate: correlation of the unit's hidden state with that of the step before,
    /// about their common mean; none for a state that does not change.
    Autocorrelation(Option<f64>),
}

/// A step at which a unit acts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// The step, from 0.
    pub step: usize,
    /// |h_t − h_{t−1}|; the state before the first step is 0.
    pub change: f64,
}

impl UnitMemory {
    /// Steps after which 1/e of a state is left if every step keeps the mean share: −1/ln(kept). 0 where nothing is kept,
    /// infinite where everything is; none for a plain recurrent cell.
    #[must_use]
    pub fn time_constant(self) -> Option<f64> {
        match self {
            UnitMemory::Gate { kept } if kept <= 0.0 => Some(0.0),
            UnitMemory::Gate { kept } if kept >= 1.0 => Some(f64::INFINITY),
            UnitMemory::Gate { kept } => Some(-1.0 / kept.ln()),
            UnitMemory::Autocorrelation(_) => None,
        }
    }

    /// What units are ordered by: the larger, the longer the memory.
    fn measure(self) -> f64 {
        match self {
            UnitMemory::Gate { kept } => kept,
            UnitMemory::Autocorrelation(correlation) => correlation.unwrap_or(f64::NEG_INFINITY),
        }
    }
}

/// The units of a layer of `count`, those that remember longest first; among equals in the model's order. `zoneout` is
/// the share of the old state that is kept beside what the gate says.
pub(super) fn units(cell: Cell, zoneout: f64, count: usize, layer: &LayerGates) -> Vec<UnitGates> {
    let hidden = layer.array("hidden").unwrap_or_default();
    let gates: Vec<(&'static str, Vec<f64>)> = layer
        .arrays
        .iter()
        .filter(|array| array.is_gate())
        .map(|array: &GateArray| (array.name, means(&array.values, count)))
        .collect();
    let mean = |name: &str, unit: usize| {
        let gate = gates.iter().find(|(known, _)| *known == name);
        gate.map_or(0.0, |(_, means)| means[unit])
    };
    let correlations = match cell {
        Cell::Rnn(_) => autocorrelations(hidden, count),
        _ => Vec::new(),
    };
    let with_zoneout = |kept: f64| UnitMemory::Gate {
        kept: zoneout + (1.0 - zoneout) * kept,
    };
    let memory = |unit: usize| match cell {
        Cell::Gru(_) => with_zoneout(mean("update_gate", unit)),
        Cell::Lstm(_) => with_zoneout(mean("forget_gate", unit)),
        Cell::Mgu(_) => with_zoneout(1.0 - mean("forget_gate", unit)),
        Cell::Rnn(_) => UnitMemory::Autocorrelation(correlations[unit]),
    };
    let mut units: Vec<UnitGates> = moments(hidden, count, layer.reverse)
        .into_iter()
        .enumerate()
        .map(|(unit, most_active)| UnitGates {
            unit,
            memory: memory(unit),
            gate_means: gates
                .iter()
                .map(|(name, means)| (*name, means[unit]))
                .collect(),
            most_active,
        })
        .collect();
    units.sort_by(|a, b| b.memory.measure().total_cmp(&a.memory.measure()));
    units
}

/// Mean of each unit over all steps of `values [steps, units]`.
fn means(values: &[f32], units: usize) -> Vec<f64> {
    let mut sums = vec![0.0; units];
    for row in values.chunks_exact(units) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
    }
    let steps = (values.len() / units) as f64;
    sums.iter().map(|sum| sum / steps).collect()
}

/// Correlation of each unit with itself one step before: Σ (h_t − m)(h_{t−1} − m) / Σ (h_t − m)².
fn autocorrelations(hidden: &[f32], units: usize) -> Vec<Option<f64>> {
    let means = means(hidden, units);
    let (mut products, mut squares) = (vec![0.0; units], vec![0.0; units]);
    for (step, row) in hidden.chunks_exact(units).enumerate() {
        for (unit, value) in row.iter().enumerate() {
            let deviation = f64::from(*value) - means[unit];
            squares[unit] += deviation * deviation;
            if step > 0 {
                let before = f64::from(hidden[(step - 1) * units + unit]) - means[unit];
                products[unit] += deviation * before;
            }
        }
    }
    let quotient = |(product, square): (&f64, &f64)| (*square > 0.0).then(|| product / square);
    products.iter().zip(&squares).map(quotient).collect()
}

/// The steps of each unit's largest changes; among equals the earlier ones in time.
fn moments(hidden: &[f32], units: usize, reverse: bool) -> Vec<Vec<Moment>> {
    let steps = hidden.len() / units;
    let mut moments = vec![Vec::with_capacity(MOMENTS + 1); units];
    for step in 0..steps {
        let row = &hidden[step * units..][..units];
        let before = match reverse {
            false => step.checked_sub(1),
            true => (step + 1 < steps).then_some(step + 1),
        };
        let before = before.map(|before| &hidden[before * units..][..units]);
        for (unit, moments) in moments.iter_mut().enumerate() {
            let previous = before.map_or(0.0, |before| f64::from(before[unit]));
            let change = (f64::from(row[unit]) - previous).abs();
            if change > 0.0 {
                insert(moments, Moment { step, change });
            }
        }
    }
    moments
}

/// Puts a moment behind those that are at least as large, and drops the smallest of too many.
fn insert(moments: &mut Vec<Moment>, moment: Moment) {
    let place = moments.partition_point(|known| known.change >= moment.change);
    if place < MOMENTS {
        moments.insert(place, moment);
        moments.truncate(MOMENTS);
    }
}

#[cfg(test)]
mod tests {
    use tidegate_cells::{Gru, Lstm, Mgu, Rnn};

    use super::*;

    /// A layer with these arrays, `[steps, units]` each.
    fn layer(arrays: &[(&'static str, &[f32])], reverse: bool) -> LayerGates {
        let arrays = arrays.iter().map(|(name, values)| GateArray {
            name,
            values: values.to_vec(),
        });
        LayerGates {
            layer: 0,
            reverse,
            arrays: arrays.collect(),
            units: Vec::new(),
        }
    }

    fn order(units: &[UnitGates]) -> Vec<usize> {
        units.iter().map(|unit| unit.unit).collect()
    }

    fn time_constants(units: &[UnitGates]) -> Vec<f64> {
        units
            .iter()
            .map(|unit| unit.memory.time_constant().unwrap())
            .collect()
    }

    #[test]
    fn the_time_constant_of_a_gru_follows_from_the_mean_of_its_update_gate() {
        // Two steps of four units, with means 0.5, 1, 0 and 0.9.
        let update = [0.25, 1.0, 0.0, 0.8, 0.75, 1.0, 0.0, 1.0];
        let layer = layer(&[("update_gate", &update), ("hidden", &[0.0; 8])], false);
        let units = units(Cell::Gru(Gru::default()), 0.0, 4, &layer);
        assert_eq!(order(&units), [1, 3, 0, 2]);
        let constants = time_constants(&units);
        assert_eq!((constants[0], constants[3]), (f64::INFINITY, 0.0));
        // −1/ln 0.9 and −1/ln 0.5.
        assert!((constants[1] - 9.491_221_6).abs() < 1e-5, "{constants:?}");
        assert!(
            (constants[2] - std::f64::consts::LOG2_E).abs() < 1e-6,
            "{constants:?}"
        );
        assert_eq!(units[2].gate_means, [("update_gate", 0.5)]);
    }

    #[test]
    fn an_lstm_keeps_by_its_forget_gate_and_a_minimal_gated_unit_by_what_it_lacks() {
        let forget = [0.2, 0.7];
        let layer = layer(&[("forget_gate", &forget), ("hidden", &[0.0; 2])], false);
        let kept = |cell| {
            let units = units(cell, 0.0, 2, &layer);
            let kept = units.iter().map(|unit| match unit.memory {
                UnitMemory::Gate { kept } => (kept * 10.0).round(),
                UnitMemory::Autocorrelation(_) => f64::NAN,
            });
            (order(&units), kept.collect::<Vec<_>>())
        };
        assert_eq!(
            kept(Cell::Lstm(Lstm::default())),
            (vec![1, 0], vec![7.0, 2.0])
        );
        assert_eq!(
            kept(Cell::Mgu(Mgu::default())),
            (vec![0, 1], vec![8.0, 3.0])
        );
    }

    #[test]
    fn zoneout_keeps_its_share_of_what_the_gate_lets_go() {
        let layer = layer(&[("update_gate", &[0.5]), ("hidden", &[0.0])], false);
        let units = units(Cell::Gru(Gru::default()), 0.25, 1, &layer);
        assert_eq!(units[0].memory, UnitMemory::Gate { kept: 0.625 });
    }

    #[test]
    fn the_units_of_a_plain_cell_are_ordered_by_the_autocorrelation_of_their_state() {
        // An alternating, a constant and a slowly rising unit.
        let hidden = [1.0, 0.5, 0.0, -1.0, 0.5, 0.1, 1.0, 0.5, 0.2, -1.0, 0.5, 0.3];
        let units = units(
            Cell::Rnn(Rnn::default()),
            0.0,
            3,
            &layer(&[("hidden", &hidden)], false),
        );
        assert_eq!(order(&units), [2, 0, 1]);
        assert_eq!(units[1].memory, UnitMemory::Autocorrelation(Some(-0.75)));
        assert_eq!(units[2].memory, UnitMemory::Autocorrelation(None));
        assert_eq!(units[0].memory.time_constant(), None);
    }

    #[test]
    fn the_most_active_moments_are_the_largest_changes_of_the_hidden_state() {
        let hidden = [0.0, 0.5, 0.5, 0.25, 0.25, 1.0, -1.0, -0.75];
        let moments = |reverse| {
            let layer = layer(&[("hidden", &hidden)], reverse);
            let units = units(Cell::Rnn(Rnn::default()), 0.0, 1, &layer);
            let moments = units[0].most_active.iter();
            moments
                .map(|moment| (moment.step, moment.change))
                .collect::<Vec<_>>()
        };
        let expected = [(6, 2.0), (5, 0.75), (1, 0.5), (3, 0.25), (7, 0.25)];
        assert_eq!(moments(false), expected);
        // From the end: the state before step 7 is 0, that before step 6 is the one of step 7.
        let expected = [(5, 2.0), (4, 0.75), (7, 0.75), (0, 0.5), (2, 0.25)];
        assert_eq!(moments(true), expected);
    }

    #[test]
    fn a_unit_that_never_changes_has_no_active_moment() {
        let layer = layer(&[("hidden", &[0.0; 6])], false);
        let units = units(Cell::Rnn(Rnn::default()), 0.0, 2, &layer);
        assert!(units.iter().all(|unit| unit.most_active.is_empty()));
        assert_eq!(order(&units), [0, 1]);
    }
}
