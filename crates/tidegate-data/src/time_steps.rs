//! From row to row in time: the frequency, and where the rows do not keep it.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use crate::frequency::Frequency;
use crate::time_column::{TimeColumn, civil};

/// How the times of a table's series go on. Rows are counted from 0; a step is that from one row of a series to its next.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeSteps {
    /// The most frequent step forward; none where no step goes forward.
    pub frequency: Option<Frequency>,
    /// Number of steps, one less than rows in each series.
    pub count: usize,
    /// How many of them are as long as the frequency.
    pub regular: usize,
    /// Steps over which rows are missing.
    pub gaps: Option<Gaps>,
    /// Rows with a time that their series had before.
    pub repeated: Option<Places>,
    /// Rows with a time before that of the row before.
    pub backwards: Option<Places>,
    /// Rows that are no whole number of steps of the frequency after the row before.
    pub uneven: Option<Places>,
}

/// Steps that leave rows out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gaps {
    /// Number of gaps.
    pub count: usize,
    /// Rows that are missing in all of them.
    pub missing: i64,
    /// The first one in the file.
    pub first: Gap,
    /// The longest one; of several, the first.
    pub longest: Gap,
}

/// A place where rows are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The row after the gap.
    pub row: usize,
    /// How many rows are missing, at least 1; to the nearest where the step is uneven.
    pub missing: i64,
}

/// Rows where something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// How many there are.
    pub count: usize,
    /// The first one in the file.
    pub first: usize,
}

impl TimeSteps {
    /// Looks at the times of each series, whose rows are given in the file's order.
    #[must_use]
    pub fn of(time: &TimeColumn, series: &[Vec<usize>]) -> TimeSteps {
        let microseconds = most_frequent(&time.times, series);
        let months = match microseconds {
            Some((length, _)) if length >= SHORTEST_MONTH => months(&time.times),
            _ => None,
        };
        let times = months.as_ref().unwrap_or(&time.times);
        let most = match months {
            Some(_) => most_frequent(times, series),
            None => microseconds,
        };
        let frequency = most.map(|(length, _)| match months {
            Some(_) => Frequency::Months(length),
            None => Frequency::Microseconds(length),
        });
        let mut found = TimeSteps {
            frequency,
            count: 0,
            regular: most.map_or(0, |(_, count)| count),
            gaps: None,
            repeated: None,
            backwards: None,
            uneven: None,
        };
        for (row, step) in steps(times, series) {
            found.count += 1;
            match (step, most) {
                (0, _) => {}
                (..0, _) | (_, None) => add(&mut found.backwards, row),
                (_, Some((length, _))) => {
                    if step % length != 0 {
                        add(&mut found.uneven, row);
                    }
                    let missing = (step + length / 2) / length - 1;
                    if missing > 0 {
                        add_gap(&mut found.gaps, Gap { row, missing });
                    }
                }
            }
        }
        for rows in series {
            add_repeated(&mut found.repeated, times, rows);
        }
        found
    }
}

/// Microseconds of the shortest month.
const SHORTEST_MONTH: i64 = 28 * 24 * 3600 * 1_000_000;

/// Each row that has one before it in its series, with the distance from it.
fn steps<'a>(
    times: &'a [i64],
    series: &'a [Vec<usize>],
) -> impl Iterator<Item = (usize, i64)> + 'a {
    let pairs = series.iter().flat_map(|rows| rows.windows(2));
    pairs.map(|pair| (pair[1], times[pair[1]] - times[pair[0]]))
}

/// The most frequent distance above 0 with its number; of several, the shortest.
fn most_frequent(times: &[i64], series: &[Vec<usize>]) -> Option<(i64, usize)> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for (_, step) in steps(times, series).filter(|&(_, step)| step > 0) {
        *counts.entry(step).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|&(step, count)| (count, std::cmp::Reverse(step)))
}

/// The months of the times, counted through the years, if all have one day and one time of day: the same day, or the
/// last one of the month.
fn months(times: &[i64]) -> Option<Vec<i64>> {
    let times: Vec<_> = times
        .iter()
        .map(|&time| civil(time))
        .collect::<Option<_>>()?;
    let first = times.first()?;
    let same_day = times.iter().all(|time| time.day() == first.day());
    let last_day = times
        .iter()
        .all(|time| time.day() == time.date().days_in_month());
    let same_time = times.iter().all(|time| time.time() == first.time());
    ((same_day || last_day) && same_time).then(|| {
        let month =
            |time: &jiff::civil::DateTime| i64::from(time.year()) * 12 + i64::from(time.month());
        times.iter().map(month).collect()
    })
}

fn add(places: &mut Option<Places>, row: usize) {
    let places = places.get_or_insert(Places {
        count: 0,
        first: row,
    });
    places.count += 1;
    places.first = places.first.min(row);
}

/// Counts the rows of a series whose time it had before, next to them or not.
fn add_repeated(places: &mut Option<Places>, times: &[i64], rows: &[usize]) {
    if rows.windows(2).all(|pair| times[pair[0]] < times[pair[1]]) {
        return;
    }
    let mut seen = HashSet::with_capacity(rows.len());
    for &row in rows {
        if !seen.insert(times[row]) {
            add(places, row);
        }
    }
}

fn add_gap(gaps: &mut Option<Gaps>, gap: Gap) {
    let gaps = gaps.get_or_insert(Gaps {
        count: 0,
        missing: 0,
        first: gap,
        longest: gap,
    });
    gaps.count += 1;
    gaps.missing += gap.missing;
    if gap.row < gaps.first.row {
        gaps.first = gap;
    }
    if (gap.missing, std::cmp::Reverse(gap.row))
        > (gaps.longest.missing, std::cmp::Reverse(gaps.longest.row))
    {
        gaps.longest = gap;
    }
}
