//! Movements of a hand.

use std::f64::consts::TAU;

use super::Step;
use crate::generated_readings::Noise;
use crate::random_stream::RandomStream;

const LABELS: [&str; 4] = ["left", "right", "clockwise", "counterclockwise"];

/// Steps at least, and how many more there may be.
const STEPS: [u32; 2] = [20, 40];

/// Strength at least, and at most.
const STRENGTH: [f64; 2] = [0.4, 1.2];

/// Of the noise: how much of it lasts from step to step, and its deviation.
const PERSISTENCE: f64 = 0.7;
const DEVIATION: f64 = 0.2;

pub(super) fn recording(seed: u64, index: usize) -> Vec<Step> {
    let stream = |number| RandomStream::of_recordings(seed, 4 * index as u64 + number);
    let mut choices = stream(0);
    let mut uniform = |least: f64, most: f64| least + (most - least) * f64::from(choices.uniform());
    // Four classes and 41 lengths are as likely as each other to within one part of ten million.
    let class = uniform(0.0, LABELS.len() as f64) as usize;
    let steps = f64::from(STEPS[0]) + uniform(0.0, f64::from(STEPS[1] + 1)).floor();
    let strength = uniform(STRENGTH[0], STRENGTH[1]);
    let tilt = [uniform(-0.2, 0.2), uniform(-0.2, 0.2)];
    let begin = steps * uniform(0.0, 0.25);
    let end = steps * uniform(0.75, 1.0);
    let mut noises = [1, 2, 3].map(|number| Noise::new(stream(number), PERSISTENCE, DEVIATION));
    let step = |step: usize| {
        let phase = (step as f64 - begin) / (end - begin);
        let moves = (0.0..=1.0).contains(&phase);
        let strength = if moves { strength } else { 0.0 };
        let (sine, cosine) = (TAU * phase).sin_cos();
        let motion = match class {
            0 => [-sine, 0.0, 0.2 * sine],
            1 => [sine, 0.0, 0.2 * sine],
            2 => [sine, cosine, 0.0],
            _ => [sine, -cosine, 0.0],
        };
        let still = [tilt[0], tilt[1], 1.0];
        Step {
            values: std::array::from_fn(|axis| {
                still[axis] + strength * motion[axis] + noises[axis].next()
            }),
            label: LABELS[class],
        }
    };
    (0..steps as usize).map(step).collect()
}
