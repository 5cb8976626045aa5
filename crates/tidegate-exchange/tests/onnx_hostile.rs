//! Files that are damaged, foreign or made to harm are refused, and take no memory beyond what they can fill.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod counting_allocator;
mod onnx_support;

use std::path::Path;

use counting_allocator::peak;
use onnx_support::field;
use proptest::prelude::*;
use tidegate_exchange::onnx::{Dimension, ElementType, Graph, Tensor};

/// Bytes that reading a file of this length may take.
fn bound(length: usize) -> usize {
    32 * length + (4 << 20)
}

/// Bytes that the values of a run may take here.
const MEMORY: usize = 1 << 20;

/// Reads the bytes and, if that works, runs the graph on small inputs; neither may take more than it may.
fn read_and_run(bytes: &[u8]) {
    let (graph, taken) = peak(|| Graph::read(bytes));
    assert!(
        taken <= bound(bytes.len()),
        "{taken} bytes for {}",
        bytes.len()
    );
    let Ok(graph) = graph else {
        return;
    };
    let graph = graph.with_memory_limit(MEMORY);
    let tensor = |element_type, shape: &[Dimension]| {
        let sizes: Vec<usize> = shape
            .iter()
            .map(|dimension| match dimension {
                Dimension::Fixed(size) => *size,
                _ => 2,
            })
            .collect();
        let count = sizes
            .iter()
            .try_fold(1usize, |count, size| count.checked_mul(*size))?;
        if count > 4096 {
            return None;
        }
        match element_type {
            ElementType::F32 => Tensor::new(sizes, vec![0.5f32; count]).ok(),
            ElementType::I64 => Tensor::new(sizes, vec![1i64; count]).ok(),
            ElementType::I32 => Tensor::new(sizes, vec![1i32; count]).ok(),
            ElementType::Bool => Tensor::new(sizes, vec![true; count]).ok(),
        }
    };
    let inputs: Option<Vec<(&str, Tensor)>> = graph
        .inputs()
        .iter()
        .map(|port| {
            let shape = port.shape.as_deref().unwrap_or(&[Dimension::Unknown]);
            Some((port.name.as_str(), tensor(port.element_type, shape)?))
        })
        .collect();
    if let Some(inputs) = inputs {
        // The memory limit counts values; working memory beside them is in proportion.
        let (_, taken) = peak(|| graph.run(&inputs));
        assert!(taken <= 32 * MEMORY + bound(bytes.len()), "{taken} bytes");
        let _ = graph.to_network();
    }
}

fn real_files() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/onnx/exports");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut files: Vec<Vec<u8>> = files
        .into_iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("reference/onnx/recurrent.json")).unwrap();
    files.extend(
        cases
            .iter()
            .step_by(7)
            .map(|case| onnx_support::bytes_of_hex(&case["model"])),
    );
    files
}

#[test]
fn a_file_cut_anywhere_is_refused_or_whole() {
    for bytes in real_files() {
        for length in (0..bytes.len()).step_by(3) {
            read_and_run(&bytes[..length]);
        }
    }
}

#[test]
fn real_files_take_a_few_times_their_size() {
    for bytes in real_files() {
        let (graph, taken) = peak(|| Graph::read(&bytes));
        assert!(graph.is_ok());
        assert!(
            taken <= bound(bytes.len()),
            "{taken} bytes for {}",
            bytes.len()
        );
    }
}

/// A model of operator set 17 with this graph.
fn model(graph: &[u8]) -> Vec<u8> {
    [&field(8, &[0x10, 17])[..], &field(7, graph)].concat()
}

#[test]
fn a_file_of_empty_messages_is_refused_before_it_takes_memory() {
    for number in [1, 5, 11, 12] {
        let bytes = model(&field(number, &[]).repeat(500_000));
        let (result, taken) = peak(|| Graph::read(&bytes));
        assert!(result.is_err());
        assert!(taken < 1 << 16, "{taken}");
    }
}

#[test]
fn results_that_no_memory_holds_are_refused() {
    // A scalar of 7 repeated to 2⁴⁰ values: an int64 constant for the shape, ConstantOfShape, and its result as the output.
    let shape = [
        &[0x08, 1, 0x10, 7][..],
        &field(9, &(1i64 << 40).to_le_bytes()),
        &field(8, b"shape"),
    ]
    .concat();
    let node = [
        field(1, b"shape"),
        field(2, b"y"),
        field(4, b"ConstantOfShape"),
    ]
    .concat();
    let kind = field(1, &[0x08, 1]);
    let output = [field(1, b"y"), field(2, &kind)].concat();
    let graph = [field(1, &node), field(5, &shape), field(12, &output)].concat();
    let (graph, taken) = peak(|| Graph::read(&model(&graph)));
    assert!(taken <= bound(100), "{taken}");
    let (result, taken) = peak(|| graph.unwrap().run(&[]));
    let error = result.unwrap_err().to_string();
    assert!(
        error.contains("ConstantOfShape") && error.contains("bytes allowed"),
        "{error}"
    );
    assert!(taken < 1 << 16, "{taken}");
}

#[test]
fn operator_sets_that_are_not_known_are_refused_with_those_that_are() {
    for (set, age) in [(6u8, "older"), (29, "newer"), (120, "newer")] {
        let bytes = [&field(8, &[0x10, set])[..], &field(7, &[])].concat();
        let error = Graph::read(&bytes).unwrap_err().to_string();
        assert!(
            error.contains(&format!("operator set {set}, {age}")),
            "{error}"
        );
        assert!(error.contains("7 to 28"), "{error}");
    }
}

#[test]
fn the_first_operator_that_is_not_computed_is_named() {
    let node = |operator: &[u8], output: &[u8]| {
        field(
            1,
            &[field(2, output), field(3, output), field(4, operator)].concat(),
        )
    };
    let graph = [node(b"Loop", b"one"), node(b"Scan", b"two")].concat();
    let error = Graph::read(&model(&graph)).unwrap_err().to_string();
    assert!(error.contains("Loop of node one"), "{error}");
    let foreign = field(
        1,
        &[
            field(2, b"y"),
            field(4, b"FusedGemm"),
            field(7, b"com.microsoft"),
        ]
        .concat(),
    );
    let error = Graph::read(&model(&foreign)).unwrap_err().to_string();
    assert!(
        error.contains("FusedGemm") && error.contains("com.microsoft"),
        "{error}"
    );
}

#[test]
fn values_in_other_files_and_of_other_types_are_refused_by_name() {
    let external = [&[0x10, 1, 0x70, 1][..], &field(8, b"weight")].concat();
    let error = Graph::read(&model(&field(5, &external)))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("weight") && error.contains("another file"),
        "{error}"
    );
    let double = [&[0x10, 11][..], &field(8, b"weight")].concat();
    let error = Graph::read(&model(&field(5, &double)))
        .unwrap_err()
        .to_string();
    assert!(error.contains("weight of type float64"), "{error}");
}

/// Nodes that would pass along the axes of `w`, or make values of them.
fn nodes_over_an_empty_tensor() -> Vec<Vec<u8>> {
    let joined = vec!["w"; 400];
    vec![
        onnx_support::node("ReduceSum", &["w", "one"], &["r"], &[("keepdims", 0)]),
        onnx_support::node("Concat", &joined, &["r"], &[("axis", 1)]),
        onnx_support::node("Gather", &["w", "one"], &["r"], &[("axis", 0)]),
        onnx_support::node("Gemm", &["w", "w"], &["r"], &[("transA", 1)]),
        onnx_support::node("Transpose", &["w"], &["r"], &[]),
        onnx_support::node("Softmax", &["w"], &["r"], &[]),
    ]
}

#[test]
fn tensors_without_values_take_neither_memory_nor_time() {
    for node in nodes_over_an_empty_tensor() {
        for shape in [[1 << 40, 0], [0, 1 << 56], [1 << 25, 0]] {
            let graph = [
                node.clone(),
                onnx_support::floats("w", &shape, &[]),
                onnx_support::integers("one", &[1]),
                onnx_support::output("r"),
            ];
            let bytes = onnx_support::model(&graph);
            let (result, taken) = peak(|| Graph::read(&bytes));
            let error = result.unwrap_err().to_string();
            assert!(error.contains("shape"), "{error}");
            assert!(taken < bound(bytes.len()), "{taken}");
        }
        // As long as such axes may be.
        let graph = [
            node.clone(),
            onnx_support::floats("w", &[1 << 24, 0], &[]),
            onnx_support::integers("one", &[1]),
            onnx_support::output("r"),
        ];
        read_and_run(&onnx_support::model(&graph));
    }
}

#[test]
fn states_of_sequences_without_steps_that_no_memory_holds_are_refused() {
    let graph = [
        onnx_support::node("GRU", &["x", "w", "r"], &["y"], &[("hidden_size", 4)]),
        onnx_support::floats("x", &[0, 1 << 23, 2], &[]),
        onnx_support::floats("w", &[1, 12, 2], &[0.5; 24]),
        onnx_support::floats("r", &[1, 12, 4], &[0.5; 48]),
        onnx_support::output("y"),
    ];
    let graph = Graph::read(&onnx_support::model(&graph)).unwrap();
    let (result, taken) = peak(|| graph.with_memory_limit(MEMORY).run(&[]));
    let error = result.unwrap_err().to_string();
    assert!(
        error.contains("GRU") && error.contains("bytes allowed"),
        "{error}"
    );
    assert!(taken < MEMORY, "{taken}");
}

#[test]
fn tensors_of_more_than_64_axes_are_refused() {
    let ones = vec![1u64; 65];
    let names = vec!["1"; 65];
    let read = [
        vec![onnx_support::floats("w", &ones, &[1.0])],
        vec![onnx_support::input("x", 1, &names)],
    ];
    for graph in read {
        let error = Graph::read(&onnx_support::model(&graph))
            .unwrap_err()
            .to_string();
        assert!(error.contains("65 axes"), "{error}");
    }
    let made = [
        onnx_support::node("Reshape", &["x", "sizes"], &["y"], &[]),
        onnx_support::node("Expand", &["x", "sizes"], &["y"], &[]),
        onnx_support::node("ConstantOfShape", &["sizes"], &["y"], &[]),
        onnx_support::node("Unsqueeze", &["x", "places"], &["y"], &[]),
        onnx_support::node("Gather", &["wide", "places_wide"], &["y"], &[]),
    ];
    let places: Vec<i64> = (0..64).collect();
    let wide = [1u64; 33];
    for node in made {
        let graph = [
            node,
            onnx_support::integers("sizes", &[1; 65]),
            onnx_support::integers("places", &places),
            onnx_support::floats("wide", &wide, &[1.0]),
            onnx_support::constant("places_wide", 7, &wide, &[0; 8]),
            onnx_support::input("x", 1, &["1"]),
            onnx_support::output("y"),
        ];
        let graph = Graph::read(&onnx_support::model(&graph)).unwrap();
        let one = Tensor::new([1], vec![1.0f32]).unwrap();
        let error = graph.run(&[("x", one)]).unwrap_err().to_string();
        assert!(error.contains("65 axes"), "{error}");
    }
}

#[test]
fn values_cut_within_a_number_are_refused() {
    let graph = [onnx_support::constant("w", 1, &[2], &[0; 11])];
    let error = Graph::read(&onnx_support::model(&graph))
        .unwrap_err()
        .to_string();
    assert!(error.contains("11 bytes"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_and_run(&bytes);
    }

    #[test]
    fn an_arbitrary_graph_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_and_run(&model(&bytes));
    }

    #[test]
    fn a_real_file_with_bytes_changed_is_computed_or_refused(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let files = real_files();
        let mut bytes = files[file.index(files.len())].clone();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_and_run(&bytes);
    }

    #[test]
    fn a_real_file_with_a_bit_changed_is_computed_or_refused(
        file in any::<prop::sample::Index>(),
        index in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let files = real_files();
        let mut bytes = files[file.index(files.len())].clone();
        let index = index.index(bytes.len());
        bytes[index] ^= 1 << bit;
        read_and_run(&bytes);
    }
}
