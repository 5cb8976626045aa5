//! A piece as a standard MIDI file.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
use serde::{Deserialize, Serialize};

use super::pieces::Piece;
use crate::error::DataError;
use crate::option_limits::impossible;

/// Ticks of a beat: divisible by many numbers of steps.
const TICKS: u16 = 960;

/// Loudness of every note, of 127.
const VELOCITY: u8 = 80;

/// How a piece is played.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MidiOptions {
    /// Beats a minute, from 4 to 1,000. Default: 90.
    pub tempo: f64,
    /// Steps of a beat, from 1 to 96. Default: 1.
    pub steps_per_beat: u16,
    /// Instrument, by its number of General MIDI counted from 0, up to 127. Default: 0, a piano.
    pub instrument: u8,
}

impl Default for MidiOptions {
    fn default() -> MidiOptions {
        MidiOptions {
            tempo: 90.0,
            steps_per_beat: 1,
            instrument: 0,
        }
    }
}

impl MidiOptions {
    /// Checks every option.
    ///
    /// # Errors
    /// [`DataError::ImpossibleOption`] names the option at fault.
    pub fn validate(&self) -> Result<(), DataError> {
        const TASK: &str = "midi";
        if !(4.0..=1000.0).contains(&self.tempo) {
            let reason = "a minute has from 4 to 1000 beats";
            return Err(impossible(TASK, "tempo", self.tempo, reason));
        }
        if !(1..=96).contains(&self.steps_per_beat) {
            let reason = "a beat has from 1 to 96 steps";
            return Err(impossible(
                TASK,
                "steps_per_beat",
                self.steps_per_beat,
                reason,
            ));
        }
        if self.instrument > 127 {
            let reason = "instruments are numbered from 0 to 127";
            return Err(impossible(TASK, "instrument", self.instrument, reason));
        }
        Ok(())
    }
}

/// The bytes of a standard MIDI file of format 0 with one track. A pitch that sounds in consecutive steps is one note, held
/// that long.
///
/// # Errors
/// Those of [`MidiOptions::validate`].
pub fn midi_file(piece: &Piece, options: &MidiOptions) -> Result<Vec<u8>, DataError> {
    options.validate()?;
    let mut track = Track::default();
    // Microseconds of a beat: at least 4 beats a minute fit in 24 bits.
    let beat = (60_000_000.0 / options.tempo).round() as u32;
    let tempo = MetaMessage::Tempo(u24::from(beat));
    track.at(0, TrackEventKind::Meta(tempo));
    let program = u7::from(options.instrument);
    track.at(0, midi(MidiMessage::ProgramChange { program }));
    // Rounded from the beginning on, so that steps that do not divide a beat do not drift.
    let tick = |step: usize| (step as u64 * u64::from(TICKS)) / u64::from(options.steps_per_beat);
    let silence = Vec::new();
    for step in 0..=piece.len() {
        let before = step.checked_sub(1).map_or(&silence, |step| &piece[step]);
        let now = piece.get(step).unwrap_or(&silence);
        for &pitch in before.iter().filter(|pitch| !now.contains(pitch)) {
            let (key, vel) = (u7::from(pitch), u7::from(0));
            track.at(tick(step), midi(MidiMessage::NoteOff { key, vel }));
        }
        for &pitch in now.iter().filter(|pitch| !before.contains(pitch)) {
            let (key, vel) = (u7::from(pitch), u7::from(VELOCITY));
            track.at(tick(step), midi(MidiMessage::NoteOn { key, vel }));
        }
    }
    // Silence at the end lasts as long as it is written.
    let end = TrackEventKind::Meta(MetaMessage::EndOfTrack);
    track.at(tick(piece.len()), end);
    let header = Header::new(Format::SingleTrack, Timing::Metrical(u15::from(TICKS)));
    let file = Smf {
        header,
        tracks: vec![track.events],
    };
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = file.write_std(&mut bytes);
    Ok(bytes)
}

fn midi(message: MidiMessage) -> TrackEventKind<'static> {
    let channel = u4::from(0);
    TrackEventKind::Midi { channel, message }
}

/// Events in the order of time.
#[derive(Default)]
struct Track {
    events: Vec<TrackEvent<'static>>,
    now: u64,
}

impl Track {
    fn at(&mut self, tick: u64, kind: TrackEventKind<'static>) {
        // Rests of more than 2²⁸ ticks, which a file cannot hold, take more than two days.
        let delta = u28::from((tick - self.now).min(u64::from(u28::max_value().as_int())) as u32);
        self.now = tick;
        self.events.push(TrackEvent { delta, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes as (first tick, ticks, pitch), in the order of their ends.
    fn notes(bytes: &[u8]) -> Vec<(u64, u64, u8)> {
        let file = Smf::parse(bytes).unwrap();
        assert_eq!(file.tracks.len(), 1);
        let mut sounding = std::collections::BTreeMap::new();
        let (mut now, mut notes) = (0, Vec::new());
        for event in &file.tracks[0] {
            now += u64::from(event.delta.as_int());
            match event.kind {
                TrackEventKind::Midi {
                    message: MidiMessage::NoteOn { key, .. },
                    ..
                } => {
                    assert_eq!(sounding.insert(key.as_int(), now), None);
                }
                TrackEventKind::Midi {
                    message: MidiMessage::NoteOff { key, .. },
                    ..
                } => {
                    let start = sounding.remove(&key.as_int()).unwrap();
                    notes.push((start, now - start, key.as_int()));
                }
                _ => {}
            }
        }
        assert!(sounding.is_empty());
        notes
    }

    #[test]
    fn a_pitch_in_consecutive_steps_is_one_note() {
        let piece = vec![vec![67, 60], vec![65, 60], vec![], vec![60]];
        let bytes = midi_file(&piece, &MidiOptions::default()).unwrap();
        assert_eq!(
            notes(&bytes),
            [(0, 960, 67), (960, 960, 65), (0, 1920, 60), (2880, 960, 60)]
        );
    }

    #[test]
    fn tempo_instrument_and_length_are_written() {
        let options = MidiOptions {
            tempo: 120.0,
            steps_per_beat: 7,
            instrument: 19,
        };
        let piece = vec![vec![60]; 14];
        let bytes = midi_file(&piece, &options).unwrap();
        assert_eq!(notes(&bytes), [(0, 1920, 60)]);
        let file = Smf::parse(&bytes).unwrap();
        assert_eq!(file.header.timing, Timing::Metrical(u15::from(960)));
        let kinds: Vec<_> = file.tracks[0].iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds[0],
            TrackEventKind::Meta(MetaMessage::Tempo(u24::from(500_000)))
        );
        let program = u7::from(19);
        assert_eq!(kinds[1], midi(MidiMessage::ProgramChange { program }));
        assert_eq!(
            kinds.last(),
            Some(&TrackEventKind::Meta(MetaMessage::EndOfTrack))
        );
    }

    #[test]
    fn options_out_of_range_are_named() {
        let default = MidiOptions::default();
        for (options, name) in [
            (
                MidiOptions {
                    tempo: f64::NAN,
                    ..default
                },
                "tempo",
            ),
            (
                MidiOptions {
                    tempo: 3.0,
                    ..default
                },
                "tempo",
            ),
            (
                MidiOptions {
                    steps_per_beat: 0,
                    ..default
                },
                "steps_per_beat",
            ),
            (
                MidiOptions {
                    instrument: 128,
                    ..default
                },
                "instrument",
            ),
        ] {
            let error = midi_file(&Vec::new(), &options).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
