//! What somebody does who wears a sensor.

use std::f64::consts::TAU;

use super::Step;
use crate::generated_readings::Noise;
use crate::random_stream::RandomStream;

/// How an activity shows.
struct Activity {
    label: &'static str,
    /// Strides a second.
    pace: f64,
    /// Of the swing to the sides, forwards and upwards.
    strength: [f64; 3],
    /// Whether only the upper half of the swing upwards shows.
    half: bool,
}

const ACTIVITIES: [Activity; 4] = [
    Activity {
        label: "rest",
        pace: 0.0,
        strength: [0.0; 3],
        half: false,
    },
    Activity {
        label: "walk",
        pace: 1.8,
        strength: [0.15, 0.10, 0.30],
        half: false,
    },
    Activity {
        label: "stairs",
        pace: 1.5,
        strength: [0.15, 0.20, 0.35],
        half: true,
    },
    Activity {
        label: "run",
        pace: 2.7,
        strength: [0.25, 0.30, 0.90],
        half: false,
    },
];

/// Steps of a recording, and of an activity: at least, and how many more there may be.
const STEPS: [u32; 2] = [400, 200];
const LASTS: [u32; 2] = [40, 120];

/// Seconds of a step.
const STEP: f64 = 0.05;

/// Of the noise: how much of it lasts from step to step, and its deviation.
const PERSISTENCE: f64 = 0.5;
const DEVIATION: f64 = 0.12;

pub(super) fn recording(seed: u64, index: usize) -> Vec<Step> {
    let stream = |number| RandomStream::of_recordings(seed, 4 * index as u64 + number);
    let mut choices = stream(0);
    let steps = STEPS[0] + choices.below(STEPS[1] + 1);
    let [strength, pace] = [(); 2].map(|()| 0.8 + 0.4 * f64::from(choices.uniform()));
    let mut noises = [1, 2, 3].map(|number| Noise::new(stream(number), PERSISTENCE, DEVIATION));
    let mut now = choices.below(ACTIVITIES.len() as u32);
    let mut left = LASTS[0] + choices.below(LASTS[1] + 1);
    let mut stride = f64::from(choices.uniform());
    let mut recorded = Vec::with_capacity(steps as usize);
    for _ in 0..steps {
        if left == 0 {
            // Another one than before.
            now = (now + 1 + choices.below(ACTIVITIES.len() as u32 - 1)) % ACTIVITIES.len() as u32;
            left = LASTS[0] + choices.below(LASTS[1] + 1);
        }
        left -= 1;
        let activity = &ACTIVITIES[now as usize];
        stride += STEP * pace * activity.pace;
        let (sine, cosine) = (TAU * stride).sin_cos();
        let upwards = if activity.half { sine.max(0.0) } else { sine };
        let motion = [(TAU * stride / 2.0).sin(), cosine, upwards];
        let still = [0.0, 0.0, 1.0];
        recorded.push(Step {
            values: std::array::from_fn(|axis| {
                still[axis]
                    + strength * activity.strength[axis] * motion[axis]
                    + noises[axis].next()
            }),
            label: activity.label,
        });
    }
    recorded
}
