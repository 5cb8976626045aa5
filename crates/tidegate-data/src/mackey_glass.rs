//! The Mackey-Glass series: predict a chaotic system with a delay.

mod trajectory;

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::option_limits::{MOST_STEPS, check_sizes, impossible};
use crate::random_stream::RandomStream;
use crate::sequence::{Inputs, Sequence, Targets};
use crate::sequence_set::SequenceSet;
use crate::splits::{Split, Splits};
use trajectory::Trajectory;

const TASK: &str = "Mackey-Glass";
const LONGEST_DELAY: f64 = 1_000.0;
const MOST_SPACING: usize = 1_000_000;

/// Below this deviation a series is a fixed point and the noise of rounding.
const LEAST_DEVIATION: f64 = 1e-6;

/// Options of [`mackey_glass`]. One step is one unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MackeyGlass {
    /// The delay τ, from 1 to 1,000. Default: 17, where the system is mildly chaotic; 30 is wilder,
    /// and below about 5 it settles and there is nothing to predict.
    pub tau: f64,
    /// How many steps ahead to predict, at least 1. Default: 17, see [`mackey_glass`].
    pub horizon: usize,
    /// Steps of every sequence, at least 1. Default: 200.
    pub window: usize,
    /// Training sequences. Default: 200.
    pub train: usize,
    /// Validation sequences. Default: 50.
    pub valid: usize,
    /// Test sequences. Default: 50.
    pub test: usize,
    /// Most steps left out between one window and the next: each time a number from 0 to this, drawn anew. Without it the
    /// windows would begin at nearly the same phase of the series, whose swings take about 50 steps at the default
    /// delay. Default: 100.
    pub spacing: usize,
    /// Steps left out between one set and the next. Default: 500. Less than `tau` would let a set
    /// begin in a state that the end of the one before has shown.
    pub gap: usize,
    /// Steps left out at the start, while the system finds its attractor. Default: 1,000.
    pub transient: usize,
    /// Seed of the history that the system starts from. Default: 0.
    pub seed: u64,
}

impl Default for MackeyGlass {
    fn default() -> MackeyGlass {
        MackeyGlass {
            tau: 17.0,
            horizon: 17,
            window: 200,
            train: 200,
            valid: 50,
            test: 50,
            spacing: 100,
            gap: 500,
            transient: 1_000,
            seed: 0,
        }
    }
}

/// Generates the Mackey-Glass series (Mackey & Glass 1977, Science 197:287), a standard of chaotic
/// prediction (Jaeger 2001, GMD report 148).
///
/// dx/dt = 0.2 x(t − τ) / (1 + x(t − τ)¹⁰) − 0.1 x(t), from a constant history drawn uniformly from
/// [1.1, 1.3), by fourth-order Runge-Kutta with ten steps a unit, sampled at every unit of time.
///
/// The series is cut in time, without shuffling: transient, training, gap, validation, gap, test.
/// The windows of a part follow each other with up to `spacing` steps between them, and its last
/// targets reach into the `horizon` samples at its end: no sample is in two sets. All sets are standardised by mean and deviation of the training part. The input is one
/// feature, the value; the target at every step is the value `horizon` steps later.
///
/// Why the horizon is 17 by default: one step ahead, repeating the last value already has an error
/// of 0.02 of the variance. Seventeen steps ahead repeating scores 3.0, worse than the mean (1.0),
/// while everything that drives the system until then lies within the last seventeen steps. The
/// steps at the start of a window have seen less than that, and bound from below the score of any
/// model that starts without a state.
///
/// # Errors
/// [`DataError::ImpossibleOption`] for an option outside the range that its documentation gives, a
/// series that settles to a constant, or more steps than memory could hold.
pub fn mackey_glass(options: MackeyGlass) -> Result<Splits, DataError> {
    check(&options)?;
    let MackeyGlass {
        tau,
        horizon,
        window,
        train,
        valid,
        test,
        spacing,
        gap,
        transient,
        seed,
    } = options;

    let mut streams = Split::ALL.map(|split| RandomStream::new(seed, split));
    let initial = 1.1 + 0.2 * f64::from(streams[0].uniform());
    let mut trajectory = Trajectory::new(tau, initial);
    let mut take_part = |skipped: usize, count: usize, stream: &mut RandomStream| -> Part {
        for _ in 0..skipped {
            trajectory.advance();
        }
        let mut starts = Vec::with_capacity(count);
        let mut next = 0;
        for _ in 0..count {
            starts.push(next);
            next += window + stream.below(spacing as u32 + 1) as usize;
        }
        let length = starts.last().map_or(0, |last| last + window) + horizon;
        let samples = (0..length).map(|_| trajectory.advance()).collect();
        Part { samples, starts }
    };
    let [train_stream, valid_stream, test_stream] = &mut streams;
    let train_part = take_part(transient, train, train_stream);
    let valid_part = take_part(gap, valid, valid_stream);
    let test_part = take_part(gap, test, test_stream);

    let (mean, deviation) = mean_and_deviation(&train_part.samples);
    if deviation < LEAST_DEVIATION {
        return Err(impossible(
            TASK,
            "tau",
            tau,
            "the series settles to a constant, which leaves nothing to predict: take a longer delay, such as 17",
        ));
    }
    let windows = |part: Part| {
        let standardised = |start: usize| -> Vec<f32> {
            part.samples[start..start + window]
                .iter()
                .map(|value| ((value - mean) / deviation) as f32)
                .collect()
        };
        let sequences = part
            .starts
            .iter()
            .map(|&start| Sequence {
                inputs: Inputs::Features {
                    size: 1,
                    values: standardised(start),
                },
                targets: Targets::Values(standardised(start + horizon)),
            })
            .collect();
        SequenceSet::new(
            InputKind::Features { size: 1 },
            TargetKind::Values { size: 1 },
            Supervision::EveryStep,
            sequences,
        )
    };
    Splits::new(
        format!(
            "Mackey-Glass, delay {tau}, {horizon} {} ahead",
            if horizon == 1 { "step" } else { "steps" }
        ),
        windows(train_part)?,
        windows(valid_part)?,
        windows(test_part)?,
    )
}

/// One set's part of the series.
struct Part {
    samples: Vec<f64>,
    /// Where its windows begin.
    starts: Vec<usize>,
}

fn check(options: &MackeyGlass) -> Result<(), DataError> {
    let MackeyGlass {
        tau,
        horizon,
        window,
        train,
        valid,
        test,
        spacing,
        gap,
        transient,
        ..
    } = *options;
    if !(1.0..=LONGEST_DELAY).contains(&tau) {
        return Err(impossible(
            TASK,
            "tau",
            tau,
            "the delay has to be a number from 1 to 1000",
        ));
    }
    if horizon == 0 {
        return Err(impossible(
            TASK,
            "horizon",
            horizon,
            "predict at least 1 step ahead: at 0 the input is the answer",
        ));
    }
    if window == 0 {
        return Err(impossible(
            TASK,
            "window",
            window,
            "a sequence needs at least 1 step",
        ));
    }
    let limits = [
        ("horizon", horizon, MOST_STEPS),
        ("spacing", spacing, MOST_SPACING),
        ("gap", gap, MOST_STEPS),
        ("transient", transient, MOST_STEPS),
    ];
    for (option, steps, most) in limits {
        if steps > most {
            return Err(impossible(
                TASK,
                option,
                steps,
                format!("it may be at most {most} steps"),
            ));
        }
    }
    check_sizes(TASK, window.saturating_add(spacing), train, valid, test)
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum::<f64>()
        / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests;
