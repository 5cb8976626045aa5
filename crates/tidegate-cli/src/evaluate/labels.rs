//! Windows in which something was unusual, from a file of labels.

use std::ops::RangeInclusive;
use std::path::Path;

use serde_json::Value;
use tidegate_data::{Table, TimeColumn};

use crate::failure::Failure;

/// The field that holds the windows in a file that holds more: that of the Numenta Anomaly Benchmark.
const WINDOWS: &str = "combined_windows";

/// First and last time of each window of the data at `data`, in microseconds since 1970, in order.
///
/// The file is JSON: a list of windows `[first time, last time]`, or an object with such a list for each file of readings, by
/// its path, or an object that has that one as `combined_windows`. Without a key, the one list is taken whose path ends with
/// the name of the data's file.
pub(super) fn windows(
    path: &Path,
    key: Option<&str>,
    data: &Path,
) -> Result<Vec<[i64; 2]>, Failure> {
    let problem = |reason: String| Failure::Labels {
        path: path.to_owned(),
        reason,
    };
    let bytes = std::fs::read(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|error| problem(format!("is no JSON: {error}")))?;
    let value = value.get(WINDOWS).unwrap_or(&value);
    let list = match value {
        Value::Object(files) => {
            let names = || files.keys().cloned().collect::<Vec<_>>().join(", ");
            let name = data.file_name().and_then(|name| name.to_str());
            let ends = |path: &str| path.rsplit('/').next() == name;
            let ending: Vec<&String> = files.keys().filter(|path| ends(path)).collect();
            let key = match (key, &ending[..]) {
                (Some(key), _) => key,
                (None, [only]) => only,
                (None, []) => {
                    return Err(problem(format!(
                        "has no labels of a file of that name: choose with --label-key among {}",
                        names()
                    )));
                }
                (None, several) => {
                    let several: Vec<&str> = several.iter().map(|key| key.as_str()).collect();
                    return Err(problem(format!(
                        "has labels of several files of that name: choose with --label-key among {}",
                        several.join(", ")
                    )));
                }
            };
            files
                .get(key)
                .ok_or_else(|| problem(format!("has no labels of {key:?}, but of {}", names())))?
        }
        list => list,
    };
    let pairs = list
        .as_array()
        .and_then(|windows| windows.iter().map(pair).collect::<Option<Vec<[&str; 2]>>>());
    let pairs = pairs.ok_or_else(|| {
        problem("holds no list of windows, each a list of its first and its last time".to_owned())
    })?;
    let mut windows = pairs
        .into_iter()
        .map(|[first, last]| match (time(first), time(last)) {
            (Some(first), Some(last)) if first <= last => Ok([first, last]),
            (Some(_), Some(_)) => Err(problem(format!(
                "has a window that ends, {last}, before it begins, {first}"
            ))),
            (None, _) => Err(problem(format!("{first:?} is not a time"))),
            (_, None) => Err(problem(format!("{last:?} is not a time"))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    windows.sort_unstable();
    match windows.windows(2).any(|pair| pair[1][0] <= pair[0][1]) {
        true => Err(problem("has windows that overlap".to_owned())),
        false => Ok(windows),
    }
}

/// The rows of each window that has any.
pub(super) fn rows(windows: &[[i64; 2]], times: &[i64]) -> Vec<RangeInclusive<usize>> {
    let within = windows.iter().filter_map(|&[first, last]| {
        let is_inside = |time: &i64| (first..=last).contains(time);
        let start = times.iter().position(is_inside)?;
        Some(start..=times.iter().rposition(is_inside)?)
    });
    let mut rows: Vec<RangeInclusive<usize>> = within.collect();
    rows.sort_unstable_by_key(|rows| *rows.start());
    rows
}

fn pair(window: &Value) -> Option<[&str; 2]> {
    match window.as_array()?.as_slice() {
        [first, last] => Some([first.as_str()?, last.as_str()?]),
        _ => None,
    }
}

/// A time as tables of readings hold it.
fn time(text: &str) -> Option<i64> {
    if text.contains([',', ';', '"', '\t', '\n', '\r']) {
        return None;
    }
    let table = Table::from_bytes(format!("time,value\n{text},1\n").as_bytes()).ok()?;
    let column = TimeColumn::find(&table, Some("time")).ok()??;
    column.times.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, key: Option<&str>) -> Result<Vec<[i64; 2]>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.json");
        std::fs::write(&path, text).unwrap();
        windows(&path, key, Path::new("there/b.csv")).map_err(|failure| failure.to_string())
    }

    #[test]
    fn windows_are_found_by_the_name_of_the_file_or_by_a_key() {
        let list = r#"[["1970-01-01 00:00:02.000000", "1970-01-01 00:00:03"], ["1970-01-01 00:00:00", "1970-01-01 00:00:01"]]"#;
        let expected = vec![[0, 1_000_000], [2_000_000, 3_000_000]];
        for text in [
            list.to_owned(),
            format!(r#"{{"x/b.csv": {list}, "x/a.csv": []}}"#),
            format!(r#"{{"combined_windows": {{"x/b.csv": {list}}}}}"#),
        ] {
            assert_eq!(of(&text, None), Ok(expected.clone()), "{text}");
        }
        assert_eq!(
            of(&format!(r#"{{"x/b.csv": [], "c": {list}}}"#), Some("c")),
            Ok(expected)
        );
    }

    #[test]
    fn labels_that_do_not_fit_are_refused_with_what_is_there() {
        for (text, key, expected) in [
            ("[", None, "is no JSON"),
            (
                r#"{"a": [], "c": []}"#,
                None,
                "choose with --label-key among a, c",
            ),
            (r#"{"a": []}"#, None, "choose with --label-key among a"),
            (
                r#"{"x/b.csv": [], "y/b.csv": [], "c": []}"#,
                None,
                "choose with --label-key among x/b.csv, y/b.csv",
            ),
            (
                r#"{"a": []}"#,
                Some("d"),
                "has no labels of \"d\", but of a",
            ),
            ("[[1, 2]]", None, "holds no list of windows"),
            (
                r#"[["today", "2014-01-01"]]"#,
                None,
                "\"today\" is not a time",
            ),
            (
                r#"[["2014-01-02", "2014-01-01"]]"#,
                None,
                "before it begins",
            ),
            (
                r#"[["2014-01-01", "2014-01-03"], ["2014-01-02", "2014-01-04"]]"#,
                None,
                "overlap",
            ),
        ] {
            let error = of(text, key).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_window_has_the_rows_from_its_first_to_its_last() {
        let times = [0, 10, 20, 15, 30];
        assert_eq!(rows(&[[10, 15], [40, 50]], &times), [1..=3]);
    }
}
