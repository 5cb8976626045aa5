//! Dealing recordings to parts so that each part has its share of every class.

use std::collections::HashMap;

use super::Recordings;
use super::classes::{check_labelled, classes};
use super::error::{RecordingsError, short};
use super::recording::Label;
use crate::random_stream::RandomStream;

/// Indices of training and of validation recordings, both rising: about `share` of each class is held back for validation.
///
/// Of a class of n ≥ 2 recordings, `share` · n are held back, rounded, but one at least and n − 1 at most; a class of one
/// recording is kept for training. Where each step has a label, a recording belongs to all classes of its steps: the classes
/// are then dealt as evenly as whole recordings allow, the rarest first, and training has all of them. The same recordings,
/// share and seed give the same indices.
///
/// # Errors
/// A share that is not between 0 and 1, a recording without a label, more than 1,000 classes, or too few recordings to hold
/// one back.
pub fn stratified_split(
    recordings: &Recordings,
    share: f64,
    seed: u64,
) -> Result<(Vec<usize>, Vec<usize>), RecordingsError> {
    check_share(share)?;
    Members::of(recordings)?.split(recordings, share, seed)
}

/// The same where labels do not count: all recordings are of one kind.
///
/// # Errors
/// A share that is not between 0 and 1, or too few recordings to hold one back.
pub fn unlabelled_split(
    recordings: &Recordings,
    share: f64,
    seed: u64,
) -> Result<(Vec<usize>, Vec<usize>), RecordingsError> {
    check_share(share)?;
    let count = recordings.recordings.len();
    let members = Members {
        names: vec!["".into()],
        of: vec![vec![0]; count],
        examples: vec![count],
    };
    members.split(recordings, share, seed)
}

fn check_share(share: f64) -> Result<(), RecordingsError> {
    match share > 0.0 && share < 1.0 {
        true => Ok(()),
        false => Err(RecordingsError::Impossible {
            what: "the share that is held back",
            value: share.to_string().into(),
            reason: "it lies between 0 and 1",
        }),
    }
}

/// For each of `k` folds the indices of its recordings, rising; each recording is in one fold. To cross-validate, each fold in
/// turn is held back, and the others are trained on.
///
/// Of each class, the folds have numbers of recordings that differ by one at most; where each step has a label, as near to
/// that as whole recordings allow. The same recordings, `k` and seed give the same folds.
///
/// # Errors
/// Fewer than 2 folds or more than there are recordings, a recording without a label, more than 1,000 classes, or a class
/// that one recording alone has.
pub fn stratified_folds(
    recordings: &Recordings,
    k: usize,
    seed: u64,
) -> Result<Vec<Vec<usize>>, RecordingsError> {
    if k < 2 {
        return Err(RecordingsError::Impossible {
            what: "the number of folds",
            value: k.to_string().into(),
            reason: "it is 2 at least",
        });
    }
    let members = Members::of(recordings)?;
    if k > recordings.recordings.len() {
        return Err(members.too_few(recordings, k));
    }
    if let Some(class) = members.examples.iter().position(|&examples| examples == 1) {
        let row = members.of.iter().position(|of| of.contains(&class));
        let recording = &recordings.recordings[row.unwrap_or(0)];
        return Err(RecordingsError::SingleExample {
            place: recording.place.clone(),
            recording: short(&recording.name),
            class: short(&members.names[class]),
        });
    }
    let desired = members.examples.iter();
    let desired = desired.map(|&examples| vec![examples as f64 / k as f64; k]);
    let parts = members.deal(desired.collect(), k, seed);
    let mut folds = vec![Vec::new(); k];
    for (row, &fold) in parts.iter().enumerate() {
        folds[fold].push(row);
    }
    match folds.iter().any(Vec::is_empty) {
        true => Err(members.too_few(recordings, k)),
        false => Ok(folds),
    }
}

/// Which recordings belong to which classes.
struct Members {
    names: Vec<std::sync::Arc<str>>,
    /// Classes of each recording, rising.
    of: Vec<Vec<usize>>,
    /// Recordings of each class.
    examples: Vec<usize>,
}

impl Members {
    fn of(recordings: &Recordings) -> Result<Members, RecordingsError> {
        let all: Vec<usize> = (0..recordings.recordings.len()).collect();
        check_labelled(recordings, &all)?;
        let names = classes(recordings, &all)?;
        let indices: HashMap<&str, usize> = names
            .iter()
            .enumerate()
            .map(|(index, name)| (&**name, index))
            .collect();
        let of: Vec<Vec<usize>> = recordings
            .recordings
            .iter()
            .map(|recording| {
                let labels = recording.label.texts().iter();
                let mut classes: Vec<usize> = labels
                    .filter_map(|label| indices.get(&**label).copied())
                    .collect();
                if matches!(recording.label, Label::Steps(_)) {
                    classes.sort_unstable();
                    classes.dedup();
                }
                classes
            })
            .collect();
        let mut examples = vec![0; names.len()];
        for &class in of.iter().flatten() {
            examples[class] += 1;
        }
        Ok(Members {
            names,
            of,
            examples,
        })
    }

    /// Training and validation, of which about `share` of each class.
    fn split(
        &self,
        recordings: &Recordings,
        share: f64,
        seed: u64,
    ) -> Result<(Vec<usize>, Vec<usize>), RecordingsError> {
        let desired = self.examples.iter().map(|&examples| {
            let held = (share * examples as f64).round() as usize;
            let held = held.clamp(1, examples.saturating_sub(1).max(1));
            let held = if examples < 2 { 0 } else { held };
            vec![(examples - held) as f64, held as f64]
        });
        let mut parts = self.deal(desired.collect(), 2, seed);
        self.complete(&mut parts);
        let of =
            |part| -> Vec<usize> { (0..parts.len()).filter(|&row| parts[row] == part).collect() };
        let (train, valid) = (of(0), of(1));
        match valid.is_empty() {
            true => Err(self.too_few(recordings, 2)),
            false => Ok((train, valid)),
        }
    }

    /// The part of each recording, where `desired` says how many recordings of each class each part should have: iterative
    /// stratification (Sechidis, Tsoumakas, Vlahavas 2011).
    ///
    /// The class with the fewest recordings that are not dealt yet comes next; each of them, in random order, goes to the
    /// part that lacks most of this class, then to the one that lacks most of all, then to the first.
    fn deal(&self, mut desired: Vec<Vec<f64>>, parts: usize, seed: u64) -> Vec<usize> {
        let mut stream = RandomStream::of_dealing(seed);
        let mut order: Vec<usize> = (0..self.of.len()).collect();
        for place in (1..order.len()).rev() {
            let bound = u32::try_from(place + 1).unwrap_or(u32::MAX);
            order.swap(place, stream.below(bound) as usize);
        }
        let mut rows_of = vec![Vec::new(); self.names.len()];
        for &row in &order {
            for &class in &self.of[row] {
                rows_of[class].push(row);
            }
        }
        // Of all classes together, so that recordings of several count once.
        let total: f64 = desired.iter().flatten().sum();
        let mut lacking: Vec<f64> = (0..parts)
            .map(|part| {
                let of_part: f64 = desired.iter().map(|class| class[part]).sum();
                of_part / total * self.of.len() as f64
            })
            .collect();
        let mut left = self.examples.clone();
        let mut dealt: Vec<Option<usize>> = vec![None; self.of.len()];
        let rarest = |left: &[usize]| {
            let classes = (0..left.len()).filter(|&class| left[class] > 0);
            classes.min_by_key(|&class| left[class])
        };
        while let Some(class) = rarest(&left) {
            for &row in &rows_of[class] {
                if dealt[row].is_some() {
                    continue;
                }
                let lacks = |part: usize| (desired[class][part], lacking[part]);
                let mut best = 0;
                for part in 1..parts {
                    let (one, other) = (lacks(part), lacks(best));
                    if one.0 > other.0 || (one.0 == other.0 && one.1 > other.1) {
                        best = part;
                    }
                }
                dealt[row] = Some(best);
                lacking[best] -= 1.0;
                for &other in &self.of[row] {
                    desired[other][best] -= 1.0;
                    left[other] -= 1;
                }
            }
        }
        dealt.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// Brings a recording of each class that is held back entirely to training, which is part 0.
    fn complete(&self, parts: &mut [usize]) {
        let mut trained = vec![false; self.names.len()];
        for (row, _) in parts.iter().enumerate().filter(|&(_, &part)| part == 0) {
            for &class in &self.of[row] {
                trained[class] = true;
            }
        }
        for (row, part) in parts.iter_mut().enumerate() {
            if self.of[row].iter().any(|&class| !trained[class]) {
                *part = 0;
                for &class in &self.of[row] {
                    trained[class] = true;
                }
            }
        }
    }

    fn too_few(&self, recordings: &Recordings, parts: usize) -> RecordingsError {
        RecordingsError::TooFew {
            path: recordings.path.clone(),
            recordings: self.of.len(),
            parts,
        }
    }
}
