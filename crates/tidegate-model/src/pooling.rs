//! Pooling: one row of features for each sequence, made of the top layer's hidden states `h_t [K]` at its real steps.
//!
//! The mean is `p = (1/T) Σ h_t`. Attention (Yang et al. 2016, "Hierarchical Attention Networks", equations 5 to 7, with the
//! additive score of Bahdanau et al. 2015) is
//!
//! ```text
//! u_t = tanh(W h_t + b),    α_t = exp(v · u_t) / Σ exp(v · u_s),    p = Σ α_t h_t
//! ```
//!
//! with `pooling.weight` W `[K, K]`, `pooling.bias` b `[K]` and `pooling.score` v `[K]`. A sequence without a step gives
//! zeros. Sums go from the first step to the last, so that a row has the same bits alone, among others and beside padding.

use tidegate_cells::{Batch, Error, Linear, check_length, make_room};

use crate::configuration::{ModelConfiguration, Readout};
use crate::layout::Layout;
use crate::real_rows::RealRows;

/// How a model pools, with its weights packed.
pub(crate) enum Pooling {
    /// The mean over the steps.
    Mean,
    /// The mean weighted by attention; holds W and b.
    Attention(Linear),
}

/// What a pass leaves for its backward pass, and working memory. M is the number of real rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct PoolingBuffers {
    /// Hidden states `[M, K]`, unless all rows are real: then they are read where they lie.
    pub(crate) states: Vec<f32>,
    /// `u_t [M, K]`; after the backward pass the gradient of what the tanh was taken of.
    projected: Vec<f32>,
    /// `α_t [M]`.
    weights: Vec<f32>,
    /// Gradient of the hidden states `[M, K]`.
    pub(crate) gradient: Vec<f32>,
}

impl PoolingBuffers {
    /// Bytes held.
    pub(crate) fn memory_bytes(&self) -> usize {
        let buffers = [&self.states, &self.projected, &self.weights, &self.gradient];
        let values: usize = buffers.iter().map(|buffer| buffer.capacity()).sum();
        values * size_of::<f32>()
    }
}

impl Pooling {
    /// The pooling that a configuration asks for, if it does.
    pub(crate) fn new(
        configuration: &ModelConfiguration,
        layout: &Layout,
        parameters: &[f32],
    ) -> Result<Option<Self>, Error> {
        let mut pooling = match configuration.readout {
            Readout::EveryStep | Readout::LastStep => return Ok(None),
            Readout::Mean => Pooling::Mean,
            Readout::Attention => {
                let width = configuration.recurrent.output_size();
                Pooling::Attention(Linear::new(width, width)?)
            }
        };
        pooling.set_weights(layout, parameters)?;
        Ok(Some(pooling))
    }

    /// Packs the weights anew.
    pub(crate) fn set_weights(&mut self, layout: &Layout, parameters: &[f32]) -> Result<(), Error> {
        match self {
            Pooling::Mean => Ok(()),
            Pooling::Attention(linear) => linear.set_weights(
                &parameters[layout.pooling_weight.clone()],
                &parameters[layout.pooling_bias.clone()],
            ),
        }
    }

    /// Writes the pooled features `[batch, K]` of hidden states `[M, K]`.
    pub(crate) fn forward(
        &self,
        score: &[f32],
        (rows, batch): (&RealRows, usize),
        states: &[f32],
        width: usize,
        pooled: &mut Vec<f32>,
        buffers: &mut PoolingBuffers,
    ) -> Result<(), Error> {
        pooled.clear();
        make_room(pooled, batch * width);
        pooled.resize(batch * width, 0.0);
        let PoolingBuffers {
            projected, weights, ..
        } = buffers;
        match self {
            Pooling::Mean => {
                for ((row, _), state) in rows.places().zip(states.chunks_exact(width)) {
                    add_scaled(&mut pooled[row * width..][..width], state, 1.0);
                }
                let counts = step_counts(rows, batch);
                for (pooled, count) in pooled.chunks_exact_mut(width).zip(counts) {
                    let share = 1.0 / count.max(1) as f32;
                    pooled.iter_mut().for_each(|value| *value *= share);
                }
            }
            Pooling::Attention(linear) => {
                make_room(projected, states.len());
                projected.resize(states.len(), 0.0);
                linear.forward(states, projected)?;
                projected.iter_mut().for_each(|value| *value = value.tanh());
                make_room(weights, rows.len());
                weights.clear();
                weights.extend(projected.chunks_exact(width).map(|one| dot(score, one)));
                softmax(rows, batch, weights);
                let states = states.chunks_exact(width).zip(&*weights);
                for ((row, _), (state, &weight)) in rows.places().zip(states) {
                    add_scaled(&mut pooled[row * width..][..width], state, weight);
                }
            }
        }
        Ok(())
    }

    /// From the gradient of the pooled features `[batch, K]` to that of the hidden states, left in the buffers, and of the parameters,
    /// added to the flat buffer `gradient`.
    pub(crate) fn backward(
        &self,
        (layout, parameters): (&Layout, &[f32]),
        (rows, batch): (&RealRows, usize),
        states: &[f32],
        (pooled_gradient, width): (&[f32], usize),
        gradient: &mut [f32],
        buffers: &mut PoolingBuffers,
    ) -> Result<(), Error> {
        let PoolingBuffers {
            projected,
            weights,
            gradient: slopes,
            ..
        } = buffers;
        make_room(slopes, states.len());
        slopes.clear();
        slopes.resize(states.len(), 0.0);
        let of_row = |row: usize| &pooled_gradient[row * width..][..width];
        match self {
            Pooling::Mean => {
                let counts = step_counts(rows, batch);
                for ((row, _), slopes) in rows.places().zip(slopes.chunks_exact_mut(width)) {
                    add_scaled(slopes, of_row(row), 1.0 / counts[row] as f32);
                }
            }
            Pooling::Attention(linear) => {
                let start = layout.pooling_weight.start;
                let (weight_gradient, rest) =
                    gradient[start..].split_at_mut(layout.pooling_weight.len());
                let (bias_gradient, rest) = rest.split_at_mut(layout.pooling_bias.len());
                let score_gradient = &mut rest[..layout.pooling_score.len()];
                let score = &parameters[layout.pooling_score.clone()];
                // How much more a step's weight gives than the mean of all, by α_t (dα_t − Σ α_s dα_s).
                let mut gains: Vec<f32> = rows
                    .places()
                    .zip(states.chunks_exact(width))
                    .map(|((row, _), state)| dot(of_row(row), state))
                    .collect();
                let mut means = vec![0.0; batch];
                for (((row, _), &weight), gain) in rows.places().zip(&*weights).zip(&gains) {
                    means[row] += weight * gain;
                }
                for (((row, _), &weight), gain) in rows.places().zip(&*weights).zip(&mut gains) {
                    *gain = weight * (*gain - means[row]);
                }
                for (projected, &gain) in projected.chunks_exact_mut(width).zip(&gains) {
                    add_scaled(score_gradient, projected, gain);
                    for (value, score) in projected.iter_mut().zip(score) {
                        *value = gain * score * (1.0 - *value * *value);
                    }
                }
                linear.backward(
                    &parameters[layout.pooling_weight.clone()],
                    states,
                    projected,
                    weight_gradient,
                    bias_gradient,
                    Some(slopes),
                )?;
                let slopes = slopes.chunks_exact_mut(width).zip(&*weights);
                for ((row, _), (slopes, &weight)) in rows.places().zip(slopes) {
                    add_scaled(slopes, of_row(row), weight);
                }
            }
        }
        Ok(())
    }
}

/// The weights of pooling by attention, for hidden states of K features.
#[derive(Clone, Copy, Debug)]
pub struct AttentionWeights<'a> {
    /// W `[K, K]`, row-major.
    pub weight: &'a [f32],
    /// b `[K]`.
    pub bias: &'a [f32],
    /// v `[K]`.
    pub score: &'a [f32],
}

/// One row of features `[batch, width]` for each sequence of a batch of hidden states `[steps, batch, width]`: their mean over a
/// sequence's steps, or, with `attention`, their weighted mean, as [`Readout::Mean`] and [`Readout::Attention`] define
/// them. A sequence without a step gives zeros.
///
/// # Errors
/// A batch, or a slice, that does not fit.
pub fn pool(
    batch: &Batch,
    states: &[f32],
    width: usize,
    attention: Option<AttentionWeights<'_>>,
) -> Result<Vec<f32>, Error> {
    batch.validate()?;
    let shape = [
        ("steps", batch.steps),
        ("batch", batch.batch),
        ("width", width),
    ];
    check_length("states", states.len(), &shape)?;
    let (pooling, score) = match attention {
        None => (Pooling::Mean, &[][..]),
        Some(AttentionWeights {
            weight,
            bias,
            score,
        }) => {
            let mut linear = Linear::new(width, width)?;
            linear.set_weights(weight, bias)?;
            check_length("score", score.len(), &[("width", width)])?;
            (Pooling::Attention(linear), score)
        }
    };
    let (mut rows, mut gathered) = (RealRows::default(), Vec::new());
    rows.set(batch);
    rows.gather(states, width, &mut gathered);
    let (mut pooled, mut buffers) = (Vec::new(), PoolingBuffers::default());
    let place = (&rows, batch.batch);
    pooling.forward(score, place, &gathered, width, &mut pooled, &mut buffers)?;
    Ok(pooled)
}

/// Turns scores into weights that sum to 1 over the steps of each sequence.
fn softmax(rows: &RealRows, batch: usize, scores: &mut [f32]) {
    let mut largest = vec![f32::NEG_INFINITY; batch];
    for ((row, _), &score) in rows.places().zip(&*scores) {
        largest[row] = largest[row].max(score);
    }
    let mut sums = vec![0.0; batch];
    for ((row, _), score) in rows.places().zip(&mut *scores) {
        *score = (*score - largest[row]).exp();
        sums[row] += *score;
    }
    for ((row, _), score) in rows.places().zip(scores) {
        *score /= sums[row];
    }
}

/// Real steps of each sequence.
fn step_counts(rows: &RealRows, batch: usize) -> Vec<usize> {
    let mut counts = vec![0; batch];
    rows.places().for_each(|(row, _)| counts[row] += 1);
    counts
}

fn add_scaled(sums: &mut [f32], values: &[f32], factor: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
