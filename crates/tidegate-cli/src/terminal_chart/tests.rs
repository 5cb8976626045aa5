//! Charts in characters.

use super::*;

const BOTH: [Glyphs; 2] = [Glyphs::Braille, Glyphs::Ascii];

fn lines(chart: TerminalChart<'_>, glyphs: Glyphs) -> Vec<String> {
    let text = chart.text(60, glyphs);
    text.lines().map(str::to_owned).collect()
}

/// The drawing without its labels.
fn drawing(chart: TerminalChart<'_>, glyphs: Glyphs) -> Vec<Vec<char>> {
    let lines = lines(chart, glyphs);
    let drawn = lines[..HEIGHT].iter();
    let parts = drawn.map(|line| line.split_once(glyphs.axis()).unwrap().1);
    parts.map(|line| line.chars().collect()).collect()
}

/// Of each column that has a mark of the line, the rows of its marks from the top.
fn marks(drawing: &[Vec<char>]) -> Vec<Vec<usize>> {
    let width = drawing.iter().map(Vec::len).max().unwrap();
    let is_mark = |sign: &char| !matches!(sign, ' ' | '░' | ':');
    let rows = |column: usize| {
        let rows = drawing.iter().enumerate();
        rows.filter(|(_, line)| line.get(column).is_some_and(is_mark))
            .map(|(row, _)| row)
            .collect()
    };
    let columns = (0..width).map(rows);
    columns
        .filter(|rows: &Vec<usize>| !rows.is_empty())
        .collect()
}

#[test]
fn a_line_that_grows_rises_from_the_lower_left_to_the_upper_right() {
    let history: Vec<f64> = (0..200).map(f64::from).collect();
    for glyphs in BOTH {
        let chart = TerminalChart {
            history: &history,
            ..TerminalChart::default()
        };
        let marks = marks(&drawing(chart, glyphs));
        assert_eq!(
            marks.first().unwrap().last(),
            Some(&(HEIGHT - 1)),
            "{glyphs:?}"
        );
        assert_eq!(marks.last().unwrap().first(), Some(&0), "{glyphs:?}");
        let tops: Vec<usize> = marks.iter().map(|rows| rows[0]).collect();
        assert!(tops.is_sorted_by(|one, next| one >= next), "{tops:?}");
    }
}

#[test]
fn the_band_lies_on_both_sides_of_the_forecast_and_only_there() {
    let history = [5.0; 20];
    let forecast = [5.0; 20];
    let band: Vec<[f64; 2]> = (1..=20)
        .map(|step| f64::from(step) * 0.2)
        .map(|wide| [5.0 - wide, 5.0 + wide])
        .collect();
    for glyphs in BOTH {
        let chart = TerminalChart {
            history: &history,
            forecast: &forecast,
            band: &band,
            ..TerminalChart::default()
        };
        let drawing = drawing(chart, glyphs);
        let shade = glyphs.character(0, false, true);
        let width = drawing.iter().map(Vec::len).max().unwrap();
        let shaded = |column: usize| -> Vec<usize> {
            let rows = (0..HEIGHT).filter(|&row| drawing[row].get(column) == Some(&shade));
            rows.collect()
        };
        assert!(
            (0..width / 2 - 2).all(|column| shaded(column).is_empty()),
            "{glyphs:?}"
        );
        let last = shaded(width - 1);
        let line = marks(&drawing).pop().unwrap()[0];
        assert!(last.iter().any(|&row| row < line) && last.iter().any(|&row| row > line));
        assert!(shaded(width * 3 / 4).len() < last.len(), "{glyphs:?}");
    }
}

#[test]
fn a_forecast_does_not_look_like_the_history() {
    let values = [1.0, 2.0, 1.0, 2.0, 3.0];
    for glyphs in BOTH {
        let history = TerminalChart {
            history: &values,
            ..TerminalChart::default()
        };
        let forecast = TerminalChart {
            forecast: &values,
            ..TerminalChart::default()
        };
        assert_ne!(drawing(history, glyphs), drawing(forecast, glyphs));
    }
}

#[test]
fn a_flat_series_is_a_line_in_the_middle() {
    for value in [0.0, 7.0, -1e300, 1e-300] {
        for glyphs in BOTH {
            let chart = TerminalChart {
                history: &[value; 30],
                ..TerminalChart::default()
            };
            for rows in marks(&drawing(chart, glyphs)) {
                assert!(
                    rows.iter().all(|row| (5..=6).contains(row)),
                    "{value} {rows:?}"
                );
            }
        }
    }
}

#[test]
fn a_single_value_is_a_point() {
    for glyphs in BOTH {
        for chart in [
            TerminalChart {
                history: &[3.0],
                ..TerminalChart::default()
            },
            TerminalChart {
                forecast: &[3.0],
                band: &[[3.0, 3.0]],
                ..TerminalChart::default()
            },
        ] {
            let marks = marks(&drawing(chart, glyphs));
            assert_eq!(marks.len(), 1, "{glyphs:?} {chart:?}");
        }
    }
}

#[test]
fn missing_values_are_a_gap() {
    let mut history = vec![1.0; 30];
    history[10..20].fill(f64::NAN);
    for glyphs in BOTH {
        let chart = TerminalChart {
            history: &history,
            ..TerminalChart::default()
        };
        let line: String = drawing(chart, glyphs)
            .into_iter()
            .find(|line| line.iter().any(|&sign| sign != ' '))
            .unwrap()
            .into_iter()
            .collect();
        let pieces: Vec<&str> = line.split(' ').filter(|piece| !piece.is_empty()).collect();
        assert_eq!(pieces.len(), 2, "{line}");
    }
}

#[test]
fn nothing_finite_is_no_chart() {
    for values in [&[][..], &[f64::NAN, f64::INFINITY]] {
        let chart = TerminalChart {
            history: values,
            forecast: values,
            ..TerminalChart::default()
        };
        assert_eq!(chart.text(80, Glyphs::Braille), "");
    }
}

#[test]
fn values_at_the_ends_of_what_a_number_holds_are_drawn() {
    let chart = TerminalChart {
        history: &[f64::MIN, f64::MAX, 0.0],
        forecast: &[1.0],
        band: &[[f64::NEG_INFINITY, f64::NAN]],
        ..TerminalChart::default()
    };
    for glyphs in BOTH {
        assert!(!marks(&drawing(chart, glyphs)).is_empty());
    }
}

#[test]
fn the_labels_are_the_ends_of_the_axis_and_tell_each_other_apart() {
    assert_eq!(labels(0.0, 10.0), ["10.0", "5.00", "0"]);
    assert_eq!(labels(1000.0, 1000.2), ["1000.2", "1000.1", "1000.0"]);
}

#[test]
fn no_line_is_wider_than_the_page_and_ascii_is_ascii() {
    let history: Vec<f64> = (0..500)
        .map(|step| f64::from(step * 37 % 101) - 50.0)
        .collect();
    let forecast: Vec<f64> = (0..24).map(f64::from).collect();
    let band: Vec<[f64; 2]> = forecast
        .iter()
        .map(|value| [value - 9.0, value + 9.0])
        .collect();
    let chart = TerminalChart {
        history: &history,
        forecast: &forecast,
        band: &band,
        first: "2016-07-01 00:00",
        last: "2016-07-21 23:00",
    };
    for width in [40, 80, 200] {
        for glyphs in BOTH {
            let text = chart.text(width, glyphs);
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
            assert!(text.contains("2016-07-01 00:00") && text.contains("2016-07-21 23:00"));
            assert_eq!(text.is_ascii(), glyphs == Glyphs::Ascii);
        }
    }
    // No page is too narrow to draw something.
    assert!(!chart.text(0, Glyphs::Braille).is_empty());
}
