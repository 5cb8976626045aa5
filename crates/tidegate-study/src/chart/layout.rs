//! Where the parts of a picture stand.

use super::number::short_number;
use super::painter::{text_width, wrapped};
use super::ticks::Ticks;
use super::{Bars, Body, Chart, Scale};

pub(super) const WIDTH: f64 = 720.0;
pub(super) const PLOT_HEIGHT: f64 = 300.0;
pub(super) const MARGIN: f64 = 14.0;
pub(super) const TITLE: f64 = 16.0;
pub(super) const TEXT: f64 = 13.0;
pub(super) const LINE: f64 = 20.0;

/// Where the parts of a chart stand, in counted pixels from its top.
pub(super) struct Layout<'a> {
    pub(super) chart: &'a Chart,
    pub(super) title: Vec<String>,
    /// Legend entries with their places.
    pub(super) legend: Vec<(&'a str, usize, f64, f64)>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) height: f64,
    pub(super) x: Option<Ticks>,
    pub(super) y: Option<Ticks>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(chart: &'a Chart) -> Self {
        let title = wrapped(chart.title(), TITLE * 1.08, WIDTH - 2.0 * MARGIN);
        let mut top = MARGIN + title.len() as f64 * (TITLE + 6.0) + 4.0;
        let mut legend = Vec::new();
        let mut place = MARGIN;
        for (name, number) in chart.legend() {
            let width = 40.0 + text_width(name, TEXT) * 1.05 + 18.0;
            if place + width > WIDTH && place > MARGIN {
                (place, top) = (MARGIN, top + LINE);
            }
            legend.push((name, number, place, top + LINE / 2.0));
            place += width;
        }
        if !legend.is_empty() {
            top += LINE + 8.0;
        }
        let (x, y) = ticks(chart);
        let labels: Vec<&str> = match (&chart.body, &y) {
            (Body::HeatMap(map), _) => map.row_labels.iter().map(String::as_str).collect(),
            (_, Some(ticks)) => ticks.marks.iter().map(|(_, text)| text.as_str()).collect(),
            _ => Vec::new(),
        };
        let widest = labels
            .iter()
            .map(|text| text_width(text, TEXT))
            .fold(0.0, f64::max);
        let left = MARGIN + LINE + widest.min(WIDTH / 4.0) * 1.05 + 8.0;
        let right = match &chart.body {
            Body::HeatMap(map) => {
                let [low, high] = map.range().map(|value| short_number(f64::from(value)));
                WIDTH - MARGIN - 30.0 - text_width(&low, TEXT).max(text_width(&high, TEXT)) - LINE
            }
            _ => WIDTH - MARGIN - 10.0,
        };
        let height = match &chart.body {
            Body::HeatMap(map) => (map.rows() as f64 * 8.0).clamp(90.0, 420.0),
            _ => PLOT_HEIGHT,
        };
        let bottom = top + height;
        let below = match &chart.body {
            Body::Bars(bars) => LINE * group_lines(bars, right - left).0 as f64,
            _ => LINE * 2.0 + 6.0,
        };
        Layout {
            chart,
            title,
            legend,
            left,
            right,
            top,
            bottom,
            height: (bottom + below + MARGIN).ceil(),
            x,
            y,
        }
    }

    pub(super) fn across(&self, fraction: f64) -> f64 {
        self.left + fraction * (self.right - self.left)
    }

    pub(super) fn up(&self, fraction: f64) -> f64 {
        self.bottom - fraction * (self.bottom - self.top)
    }
}

/// The most lines that a group's name needs, and every group's lines.
pub(super) fn group_lines(bars: &Bars, width: f64) -> (usize, Vec<Vec<String>>) {
    let each = width / bars.groups.len() as f64 - 10.0;
    let lines: Vec<Vec<String>> = bars
        .groups
        .iter()
        .map(|group| wrapped(group, TEXT, each))
        .collect();
    (lines.iter().map(Vec::len).max().unwrap_or(0), lines)
}

fn ticks(chart: &Chart) -> (Option<Ticks>, Option<Ticks>) {
    match &chart.body {
        Body::Lines(lines) => {
            let x = Ticks::over(lines.x.scale, lines.places(), 8, false);
            let y = Ticks::over(lines.y.scale, lines.heights(), 6, false);
            (Some(x), Some(y))
        }
        Body::Bars(bars) => {
            let zero = (bars.value.scale == Scale::Linear).then_some(0.0);
            let values = bars.heights().chain(zero);
            let mut y = Ticks::over(bars.value.scale, values, 6, false);
            if zero.is_some() && y.low < 0.0 && y.fraction(0.0) < 0.05 {
                y.low = 0.0;
            }
            (None, Some(y))
        }
        Body::HeatMap(map) => (Some(map.ticks()), None),
    }
}
