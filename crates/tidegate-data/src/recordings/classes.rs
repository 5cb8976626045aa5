//! The classes of recordings.

use std::collections::HashMap;
use std::sync::Arc;

use super::Recordings;
use super::error::{RecordingsError, short};

/// More than any file has whose labels are classes, and few enough that tables of pairs of classes fit in memory.
pub(super) const MOST_CLASSES: usize = 1_000;

/// Distinct labels of some recordings, each of which has one: in rising order where all are numbers, else as texts.
pub(super) fn classes(
    recordings: &Recordings,
    rows: &[usize],
) -> Result<Vec<Arc<str>>, RecordingsError> {
    let mut seen: HashMap<&str, &Arc<str>> = HashMap::new();
    for &row in rows {
        for label in recordings.recordings[row].label.texts() {
            if !seen.contains_key(&**label) {
                seen.insert(label, label);
            }
            if seen.len() > MOST_CLASSES {
                return Err(RecordingsError::TooManyClasses {
                    path: recordings.path.clone(),
                    limit: MOST_CLASSES,
                    example: short(label),
                });
            }
        }
    }
    let mut classes: Vec<Arc<str>> = seen.into_values().cloned().collect();
    sort(&mut classes);
    Ok(classes)
}

fn sort(classes: &mut [Arc<str>]) {
    let number = |class: &Arc<str>| {
        class
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
    };
    let numbers = classes.iter().all(|class| number(class).is_some());
    classes.sort_by(|one, other| {
        let by_number = match (numbers, number(one), number(other)) {
            (true, Some(one), Some(other)) => one.total_cmp(&other),
            _ => std::cmp::Ordering::Equal,
        };
        by_number.then_with(|| one.cmp(other))
    });
}

/// Refuses recordings of which some have no label.
pub(super) fn check_labelled(
    recordings: &Recordings,
    rows: &[usize],
) -> Result<(), RecordingsError> {
    let all = || rows.iter().map(|&row| &recordings.recordings[row]);
    let has_label = |one: &&super::Recording| !one.label.texts().is_empty();
    match all().find(|one| !has_label(one)) {
        None => Ok(()),
        Some(_) if !all().any(|one| has_label(&one)) => Err(RecordingsError::NoLabels {
            path: recordings.path.clone(),
            tabular: recordings.format.has_names(),
        }),
        Some(one) => Err(one.without_label()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(classes: &[&str]) -> Vec<String> {
        let mut classes: Vec<Arc<str>> = classes.iter().map(|&one| one.into()).collect();
        sort(&mut classes);
        classes.iter().map(|one| one.to_string()).collect()
    }

    #[test]
    fn classes_that_are_numbers_are_sorted_as_such() {
        assert_eq!(sorted(&["10", "9", "-1", "2.5"]), ["-1", "2.5", "9", "10"]);
        assert_eq!(sorted(&["10", "9", "b"]), ["10", "9", "b"]);
        assert_eq!(sorted(&["walk", "Run"]), ["Run", "walk"]);
    }
}
