//! From sequences to windows.

use super::*;
use crate::window_steps::{self, count, is_supervised, longest};
use proptest::prelude::*;
use tidegate_data::Sequence;

fn set(lengths: &[usize], supervision: Supervision) -> SequenceSet {
    let sequences = lengths.iter().enumerate().map(|(index, &length)| {
        let number = |step: usize, channel: usize| (100 * index + 10 * step + channel) as f32;
        let steps = if supervision == Supervision::EveryStep {
            length
        } else {
            1
        };
        Sequence {
            inputs: Inputs::Features {
                size: 2,
                values: (0..length)
                    .flat_map(|step| [number(step, 1), number(step, 2)])
                    .collect(),
            },
            targets: Targets::Values((0..steps).map(|step| number(step, 5)).collect()),
        }
    });
    SequenceSet {
        input: InputKind::Features { size: 2 },
        target: TargetKind::Values { size: 1 },
        supervision,
        sequences: sequences.collect(),
    }
}

#[test]
fn a_window_is_time_major_and_zero_where_padded() {
    let set = set(&[3, 1, 2], Supervision::EveryStep);
    let mut window = Window::default();
    window.fill(&set, &[2, 0, 1], &(0..3));
    assert_eq!(window.batch(), Batch::ragged(3, &[2, 3, 1]));
    let BatchInputs::Features(features) = window.inputs() else {
        panic!("features")
    };
    let expected = [
        201., 202., 1., 2., 101., 102., 211., 212., 11., 12., 0., 0., 0., 0., 21., 22., 0., 0.,
    ];
    assert_eq!(features, expected);
    assert_eq!(window.values, [205., 5., 105., 215., 15., 0., 0., 25., 0.]);
}

#[test]
fn sequences_that_ended_before_a_window_have_no_step_in_it() {
    let set = set(&[3, 1, 2], Supervision::EveryStep);
    let mut window = Window::default();
    window.fill(&set, &[0, 1, 2], &(2..4));
    assert_eq!(window.batch(), Batch::ragged(2, &[1, 0, 0]));
    assert_eq!(window.values[0], 25.0);
}

proptest! {
    #[test]
    fn every_supervised_step_falls_into_exactly_one_window(
        lengths in prop::collection::vec(1..9_usize, 1..6), size in 1..10_usize, last: bool,
    ) {
        let supervision = if last { Supervision::LastStep } else { Supervision::EveryStep };
        let set = set(&lengths, supervision);
        let rows: Vec<usize> = (0..lengths.len()).collect();
        let longest = longest(&set, &rows);
        let mut window = Window::default();
        let mut steps = 0;
        for index in 0..count(longest, Some(size)) {
            let range = window_steps::steps(index, longest, Some(size));
            window.fill(&set, &rows, &range);
            let width = if last { 1 } else { range.len() };
            let outputs = vec![0.0; width * lengths.len()];
            let loss = window.loss(&outputs, None, &mut Vec::new()).unwrap();
            prop_assert_eq!(loss.steps > 0, is_supervised(&set, &rows, &range));
            steps += loss.steps;
        }
        prop_assert_eq!(steps, if last { lengths.len() } else { lengths.iter().sum() });
    }
}
