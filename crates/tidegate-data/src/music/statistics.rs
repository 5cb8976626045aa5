//! What the notes of some pieces are like, and how far that lies from what others are like.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pieces::Piece;

/// Semitones of an octave.
const OCTAVE: i32 = 12;

/// Counts of what notes do. In JSON each is a list of pairs of a value and its count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteStatistics {
    /// Steps, by the number of pitches that sound.
    #[serde(with = "pairs")]
    pub voices: BTreeMap<i32, u64>,
    /// Pairs of consecutive steps in which something sounds, by the semitones from the highest pitch of the first to that of
    /// the second: above 0 where the melody rises.
    #[serde(with = "pairs")]
    pub melodic_intervals: BTreeMap<i32, u64>,
    /// Pitches above the lowest of their step, by the semitones between both, without whole octaves: from 0 to 11.
    #[serde(with = "pairs")]
    pub harmonic_intervals: BTreeMap<i32, u64>,
    /// Notes, by the consecutive steps in which their pitch sounds.
    #[serde(with = "pairs")]
    pub durations: BTreeMap<i32, u64>,
}

/// How far the statistics of some notes lie from those of others: of each the total variation, ½ Σ |p − q| over the shares p
/// and q. It is 0 where all shares are the same, and 1 where nothing occurs in both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatisticsDistance {
    /// Of the number of pitches that sound.
    pub voices: f64,
    /// Of the intervals of the melody.
    pub melodic_intervals: f64,
    /// Of the intervals above the lowest pitch.
    pub harmonic_intervals: f64,
    /// Of the lengths of notes.
    pub durations: f64,
}

impl NoteStatistics {
    /// The statistics of some pieces.
    ///
    /// ```
    /// use tidegate_data::NoteStatistics;
    ///
    /// let piece = vec![vec![67, 60], vec![65, 60]];
    /// let statistics = NoteStatistics::of(&[piece]);
    /// assert_eq!(statistics.voices, [(2, 2)].into());
    /// assert_eq!(statistics.melodic_intervals, [(-2, 1)].into());
    /// assert_eq!(statistics.harmonic_intervals, [(5, 1), (7, 1)].into());
    /// assert_eq!(statistics.durations, [(1, 2), (2, 1)].into());
    /// ```
    #[must_use]
    pub fn of(pieces: &[Piece]) -> NoteStatistics {
        let mut statistics = NoteStatistics::default();
        pieces.iter().for_each(|piece| statistics.add(piece));
        statistics
    }

    fn add(&mut self, piece: &Piece) {
        let mut started: BTreeMap<u8, usize> = BTreeMap::new();
        for (step, chord) in piece.iter().enumerate() {
            count(&mut self.voices, chord.len());
            if let Some((&lowest, above)) = chord.split_last() {
                for pitch in above {
                    let interval = i32::from(*pitch) - i32::from(lowest);
                    count(&mut self.harmonic_intervals, interval.rem_euclid(OCTAVE));
                }
            }
            let before = step.checked_sub(1).and_then(|step| piece[step].first());
            if let (Some(&before), Some(&now)) = (before, chord.first()) {
                count(
                    &mut self.melodic_intervals,
                    i32::from(now) - i32::from(before),
                );
            }
            started.retain(|pitch, start| {
                let sounds = chord.contains(pitch);
                if !sounds {
                    count(&mut self.durations, step - *start);
                }
                sounds
            });
            for pitch in chord {
                started.entry(*pitch).or_insert(step);
            }
        }
        for start in started.into_values() {
            count(&mut self.durations, piece.len() - start);
        }
    }

    /// How far these statistics lie from others.
    #[must_use]
    pub fn distance(&self, other: &NoteStatistics) -> StatisticsDistance {
        StatisticsDistance {
            voices: total_variation(&self.voices, &other.voices),
            melodic_intervals: total_variation(&self.melodic_intervals, &other.melodic_intervals),
            harmonic_intervals: total_variation(
                &self.harmonic_intervals,
                &other.harmonic_intervals,
            ),
            durations: total_variation(&self.durations, &other.durations),
        }
    }
}

fn count(counts: &mut BTreeMap<i32, u64>, value: impl TryInto<i32>) {
    let value = value.try_into().unwrap_or(i32::MAX);
    *counts.entry(value).or_default() += 1;
}

/// ½ Σ |p − q| of the shares; of nothing and something 1.
fn total_variation(one: &BTreeMap<i32, u64>, other: &BTreeMap<i32, u64>) -> f64 {
    let total = |counts: &BTreeMap<i32, u64>| counts.values().sum::<u64>() as f64;
    let totals = (total(one), total(other));
    match (totals.0 > 0.0, totals.1 > 0.0) {
        (true, true) => {}
        (false, false) => return 0.0,
        _ => return 1.0,
    }
    let share = |counts: &BTreeMap<i32, u64>, value: &i32, total: f64| {
        counts.get(value).copied().unwrap_or(0) as f64 / total
    };
    let mut values: Vec<&i32> = one.keys().chain(other.keys()).collect();
    values.sort_unstable();
    values.dedup();
    let differences = values
        .into_iter()
        .map(|value| (share(one, value, totals.0) - share(other, value, totals.1)).abs());
    differences.sum::<f64>() / 2.0
}

/// Counts as a list of pairs: the keys of a JSON object could only be texts.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        counts: &BTreeMap<i32, u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(counts)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<i32, u64>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces() -> impl Strategy<Value = Vec<Piece>> {
        let chord = prop::collection::btree_set(21_u8..=108, 0..5);
        let falling = chord.prop_map(|pitches| pitches.into_iter().rev().collect());
        prop::collection::vec(prop::collection::vec(falling, 1..12), 0..4)
    }

    #[test]
    fn a_note_lasts_as_long_as_its_pitch_sounds_without_a_break() {
        let piece = vec![vec![60], vec![60], vec![], vec![60], vec![62]];
        let statistics = NoteStatistics::of(&[piece]);
        assert_eq!(statistics.durations, [(1, 2), (2, 1)].into());
        assert_eq!(statistics.voices, [(0, 1), (1, 4)].into());
        // No interval leads into silence or out of it.
        assert_eq!(statistics.melodic_intervals, [(0, 1), (2, 1)].into());
    }

    #[test]
    fn statistics_survive_json() {
        let statistics = NoteStatistics::of(&[vec![vec![60, 48], vec![57, 48], vec![]]]);
        let json = serde_json::to_string(&statistics).unwrap();
        assert!(json.contains(r#""melodic_intervals":[[-3,1]]"#), "{json}");
        assert_eq!(
            serde_json::from_str::<NoteStatistics>(&json).unwrap(),
            statistics
        );
    }

    #[test]
    fn statistics_with_nothing_in_common_are_at_distance_one() {
        let one = NoteStatistics::of(&[vec![vec![60], vec![62]]]);
        let other = NoteStatistics::of(&[vec![vec![60, 48], vec![60, 48]]]);
        let distance = one.distance(&other);
        assert_eq!((distance.voices, distance.melodic_intervals), (1.0, 1.0));
        assert_eq!(
            (distance.harmonic_intervals, distance.durations),
            (1.0, 1.0)
        );
    }

    proptest! {
        #[test]
        fn a_distance_is_symmetric_within_zero_and_one_and_zero_to_itself(one in pieces(), other in pieces()) {
            let (one, other) = (NoteStatistics::of(&one), NoteStatistics::of(&other));
            let there = one.distance(&other);
            let back = other.distance(&one);
            prop_assert_eq!(there, back);
            for distance in [there.voices, there.melodic_intervals, there.harmonic_intervals, there.durations] {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&distance));
            }
            let own = one.distance(&one);
            prop_assert_eq!(own.voices + own.melodic_intervals + own.harmonic_intervals + own.durations, 0.0);
        }

        #[test]
        fn every_sounding_pitch_belongs_to_one_note(pieces in pieces()) {
            let statistics = NoteStatistics::of(&pieces);
            let sounding: usize = pieces.iter().flatten().map(Vec::len).sum();
            let held: u64 = statistics.durations.iter().map(|(steps, notes)| *steps as u64 * notes).sum();
            prop_assert_eq!(held, sounding as u64);
        }
    }
}
