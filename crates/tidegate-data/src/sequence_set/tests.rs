//! Behaviour of the checking constructor.

use proptest::prelude::*;

use super::*;

fn features(size: usize, values: Vec<f32>, targets: Targets) -> Sequence {
    Sequence {
        inputs: Inputs::Features { size, values },
        targets,
    }
}

fn set_of(
    target: TargetKind,
    supervision: Supervision,
    sequences: Vec<Sequence>,
) -> Result<SequenceSet, DataError> {
    SequenceSet::new(
        InputKind::Features { size: 2 },
        target,
        supervision,
        sequences,
    )
}

fn message(result: Result<SequenceSet, DataError>) -> String {
    result.unwrap_err().to_string()
}

const VALUE: TargetKind = TargetKind::Values { size: 1 };

#[test]
fn counts_sequences_steps_and_supervised_steps() {
    let every_step = set_of(
        VALUE,
        Supervision::EveryStep,
        vec![
            features(2, vec![0.0; 6], Targets::Values(vec![1.0; 3])),
            features(2, vec![0.0; 10], Targets::Values(vec![1.0; 5])),
        ],
    )
    .unwrap();
    assert_eq!(
        (
            every_step.len(),
            every_step.total_steps(),
            every_step.supervised_steps()
        ),
        (2, 8, 8)
    );
    assert_eq!(
        (every_step.sequence_length(0), every_step.sequence_length(1)),
        (3, 5)
    );
    assert_eq!(
        every_step.to_string(),
        "2 sequences of 3 to 5 steps (8 in all), 2 features in, 1 value out at every step"
    );

    let last_step = set_of(
        VALUE,
        Supervision::LastStep,
        vec![features(2, vec![0.0; 6], Targets::Values(vec![1.0]))],
    )
    .unwrap();
    assert_eq!(
        (last_step.total_steps(), last_step.supervised_steps()),
        (3, 1)
    );
}

#[test]
fn a_set_may_be_empty_and_says_so() {
    let empty = set_of(VALUE, Supervision::EveryStep, Vec::new()).unwrap();
    assert!(empty.is_empty());
    assert_eq!(
        empty.to_string(),
        "no sequences, 2 features in, 1 value out at every step"
    );
}

#[test]
fn a_kind_of_size_zero_is_refused() {
    for (input, target, side) in [
        (InputKind::Features { size: 0 }, VALUE, Side::Input),
        (InputKind::Tokens { vocabulary: 0 }, VALUE, Side::Input),
        (
            InputKind::Tokens { vocabulary: 1 },
            TargetKind::Classes { count: 0 },
            Side::Target,
        ),
        (
            InputKind::Tokens { vocabulary: 1 },
            TargetKind::Labels { count: 0 },
            Side::Target,
        ),
    ] {
        let error =
            SequenceSet::new(input, target, Supervision::EveryStep, Vec::new()).unwrap_err();
        assert!(
            matches!(error, DataError::ZeroSize { side: found } if found == side),
            "{error}"
        );
    }
}

#[test]
fn a_sequence_without_steps_is_refused() {
    let good = features(2, vec![0.0; 2], Targets::Values(vec![0.0]));
    let bad = features(2, Vec::new(), Targets::Values(Vec::new()));
    for supervision in [Supervision::EveryStep, Supervision::LastStep] {
        let error = set_of(VALUE, supervision, vec![good.clone(), bad.clone()]).unwrap_err();
        assert!(
            matches!(error, DataError::NoSteps { sequence: 1 }),
            "{error}"
        );
    }
}

#[test]
fn a_last_step_with_missing_features_is_named() {
    let error = message(set_of(
        VALUE,
        Supervision::EveryStep,
        vec![features(2, vec![0.0; 5], Targets::Values(vec![0.0; 2]))],
    ));
    assert_eq!(
        error,
        "sequence 0, step 2 holds 1 of 2 input features: the sequence is cut short"
    );
}

#[test]
fn inputs_of_another_kind_or_size_are_refused() {
    let tokens = Sequence {
        inputs: Inputs::Tokens(vec![0]),
        targets: Targets::Values(vec![0.0]),
    };
    assert_eq!(
        message(set_of(VALUE, Supervision::EveryStep, vec![tokens])),
        "sequence 0 holds tokens (1 a step) as inputs, but the set is declared with 2 features"
    );
    let wide = features(3, vec![0.0; 6], Targets::Values(vec![0.0; 2]));
    assert_eq!(
        message(set_of(VALUE, Supervision::EveryStep, vec![wide])),
        "sequence 0 holds features (3 a step) as inputs, but the set is declared with 2 features"
    );
}

#[test]
fn targets_of_another_kind_or_number_are_refused() {
    let classes = features(2, vec![0.0; 4], Targets::Classes(vec![0, 0]));
    assert_eq!(
        message(set_of(VALUE, Supervision::EveryStep, vec![classes])),
        "sequence 0 holds classes as targets, but the set is declared with 1 value"
    );
    let short = features(2, vec![0.0; 4], Targets::Values(vec![0.0]));
    assert_eq!(
        message(set_of(VALUE, Supervision::EveryStep, vec![short.clone()])),
        "sequence 0 holds 1 target numbers and needs 2: 1 for each of its supervised steps, of \
         which there are 2"
    );
    assert!(set_of(VALUE, Supervision::LastStep, vec![short]).is_ok());
    let huge = set_of(
        TargetKind::Values { size: usize::MAX },
        Supervision::EveryStep,
        vec![features(2, vec![0.0; 4], Targets::Values(vec![0.0]))],
    );
    assert!(matches!(huge, Err(DataError::TargetCount { .. })));
}

#[test]
fn a_target_of_the_last_step_is_named_by_that_step() {
    let sequence = features(2, vec![0.0; 8], Targets::Values(vec![1.0, f32::INFINITY]));
    let error = set_of(
        TargetKind::Values { size: 2 },
        Supervision::LastStep,
        vec![sequence],
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "sequence 0, step 3, target channel 1 is inf: every number has to be finite"
    );
}

#[test]
fn tokens_classes_and_labels_out_of_range_are_named() {
    let tokens = |tokens, classes| Sequence {
        inputs: Inputs::Tokens(tokens),
        targets: Targets::Classes(classes),
    };
    let set = |sequence| {
        message(SequenceSet::new(
            InputKind::Tokens { vocabulary: 10 },
            TargetKind::Classes { count: 9 },
            Supervision::EveryStep,
            vec![sequence],
        ))
    };
    assert_eq!(
        set(tokens(vec![9, 10], vec![0, 0])),
        "sequence 0, step 1: token 10 is not below the vocabulary's size, 10"
    );
    assert_eq!(
        set(tokens(vec![9, 9], vec![9, 0])),
        "sequence 0, step 0: class 9 is not below the number of classes, 9"
    );
    for label in [0.5, f32::NAN, -1.0] {
        let sequence = features(
            2,
            vec![0.0; 4],
            Targets::Labels(vec![0.0, 1.0, 1.0, 1.0, 0.0, label]),
        );
        let error = set_of(
            TargetKind::Labels { count: 3 },
            Supervision::EveryStep,
            vec![sequence],
        )
        .unwrap_err();
        assert!(
            matches!(
                error,
                DataError::LabelNotBinary {
                    sequence: 0,
                    step: 1,
                    label: 2,
                    ..
                }
            ),
            "{label}: {error}"
        );
    }
}

fn any_inputs() -> impl Strategy<Value = Inputs> {
    let number = prop_oneof![9 => -1.0f32..1.0, 1 => Just(f32::NAN)];
    prop_oneof![
        (0usize..4, prop::collection::vec(number, 0..12))
            .prop_map(|(size, values)| Inputs::Features { size, values }),
        prop::collection::vec(0u32..5, 0..12).prop_map(Inputs::Tokens),
    ]
}

fn any_targets() -> impl Strategy<Value = Targets> {
    prop_oneof![
        prop::collection::vec(-1.0f32..1.0, 0..12).prop_map(Targets::Values),
        prop::collection::vec(0u32..5, 0..12).prop_map(Targets::Classes),
        prop::collection::vec(prop_oneof![Just(0.0f32), Just(1.0), Just(0.5)], 0..12)
            .prop_map(Targets::Labels),
    ]
}

proptest! {
    #[test]
    fn any_set_is_accepted_or_refused_without_a_panic(
        inputs in any_inputs(),
        targets in any_targets(),
        size in 0usize..4,
        tokens in any::<bool>(),
        target in prop_oneof![
            (0usize..4).prop_map(|size| TargetKind::Values { size }),
            (0usize..4).prop_map(|count| TargetKind::Classes { count }),
            (0usize..4).prop_map(|count| TargetKind::Labels { count }),
        ],
        supervision in prop_oneof![Just(Supervision::EveryStep), Just(Supervision::LastStep)],
    ) {
        let input = if tokens { InputKind::Tokens { vocabulary: size } } else { InputKind::Features { size } };
        let sequence = Sequence { inputs, targets };
        match SequenceSet::new(input, target, supervision, vec![sequence]) {
            Ok(set) => {
                prop_assert!(set.sequence_length(0) > 0);
                prop_assert_eq!(set.sequences[0].targets.len(), set.supervised_steps() * target.stored());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
