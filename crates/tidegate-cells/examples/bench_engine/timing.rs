//! Medians and percentiles of repeated calls, as `bench/engines/service.py` takes them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::service::Failure;

const LEAST_RUNS: usize = 3;
const LEAST_STEPS: usize = 5_000;
const MOST_STEPS: usize = 100_000;
const STEPS_TOGETHER: usize = 50;

/// Median over the runs that fill `seconds`, after a warm-up of a fifth of that.
pub(crate) fn runs(
    seconds: f64,
    mut run: impl FnMut() -> Result<(), Failure>,
) -> Result<Value, Failure> {
    let begin = Instant::now();
    run()?;
    while begin.elapsed().as_secs_f64() < seconds / 5.0 {
        run()?;
    }
    let begin = Instant::now();
    let mut durations = Vec::new();
    while durations.len() < LEAST_RUNS || begin.elapsed().as_secs_f64() < seconds {
        let start = Instant::now();
        run()?;
        durations.push(start.elapsed().as_secs_f64());
    }
    Ok(json!({
        "median_seconds": quantile(&mut durations, 0.5),
        "mean_seconds": durations.iter().sum::<f64>() / durations.len() as f64,
        "runs": durations.len(),
    }))
}

/// Median from groups of steps, 99.9th percentile from single ones, less the clock's own median cost.
pub(crate) fn steps(
    seconds: f64,
    mut run: impl FnMut() -> Result<(), Failure>,
) -> Result<Value, Failure> {
    let mut own = single(LEAST_STEPS, 0.0, || Ok(()))?;
    let own = quantile(&mut own, 0.5);
    single(LEAST_STEPS, 0.0, &mut run)?;
    let mut groups = Vec::new();
    let begin = Instant::now();
    while groups.len() < 20 || begin.elapsed().as_secs_f64() < 0.5 * seconds {
        let start = Instant::now();
        for _ in 0..STEPS_TOGETHER {
            run()?;
        }
        groups.push(start.elapsed().as_secs_f64() / STEPS_TOGETHER as f64);
    }
    let mut durations = single(MOST_STEPS, seconds, run)?;
    let high = quantile(&mut durations, 0.999);
    Ok(json!({
        "median_seconds": quantile(&mut groups, 0.5),
        "p999_seconds": (high - own).max(0.0),
        "clock_seconds": own,
        "runs": durations.len(),
    }))
}

/// Seconds of single calls, each with one reading of the clock: `count` of them, or as many as fill `seconds`.
fn single(
    count: usize,
    seconds: f64,
    mut run: impl FnMut() -> Result<(), Failure>,
) -> Result<Vec<f64>, Failure> {
    let limit = Duration::from_secs_f64(seconds);
    let mut durations = Vec::with_capacity(count);
    let begin = Instant::now();
    let mut before = begin;
    while durations.len() < count && (durations.len() < LEAST_STEPS || before - begin < limit) {
        run()?;
        let now = Instant::now();
        durations.push((now - before).as_secs_f64());
        before = now;
    }
    Ok(durations)
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() as f64 * share) as usize).min(values.len() - 1)]
}
