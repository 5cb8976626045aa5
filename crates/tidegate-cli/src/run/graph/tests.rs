#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn port(name: &str, element_type: ElementType, shape: &[Dimension]) -> Port {
    Port {
        name: name.into(),
        element_type,
        shape: Some(shape.to_vec()),
    }
}

fn named(name: &str) -> Dimension {
    Dimension::Named(name.into())
}

/// What is said of a second input beside a sequence `[T, B, 2]` of the shape `[7, 3, 2]`, or the zeros' shape.
fn beside(second: Port) -> Result<Vec<usize>, String> {
    let first = port(
        "x",
        ElementType::F32,
        &[named("T"), named("B"), Dimension::Fixed(2)],
    );
    let others = [second];
    let zeros = zeros(&first, &others, &[7, 3, 2], 1 << 20);
    let zeros = zeros.map_err(|error| error.to_string())?;
    assert_eq!(zeros[0].0, others[0].name);
    assert!(zeros[0].1.as_f32().unwrap().iter().all(|&zero| zero == 0.0));
    Ok(zeros[0].1.shape().to_vec())
}

#[test]
fn states_are_zeros_as_large_as_file_and_data_say() {
    let state = [Dimension::Fixed(1), named("B"), Dimension::Fixed(4)];
    assert_eq!(
        beside(port("h", ElementType::F32, &state)),
        Ok(vec![1, 3, 4])
    );
}

#[test]
fn lengths_are_never_taken_for_zero() {
    for kind in [ElementType::I32, ElementType::I64, ElementType::Bool] {
        let message = beside(port("lens", kind, &[named("B")])).unwrap_err();
        assert!(
            message.contains("input lens: it is beside the sequence")
                && message.contains("ONNX Runtime"),
            "{message}"
        );
    }
}

#[test]
fn zeros_beyond_the_memory_limit_are_refused_before_they_are_made() {
    let huge = Dimension::Fixed(1 << 40);
    for shape in [&[huge.clone()][..], &[huge.clone(), huge.clone(), huge]] {
        let message = beside(port("h", ElementType::F32, shape)).unwrap_err();
        assert!(
            message.contains("memory limit of 1048576 bytes"),
            "{message}"
        );
    }
    let message = beside(port("h", ElementType::F32, &[named("N")])).unwrap_err();
    assert!(message.contains("does not say how large"), "{message}");
}

#[test]
fn numbers_that_would_become_others_are_refused_with_their_place() {
    let of = |kind, value: f64| {
        let array = NumberArray {
            shape: vec![2],
            values: vec![1.0, value],
            of_rows: false,
        };
        tensor(kind, &array, Path::new("x.npy")).map_err(|failure| failure.to_string())
    };
    for (kind, wrong) in [
        (ElementType::I64, 1.7),
        (ElementType::I64, f64::NAN),
        (ElementType::I64, 1e300),
        (ElementType::I32, 3e9),
        (ElementType::Bool, 2.0),
        (ElementType::F32, f64::NAN),
        (ElementType::F32, 1e300),
    ] {
        let message = of(kind, wrong).unwrap_err();
        assert!(message.contains("x.npy: value 1 is"), "{message}");
        assert!(of(kind, 1.0).unwrap().is_ok());
    }
}
