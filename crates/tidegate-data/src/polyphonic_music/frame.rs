//! One step of piano music: the set of keys that sound.

/// Keys of a piano.
pub(super) const KEYS: usize = 88;

/// The MIDI pitch of the lowest key.
const LOWEST_PITCH: i128 = 21;

/// The keys that sound at one step, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame(u128);

impl Frame {
    /// Adds a MIDI pitch. Gives `None` if it is not on the piano.
    pub(super) fn with(self, pitch: i128) -> Option<Frame> {
        let column = pitch.checked_sub(LOWEST_PITCH)?;
        (0..KEYS as i128)
            .contains(&column)
            .then(|| Frame(self.0 | 1 << column))
    }

    /// The MIDI pitches that sound, the highest first.
    pub(super) fn pitches(self) -> Vec<u8> {
        let lowest = LOWEST_PITCH as u8;
        let keys = (0..KEYS as u8).rev();
        let sounds = |key: &u8| self.0 >> key & 1 == 1;
        keys.filter(sounds).map(|key| lowest + key).collect()
    }

    /// 1 for each key that sounds, else 0, from the lowest key up.
    pub(super) fn columns(self) -> impl Iterator<Item = f32> {
        (0..KEYS).map(move |column| (self.0 >> column & 1) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_pitch_is_the_first_column_and_the_highest_the_last() {
        let frame = Frame::default().with(21).unwrap().with(108).unwrap();
        let columns: Vec<f32> = frame.columns().collect();
        assert_eq!(columns.len(), 88);
        assert_eq!((columns[0], columns[87]), (1.0, 1.0));
        assert!(columns[1..87].iter().all(|key| *key == 0.0));
    }

    #[test]
    fn pitches_off_the_piano_are_not_taken() {
        for pitch in [20, 109, 0, -1, i128::MIN, i128::MAX] {
            assert_eq!(Frame::default().with(pitch), None, "{pitch}");
        }
    }

    #[test]
    fn a_pitch_twice_is_a_pitch_once() {
        let once = Frame::default().with(60).unwrap();
        assert_eq!(once.with(60).unwrap(), once);
    }
}
