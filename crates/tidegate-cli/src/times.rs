//! How the times of a comparison were measured.

use std::collections::BTreeSet;

use tidegate_study::Row;

/// A sentence on the times of these rows, by what each of them says of its threads and of the runs beside it.
pub(crate) fn times<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let of_row = |row: &Row| Some((row.threads?, row.runs_side_by_side?));
    of(rows.filter_map(of_row).collect())
}

/// From the threads of a run and the number of runs that were made at once.
fn of(settings: BTreeSet<(usize, usize)>) -> String {
    let settings: Vec<String> = settings
        .into_iter()
        .map(|(threads, runs)| {
            let threads = match threads {
                1 => "1 thread a run".to_owned(),
                _ => format!("{threads} threads a run"),
            };
            match runs {
                1 => format!("{threads} and one run at a time"),
                _ => format!("{threads} and up to {runs} runs side by side"),
            }
        })
        .collect();
    let several = match settings.len() {
        0 | 1 => "",
        _ => " (not all runs alike, so that their times cannot be held against each other)",
    };
    let with = match settings.is_empty() {
        true => String::new(),
        false => format!(", measured with {}{several}", settings.join(", or ")),
    };
    format!(
        "Times are wall-clock seconds{with}; they vary with the machine and with what else it does. All other numbers \
         are the same whenever this command is repeated here."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_say_how_many_threads_and_runs_there_were() {
        assert!(of(BTreeSet::from([(1, 2)])).starts_with(
            "Times are wall-clock seconds, measured with 1 thread a run and up to 2 runs side by side; they"
        ));
        assert!(of(BTreeSet::from([(1, 2), (4, 1)])).starts_with(
            "Times are wall-clock seconds, measured with 1 thread a run and up to 2 runs side by side, or 4 threads \
             a run and one run at a time (not all runs alike, so that their times cannot be held against each other);"
        ));
        assert!(of(BTreeSet::new()).starts_with("Times are wall-clock seconds; they"));
    }
}
