//! How well alarms meet windows in which something was unusual.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Weights of the standard profile of the Numenta Anomaly Benchmark: a window that is met, one that is missed, and a false
/// alarm.
const MET: f64 = 1.0;
const MISSED: f64 = 1.0;
const FALSE: f64 = 0.11;

/// How well alarms meet labelled windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyWindows {
    /// Labelled windows, those alone that end among the measured rows.
    pub windows: usize,
    /// Windows with an alarm.
    pub windows_met: usize,
    /// Alarms.
    pub alarms: usize,
    /// Alarms outside of every window.
    pub false_alarms: usize,
    /// Share of the alarms that lie in a window; none without alarms.
    pub precision: Option<f64>,
    /// Share of the windows that have an alarm; none without windows.
    pub recall: Option<f64>,
    /// The score of the benchmark, 100 for an alarm at the beginning of each window and no other, 0 for no alarm; none
    /// without windows.
    pub nab_score: Option<f64>,
}

impl AnomalyWindows {
    /// Measures alarms, given by their rows, in rising order, on the rows from `first` on. Windows are ranges of rows, in order
    /// and apart.
    ///
    /// The score is that of Lavin & Ahmad 2015 (arXiv 1510.03336) with the weights of its standard profile. With
    /// σ(y) = 2/(1 + e⁵ʸ) − 1, the first alarm in a window of w rows, of which k are left with its own, gives σ(−k/w)/σ(−1),
    /// and further ones give nothing; a window without gives −1; a false alarm gives 0.11 σ(d/(w − 1)), d rows after the end
    /// of the last window of w rows, and −0.11 where it is three such lengths away or no window came before. The sum is put on
    /// a scale on which no alarm is 0 and the first row of each window alone is 100.
    ///
    /// ```
    /// use tidegate_train::metrics::AnomalyWindows;
    ///
    /// let found = AnomalyWindows::measure(&[20, 90], &[20..=29, 60..=69], 10);
    /// assert_eq!((found.windows_met, found.false_alarms), (1, 1));
    /// assert_eq!((found.precision, found.recall), (Some(0.5), Some(0.5)));
    /// // One window met at once, one missed, and a false alarm far behind: 1 − 1 − 0.11 between −2 and 2.
    /// assert!((found.nab_score.unwrap() - 100.0 * (2.0 - 0.11 * 0.99999) / 4.0).abs() < 1e-3);
    /// ```
    #[must_use]
    pub fn measure(
        alarms: &[usize],
        windows: &[RangeInclusive<usize>],
        first: usize,
    ) -> AnomalyWindows {
        let alarms: Vec<usize> = alarms
            .iter()
            .copied()
            .filter(|&alarm| alarm >= first)
            .collect();
        let measured = || windows.iter().filter(|window| *window.end() >= first);
        let first_in = |window: &RangeInclusive<usize>| {
            alarms.iter().copied().find(|alarm| window.contains(alarm))
        };
        let is_false = |alarm: &&usize| !windows.iter().any(|window| window.contains(*alarm));
        let false_alarms: Vec<usize> = alarms.iter().filter(is_false).copied().collect();
        let count = measured().count();
        let windows_met = measured()
            .filter(|window| first_in(window).is_some())
            .count();
        let of_windows: f64 = measured()
            .map(|window| match first_in(window) {
                Some(alarm) => MET * of_place(alarm, window) / sigmoid(-1.0),
                None => -MISSED,
            })
            .sum();
        let of_false: f64 = false_alarms
            .iter()
            .map(|&alarm| FALSE * of_false_alarm(alarm, windows))
            .sum();
        let (worst, best) = (-MISSED * count as f64, MET * count as f64);
        let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        AnomalyWindows {
            windows: count,
            windows_met,
            alarms: alarms.len(),
            false_alarms: false_alarms.len(),
            precision: share(alarms.len() - false_alarms.len(), alarms.len()),
            recall: share(windows_met, count),
            nab_score: (count > 0)
                .then(|| 100.0 * (of_windows + of_false - worst) / (best - worst)),
        }
    }
}

/// From nearly 1 at −1 over 0 at 0 to −1.
fn sigmoid(place: f64) -> f64 {
    match place >= 3.0 {
        true => -1.0,
        false => 2.0 / (1.0 + (5.0 * place).exp()) - 1.0,
    }
}

/// Of an alarm in a window: the earlier, the more.
fn of_place(alarm: usize, window: &RangeInclusive<usize>) -> f64 {
    let rows = (window.end() - window.start() + 1) as f64;
    sigmoid(-((window.end() - alarm + 1) as f64) / rows)
}

/// Of an alarm outside of all: the farther behind the last window, the less.
fn of_false_alarm(alarm: usize, windows: &[RangeInclusive<usize>]) -> f64 {
    let before = windows.iter().rfind(|window| *window.end() < alarm);
    before.map_or(-1.0, |window| {
        let rows = (window.end() - window.start()).max(1) as f64;
        sigmoid((alarm - window.end()) as f64 / rows)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOWS: [RangeInclusive<usize>; 2] = [100..=199, 400..=449];

    fn score(alarms: &[usize]) -> f64 {
        AnomalyWindows::measure(alarms, &WINDOWS, 0)
            .nab_score
            .unwrap()
    }

    #[test]
    fn nothing_is_0_and_the_first_rows_of_the_windows_are_100() {
        assert_eq!(score(&[]), 0.0);
        assert!((score(&[100, 400]) - 100.0).abs() < 1e-12);
        // Further alarms in a window change nothing.
        assert_eq!(score(&[100, 150, 400, 401]), score(&[100, 400]));
    }

    #[test]
    fn the_numbers_are_those_of_the_formula() {
        // Half-way into the first window: σ(−0.5)/σ(−1) = 0.84828/0.98661; the second is missed.
        let half = 0.848_283_6 / 0.986_614_3;
        assert!((score(&[150]) - 100.0 * (half - 1.0 + 2.0) / 4.0).abs() < 1e-4);
        // 49 rows behind the first window of 100: σ(49/99) = −0.84456; before any window it is −1.
        let behind = 2.0 / (1.0 + (5.0_f64 * 49.0 / 99.0).exp()) - 1.0;
        assert!((score(&[248]) - 100.0 * 0.11 * behind / 4.0).abs() < 1e-9);
        assert!((score(&[5]) + 100.0 * 0.11 / 4.0).abs() < 1e-12);
    }

    #[test]
    fn rows_before_the_first_count_for_nothing() {
        let found = AnomalyWindows::measure(&[5, 120, 150, 300], &WINDOWS, 200);
        assert_eq!(
            (
                found.windows,
                found.windows_met,
                found.alarms,
                found.false_alarms
            ),
            (1, 0, 1, 1)
        );
        // A window that has begun before still counts, with the alarms in what is left of it.
        let found = AnomalyWindows::measure(&[120, 150], &WINDOWS, 130);
        assert_eq!((found.windows, found.windows_met, found.alarms), (2, 1, 1));
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let found = AnomalyWindows::measure(&[], &[], 0);
        assert_eq!(
            (found.precision, found.recall, found.nab_score),
            (None, None, None)
        );
    }

    proptest! {
        #[test]
        fn a_false_alarm_never_helps_and_an_earlier_one_in_a_window_never_hurts(
            rows in prop::collection::btree_set(0..500_usize, 0..20), row in 0..500_usize,
        ) {
            let before: Vec<usize> = rows.iter().copied().collect();
            let mut with = rows.clone();
            with.insert(row);
            let with: Vec<usize> = with.into_iter().collect();
            let inside = WINDOWS.iter().any(|window| window.contains(&row));
            let (before, with) = (score(&before), score(&with));
            if inside { prop_assert!(with >= before - 1e-9) } else { prop_assert!(with <= before + 1e-9) }
            prop_assert!(with <= 100.0 + 1e-9);
        }
    }
}
