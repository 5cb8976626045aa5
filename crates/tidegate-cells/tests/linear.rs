//! The dense layer against plain f64 loops.

#[path = "support/networks.rs"]
mod networks;
#[path = "support/relative_error.rs"]
mod relative_error;

use networks::Numbers;
use proptest::prelude::*;
use relative_error::relative_error;
use tidegate_cells::Linear;

fn check(rows: usize, inputs: usize, outputs: usize, seed: u64) {
    let mut numbers = Numbers(seed);
    let (weight, bias) = (
        numbers.values(outputs * inputs, 1.0),
        numbers.values(outputs, 1.0),
    );
    let (x, dy) = (
        numbers.values(rows * inputs, 1.0),
        numbers.values(rows * outputs, 1.0),
    );
    let mut linear = Linear::new(inputs, outputs).expect("the sizes are positive");
    linear.set_weights(&weight, &bias).expect("the weights fit");
    let (mut y, mut dx) = (
        vec![f32::NAN; rows * outputs],
        vec![f32::NAN; rows * inputs],
    );
    let (mut dweight, mut dbias) = (vec![1.0; weight.len()], vec![1.0; bias.len()]);
    linear.forward(&x, &mut y).expect("the rows fit");
    linear
        .backward(&weight, &x, &dy, &mut dweight, &mut dbias, Some(&mut dx))
        .expect("the rows fit");

    let at = |values: &[f32], index: usize| f64::from(values[index]);
    let mut expected = (
        vec![0.0; y.len()],
        vec![0.0; dx.len()],
        vec![1.0; dweight.len()],
        vec![1.0; dbias.len()],
    );
    for row in 0..rows {
        for output in 0..outputs {
            let gradient = at(&dy, row * outputs + output);
            let mut sum = at(&bias, output);
            for input in 0..inputs {
                let (weight, x) = (
                    at(&weight, output * inputs + input),
                    at(&x, row * inputs + input),
                );
                sum += weight * x;
                expected.1[row * inputs + input] += gradient * weight;
                expected.2[output * inputs + input] += gradient * x;
            }
            expected.0[row * outputs + output] = sum;
            expected.3[output] += gradient;
        }
    }
    let pairs = [
        (&y, &expected.0),
        (&dx, &expected.1),
        (&dweight, &expected.2),
        (&dbias, &expected.3),
    ];
    for (found, expected) in pairs {
        assert!(
            relative_error(found, expected) < 1e-5,
            "{rows} rows, {inputs} inputs, {outputs} outputs"
        );
    }
}

#[test]
fn wide_layers_and_many_rows_agree_with_plain_loops() {
    check(3, 5, 5000, 1);
    check(3, 5000, 5, 2);
    check(700, 9, 40, 3);
    check(700, 50, 1, 4);
}

proptest! {
    // A bound on rounding is a statement about a distribution: one seed.
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_layer_agrees_with_plain_loops(seed: u64, rows in 0usize..70, inputs in 1usize..70, outputs in 1usize..150) {
        check(rows, inputs, outputs, seed);
    }

    #[test]
    fn a_layer_of_few_outputs_agrees_with_plain_loops(seed: u64, rows in 0usize..70, inputs in 1usize..70, outputs in 1usize..6) {
        check(rows, inputs, outputs, seed);
    }
}
