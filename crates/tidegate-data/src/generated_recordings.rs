//! Recordings with their labels as a file of CSV would hold them, generated from a seed: to learn and to test with, where no
//! data is at hand.
//!
//! Here live their options; each file below holds the equations of one kind.

mod activity;
mod gestures;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::option_limits::impossible;

/// Most recordings of a file.
const MOST_RECORDINGS: usize = 10_000;

/// What is generated: in both kinds the acceleration along three axes, in units of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordingsKind {
    /// Movements of a hand, 20 to 60 steps of 0.05 s each; a whole recording has one of the labels `left`, `right`, `clockwise`
    /// and `counterclockwise`.
    ///
    /// A movement of phase φ, which goes from 0 to 1 between a rest before and a rest after it, and of strength a from 0.4 to
    /// 1.2 is, with noises e that last for some steps and a tilt b of each recording:
    ///
    /// ```text
    /// left, right:                    x = b₁ ∓ a sin 2πφ + e₁    y = b₂ + e₂               z = 1 + 0.2 a sin 2πφ + e₃
    /// clockwise, counterclockwise:    x = b₁ + a sin 2πφ + e₁    y = b₂ ± a cos 2πφ + e₂   z = 1 + e₃
    /// ```
    ///
    /// All four have the same values in another order: what tells them apart is what comes first.
    Gestures,
    /// What somebody does who wears a sensor, 400 to 600 steps of 0.05 s; each step has one of the labels `rest`, `walk`,
    /// `stairs` and `run`, which last for 40 to 160 steps and then change.
    ///
    /// With s the phase of a stride, which goes on by the pace in each step, and a and p the strength and the pace of a person,
    /// between 0.8 and 1.2, and noises e that last for some steps:
    ///
    /// ```text
    ///           x                        y                     z                                    strides a second
    /// rest      e₁                       e₂                    1 + e₃
    /// walk      0.15 a sin πs   + e₁    0.10 a cos 2πs + e₂   1 + 0.30 a sin 2πs + e₃              1.8 p
    /// stairs    0.15 a sin πs   + e₁    0.20 a cos 2πs + e₂   1 + 0.35 a max(0, sin 2πs) + e₃      1.5 p
    /// run       0.25 a sin πs   + e₁    0.30 a cos 2πs + e₂   1 + 0.90 a sin 2πs + e₃              2.7 p
    /// ```
    Activity,
}

/// Options of [`generated_recordings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GeneratedRecordings {
    /// Number of recordings, from 1 to 10,000. Default: 200.
    pub recordings: usize,
    /// Seed of all choices and noises. Default: 1.
    pub seed: u64,
}

impl Default for GeneratedRecordings {
    fn default() -> GeneratedRecordings {
        GeneratedRecordings {
            recordings: 200,
            seed: 1,
        }
    }
}

/// Generates recordings as CSV with a header, a row for each step. The same options give the same text, and a longer file
/// begins with the recordings of a shorter one.
///
/// ```
/// use tidegate_data::{GeneratedRecordings, RecordingsKind, generated_recordings};
///
/// let csv = generated_recordings(RecordingsKind::Gestures, GeneratedRecordings { recordings: 10, seed: 1 })?;
/// assert!(csv.starts_with("sequence_id,time,x,y,z,label\n1,0.00,"));
/// # Ok::<(), tidegate_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::ImpossibleOption`] for an option outside of the range that its documentation gives.
pub fn generated_recordings(
    kind: RecordingsKind,
    options: GeneratedRecordings,
) -> Result<String, DataError> {
    if !(1..=MOST_RECORDINGS).contains(&options.recordings) {
        let reason = format!("there are from 1 to {MOST_RECORDINGS} recordings");
        return Err(impossible(
            "recordings",
            "recordings",
            options.recordings,
            reason,
        ));
    }
    let mut csv = "sequence_id,time,x,y,z,label\n".to_owned();
    for index in 0..options.recordings {
        let steps = match kind {
            RecordingsKind::Gestures => gestures::recording(options.seed, index),
            RecordingsKind::Activity => activity::recording(options.seed, index),
        };
        for (
            step,
            Step {
                values: [x, y, z],
                label,
            },
        ) in steps.into_iter().enumerate()
        {
            // Whole hundredths, so that no rounding shows.
            let time = 5 * step;
            // Writing to a text does not fail.
            let _ = writeln!(
                csv,
                "{},{}.{:02},{x:.3},{y:.3},{z:.3},{label}",
                index + 1,
                time / 100,
                time % 100
            );
        }
    }
    Ok(csv)
}

/// One row.
struct Step {
    values: [f64; 3],
    label: &'static str,
}
