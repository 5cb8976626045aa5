//! Fingerprints by which a checkpoint recognises its own data. They find a mix-up, not a forgery.

use tidegate_cells::mix;
use tidegate_data::{
    FeatureSeries, InputKind, Inputs, Panel, Parts, SequenceSet, Supervision, TargetKind, Targets,
    WindowSet,
};

/// Hash of a stream of words: multiply and rotate, as FxHash does, with SplitMix64 at the end.
struct Fingerprint(u64);

impl Fingerprint {
    fn new() -> Self {
        Fingerprint(0x5469_6465_6761_7465)
    }

    #[inline(always)]
    fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn words(&mut self, words: impl ExactSizeIterator<Item = u32>) {
        self.word(words.len() as u64);
        for word in words {
            self.word(u64::from(word));
        }
    }

    fn floats(&mut self, values: &[f32]) {
        self.words(values.iter().map(|value| value.to_bits()));
    }

    fn finish(self) -> String {
        format!("{:016x}", mix(self.0))
    }
}

/// Fingerprint of numbers, by their bits.
pub(crate) fn of_values(values: &[f32]) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.floats(values);
    fingerprint.finish()
}

/// Fingerprint of numbers in 64 bits.
pub(crate) fn of_numbers(values: &[f64]) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.word(values.len() as u64);
    values
        .iter()
        .for_each(|value| fingerprint.word(value.to_bits()));
    fingerprint.finish()
}

/// Fingerprint of tokens, in order.
pub(crate) fn of_tokens(tokens: &[u32]) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.words(tokens.iter().copied());
    fingerprint.finish()
}

/// Fingerprint of a text and of several buffers of numbers.
pub(crate) fn of_text_and_values<'a>(
    text: &str,
    buffers: impl Iterator<Item = &'a [f32]>,
) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.word(text.len() as u64);
    text.bytes().for_each(|byte| fingerprint.word(byte.into()));
    buffers.for_each(|buffer| fingerprint.floats(buffer));
    fingerprint.finish()
}

/// Fingerprint of every number in a set, in order: it finds a mix-up of data, not a forgery.
#[must_use]
pub fn fingerprint_of_set(set: &SequenceSet) -> String {
    let mut fingerprint = Fingerprint::new();
    let (kind, size) = match set.input {
        InputKind::Features { size } => (1, size),
        InputKind::Tokens { vocabulary } => (2, vocabulary),
    };
    fingerprint.word(kind);
    fingerprint.word(size as u64);
    let (kind, size) = match set.target {
        TargetKind::Values { size } => (3, size),
        TargetKind::Classes { count } => (4, count),
        TargetKind::Labels { count } => (5, count),
    };
    fingerprint.word(kind);
    fingerprint.word(size as u64);
    fingerprint.word(match set.supervision {
        Supervision::EveryStep => 6,
        Supervision::LastStep => 7,
    });
    fingerprint.word(set.sequences.len() as u64);
    for sequence in &set.sequences {
        match &sequence.inputs {
            Inputs::Features { values, .. } => fingerprint.floats(values),
            Inputs::Tokens(tokens) => fingerprint.words(tokens.iter().copied()),
        }
        match &sequence.targets {
            Targets::Values(values) | Targets::Labels(values) => fingerprint.floats(values),
            Targets::Classes(classes) => fingerprint.words(classes.iter().copied()),
        }
    }
    fingerprint.finish()
}

/// Fingerprint of windows: their shape, their places and every number of their series.
pub(crate) fn fingerprint_of_windows(set: &WindowSet) -> String {
    let mut fingerprint = Fingerprint::new();
    let shape = set.shape();
    let sizes = [
        shape.window,
        shape.horizon,
        shape.targets,
        shape.past_size,
        shape.known_size,
        set.len(),
    ];
    sizes.iter().for_each(|&size| fingerprint.word(size as u64));
    for place in set.places() {
        fingerprint.word(place.series as u64);
        fingerprint.word(place.origin as u64);
    }
    for series in set.series().iter() {
        fingerprint.floats(&series.past);
        fingerprint.floats(&series.known);
        fingerprint.words(series.observed.iter().map(|&observed| u32::from(observed)));
    }
    fingerprint.finish()
}

/// Fingerprint of prepared series: their names, times, values and features, and their parts.
pub(crate) fn fingerprint_of_series(
    panel: &Panel,
    features: &[FeatureSeries],
    parts: &Parts,
) -> String {
    let mut fingerprint = Fingerprint::new();
    for (one, features) in panel.series.iter().zip(features) {
        fingerprint.words(one.name.bytes().map(u32::from));
        fingerprint.word(one.times.len() as u64);
        let times = one.times.iter().map(|time| time.cast_unsigned());
        let values = one.targets.iter().map(|value| value.to_bits());
        times.chain(values).for_each(|word| fingerprint.word(word));
        fingerprint.floats(&features.past);
        fingerprint.floats(&features.known);
    }
    for range in parts.ranges.iter().flatten() {
        fingerprint.word(range.start as u64);
        fingerprint.word(range.end as u64);
    }
    fingerprint.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_changed_bit_or_one_more_value_changes_the_fingerprint(
            values in prop::collection::vec(any::<u32>(), 1..50), place in 0..50_usize, bit in 0..32_u32,
        ) {
            let floats = |bits: &[u32]| bits.iter().map(|bits| f32::from_bits(*bits)).collect::<Vec<_>>();
            let mut changed = values.clone();
            changed[place % values.len()] ^= 1 << bit;
            let mut longer = values.clone();
            longer.push(0);
            prop_assert_ne!(of_values(&floats(&values)), of_values(&floats(&changed)));
            prop_assert_ne!(of_values(&floats(&values)), of_values(&floats(&longer)));
        }
    }
}
