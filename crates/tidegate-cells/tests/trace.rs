//! The trace of the gates: what it names obeys the cell's equations.

#[path = "support/networks.rs"]
mod networks;

use networks::{Numbers, weights};
use proptest::prelude::*;
use tidegate_cells::{Batch, Cell, Engine, Gru, Lstm, Mgu, Reset, Stack, Trace};

/// The trace of one network, with its initial hidden and cell state.
struct Traced {
    trace: Trace,
    output: Vec<f32>,
    hidden: Vec<f32>,
    cell: Vec<f32>,
    batch: usize,
    steps: usize,
    units: usize,
}

impl Traced {
    fn new(cell: Cell, units: usize, lengths: &[usize], seed: u64) -> Traced {
        let stack = Stack::new(cell, 3, units);
        let mut numbers = Numbers(seed);
        let engine =
            Engine::new(stack.clone(), &weights(&stack, &mut numbers)).expect("the stack is valid");
        let (batch, steps) = (lengths.len(), 6);
        let input = numbers.values(steps * batch * 3, 1.0);
        let mut state = stack.zero_state(batch);
        state
            .hidden
            .iter_mut()
            .chain(&mut state.cell)
            .for_each(|value| *value = numbers.uniform(0.9));
        let (hidden, initial_cell) = (state.hidden.clone(), state.cell.clone());
        let mut output = vec![0.0; steps * batch * units];
        let ragged = Batch::ragged(steps, lengths);
        engine
            .forward(&ragged, &input, &mut state.clone(), &mut output)
            .expect("the input fits");
        let trace = engine
            .trace(&ragged, &input, &mut state)
            .expect("the input fits");
        Traced {
            trace,
            output,
            hidden,
            cell: initial_cell,
            batch,
            steps,
            units,
        }
    }

    fn values(&self, name: &str) -> &[f32] {
        let gate = self.trace.gates.iter().find(|gate| gate.name == name);
        &gate.unwrap_or_else(|| panic!("no {name}")).values
    }

    /// Every real step of every unit: the index into the traces and the previous value of a state.
    fn steps(&self, lengths: &[usize], state: &str, initial: &[f32]) -> Vec<(usize, f32)> {
        let mut steps = Vec::new();
        for step in 0..self.steps {
            for row in (0..self.batch).filter(|&row| step < lengths[row]) {
                for unit in 0..self.units {
                    let at = (step * self.batch + row) * self.units + unit;
                    let previous = match step {
                        0 => initial[row * self.units + unit],
                        _ => self.values(state)[at - self.batch * self.units],
                    };
                    steps.push((at, previous));
                }
            }
        }
        steps
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn an_update_gate_interpolates_between_the_candidate_and_the_old_state(
        seed: u64, units in 1usize..40, before: bool, lengths in proptest::collection::vec(0usize..7, 1..5),
    ) {
        let reset = if before { Reset::Before } else { Reset::After };
        let traced = Traced::new(Cell::Gru(Gru { reset, ..Gru::default() }), units, &lengths, seed);
        let (z, n, h) = (traced.values("update_gate"), traced.values("candidate"), traced.values("hidden"));
        for (at, previous) in traced.steps(&lengths, "hidden", &traced.hidden) {
            prop_assert!((0.0..=1.0).contains(&z[at]) && (0.0..=1.0).contains(&traced.values("reset_gate")[at]));
            prop_assert!(((1.0 - z[at]) * n[at] + z[at] * previous - h[at]).abs() < 1e-6);
        }
        prop_assert_eq!(h, &traced.output[..]);
    }

    #[test]
    fn the_gates_of_an_lstm_make_its_cell_and_hidden_state(
        seed: u64, units in 1usize..40, peepholes: bool, lengths in proptest::collection::vec(0usize..7, 1..5),
    ) {
        let traced = Traced::new(Cell::Lstm(Lstm { peepholes }), units, &lengths, seed);
        let [i, f, g, o, c, h] =
            ["input_gate", "forget_gate", "candidate", "output_gate", "cell", "hidden"].map(|name| traced.values(name));
        for (at, previous) in traced.steps(&lengths, "cell", &traced.cell) {
            prop_assert!((f[at] * previous + i[at] * g[at] - c[at]).abs() < 1e-6);
            prop_assert!((o[at] * c[at].tanh() - h[at]).abs() < 1e-6);
        }
        prop_assert_eq!(h, &traced.output[..]);
    }

    #[test]
    fn the_forget_gate_of_a_minimal_gated_unit_writes_the_candidate(
        seed: u64, units in 1usize..40, lengths in proptest::collection::vec(0usize..7, 1..5),
    ) {
        let traced = Traced::new(Cell::Mgu(Mgu {}), units, &lengths, seed);
        let (f, n, h) = (traced.values("forget_gate"), traced.values("candidate"), traced.values("hidden"));
        for (at, previous) in traced.steps(&lengths, "hidden", &traced.hidden) {
            prop_assert!(((1.0 - f[at]) * previous + f[at] * n[at] - h[at]).abs() < 1e-6);
        }
    }
}

#[test]
fn every_layer_and_direction_is_traced_and_padding_is_zero() {
    let mut stack = Stack::new(Cell::Gru(Gru::default()), 3, 5);
    (stack.layers, stack.bidirectional) = (2, true);
    let mut numbers = Numbers(1);
    let engine = Engine::new(stack.clone(), &weights(&stack, &mut numbers)).unwrap();
    let input = numbers.values(4 * 2 * 3, 1.0);
    let trace = engine
        .trace(&Batch::ragged(4, &[1, 3]), &input, &mut stack.zero_state(2))
        .unwrap();
    let places: Vec<(usize, bool)> = trace
        .gates
        .iter()
        .filter(|gate| gate.name == "reset_gate")
        .map(|gate| (gate.layer, gate.reverse))
        .collect();
    assert_eq!(places, [(0, false), (0, true), (1, false), (1, true)]);
    for gate in &trace.gates {
        assert_eq!(gate.values.len(), 4 * 2 * 5);
        assert!(
            gate.values[2 * 5..3 * 5].iter().all(|value| *value == 0.0),
            "sequence 0 ended after step 0"
        );
        assert!(
            gate.values[(2 * 2 + 1) * 5..][..5]
                .iter()
                .any(|value| *value != 0.0),
            "sequence 1 has step 2"
        );
    }
}
