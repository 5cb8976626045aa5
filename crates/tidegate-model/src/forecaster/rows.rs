//! Row by row through a dense layer or a mask, in chunks that threads share. Chunks have a fixed size, so that sums over
//! them have the same bits at any number of threads.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use tidegate_cells::{Error, Linear, Noise};

/// Rows of a chunk.
const ROWS: usize = 1024;

/// `y = x Wᵀ + b` for every row, and what `finish` makes of a chunk of it.
pub(super) fn forward(
    linear: &Linear,
    x: &[f32],
    y: &mut [f32],
    finish: impl Fn(&mut [f32]) + Sync,
) -> Result<(), Error> {
    y.par_chunks_mut(ROWS * linear.outputs())
        .zip(x.par_chunks(ROWS * linear.inputs()))
        .try_for_each(|(y, x)| {
            linear.forward(x, y)?;
            finish(y);
            Ok(())
        })
}

/// Adds the gradients of weight and bias and overwrites that of the input, where it is wanted.
pub(super) fn backward(
    linear: &Linear,
    weight: &[f32],
    x: &[f32],
    output_gradient: &[f32],
    [weight_gradient, bias_gradient]: [&mut [f32]; 2],
    input_gradient: Option<&mut [f32]>,
) -> Result<(), Error> {
    let (inputs, outputs) = (linear.inputs(), linear.outputs());
    let chunks: Vec<Option<&mut [f32]>> = match input_gradient {
        Some(gradient) => gradient.chunks_mut(ROWS * inputs).map(Some).collect(),
        None => (0..x.len().div_ceil(ROWS * inputs)).map(|_| None).collect(),
    };
    let sums = chunks
        .into_par_iter()
        .zip(x.par_chunks(ROWS * inputs))
        .zip(output_gradient.par_chunks(ROWS * outputs))
        .map(|((input_gradient, x), output_gradient)| {
            let (mut weights, mut biases) = (vec![0.0; weight.len()], vec![0.0; outputs]);
            linear.backward(
                weight,
                x,
                output_gradient,
                &mut weights,
                &mut biases,
                input_gradient,
            )?;
            Ok((weights, biases))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    for (weights, biases) in sums {
        add(weight_gradient, &weights);
        add(bias_gradient, &biases);
    }
    Ok(())
}

/// Inverted dropout on rows of `width` values, a mask for each row.
pub(super) fn drop(noise: Noise, place: u64, rate: f32, width: usize, values: &mut [f32]) {
    let chunks = values.par_chunks_mut(ROWS * width).enumerate();
    chunks.for_each(|(chunk, values)| {
        let places = (chunk * ROWS..).map(|row| (row, 0));
        noise.drop_rows(place, rate, places, width, values);
    });
}

/// Adds element by element.
pub(super) fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut()
        .zip(values)
        .for_each(|(sum, value)| *sum += value);
}
