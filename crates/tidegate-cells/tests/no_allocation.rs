//! A step allocates nothing, and neither does packing new weights, by the count of an allocator that counts.

#![allow(
    unsafe_code,
    reason = "a global allocator is unsafe to write; this one passes everything on to the system's"
)]

#[path = "support/networks.rs"]
mod networks;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell as Counter;

use networks::{Numbers, all_cells, weights};
use tidegate_cells::{Engine, InstructionSet, Linear, Stack};

struct Counting;

thread_local! {
    static ALLOCATIONS: Counter<usize> = const { Counter::new(0) };
}

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are the same.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations that `run` makes on this thread.
fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

#[test]
fn the_count_sees_an_allocation() {
    assert_eq!(
        allocations(|| drop(std::hint::black_box(vec![0u8; 100]))),
        1
    );
}

#[test]
fn a_step_does_not_allocate() {
    for set in InstructionSet::available() {
        for cell in all_cells() {
            for (layers, batch) in [(1, 1), (3, 1), (2, 5)] {
                let mut stack = Stack::new(cell, 7, 33);
                stack.layers = layers;
                stack.zoneout = 0.1;
                let mut numbers = Numbers(1);
                let engine = Engine::with_instruction_set(
                    stack.clone(),
                    &weights(&stack, &mut numbers),
                    set,
                )
                .unwrap();
                let input = numbers.values(batch * 7, 1.0);
                let mut output = vec![0.0; batch * 33];
                let mut state = stack.zero_state(batch);
                let mut scratch = engine.step_scratch(batch);
                let count = allocations(|| {
                    for _ in 0..10 {
                        engine
                            .step(&input, &mut state, &mut scratch, &mut output)
                            .unwrap();
                    }
                });
                assert_eq!(count, 0, "{set}, {cell:?}, {layers} layers, batch {batch}");
            }
        }
    }
}

#[test]
fn packing_new_weights_and_a_dense_layer_do_not_allocate() {
    let mut numbers = Numbers(1);
    for cell in all_cells() {
        let stack = Stack::new(cell, 7, 33);
        let values = weights(&stack, &mut numbers);
        let mut engine = Engine::new(stack, &values).unwrap();
        assert_eq!(allocations(|| engine.set_weights(&values).unwrap()), 0);
    }
    for (rows, outputs) in [(1, 88), (100, 88), (3, 5000)] {
        let linear = Linear::new(33, outputs).unwrap();
        let (x, mut y) = (numbers.values(rows * 33, 1.0), vec![0.0; rows * outputs]);
        assert_eq!(allocations(|| linear.forward(&x, &mut y).unwrap()), 0);
    }
}
