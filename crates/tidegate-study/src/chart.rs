//! A chart as plain data, with one interactive form and two static ones.
//!
//! A chart says what is drawn: lines with confidence bands, bars with error bars, or a heat map. [`Chart::plotly`] gives it
//! to the interactive page, [`svg`] and [`png`] draw it without one. A chart that would show nothing cannot be made, so
//! that what is missing has to be said in words.

mod axis;
mod drawing;
mod heat_map;
mod layout;
mod line;
mod number;
mod painter;
mod palette;
mod picture;
mod plotly;
mod raster;
mod ticks;
mod time_marks;

pub use axis::{Axis, Scale};
pub(crate) use heat_map::MOST_COLUMNS;
pub use heat_map::{Colours, HeatMap};
pub use line::{Band, Guide, Line, Lines, Point};
pub use number::short_number;
pub(crate) use palette::look_of_series;
pub use picture::{PictureError, png, svg};
pub(crate) use plotly::name_width;

/// What is drawn, with its title and its meaning in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    title: String,
    summary: String,
    body: Body,
}

/// The kinds of charts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Lines(Lines),
    Bars(Bars),
    HeatMap(HeatMap),
}

/// Groups of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// The vertical axis.
    pub value: Axis,
    /// One for each group.
    pub groups: Vec<String>,
    /// One bar of each group.
    pub series: Vec<BarSeries>,
}

/// One bar of every group.
#[derive(Clone, Debug, PartialEq)]
pub struct BarSeries {
    /// What the legend calls it.
    pub name: String,
    /// Colour and pattern, as a number from 0.
    pub look: usize,
    /// One for each group; none where nothing was measured.
    pub bars: Vec<Option<Bar>>,
}

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Its height.
    pub value: f64,
    /// Lower and upper end of its error bar.
    pub interval: Option<[f64; 2]>,
}

impl Bars {
    /// Everything that the vertical axis holds.
    pub(crate) fn heights(&self) -> impl Iterator<Item = f64> {
        let bars = self
            .series
            .iter()
            .flat_map(|series| series.bars.iter().flatten());
        bars.flat_map(|bar| {
            let [low, high] = bar.interval.unwrap_or([bar.value; 2]);
            [low, bar.value, high]
        })
    }
}

impl Chart {
    /// Lines. What is not finite, or what a logarithmic axis cannot hold, is left out: a value breaks its line, an interval
    /// its band. None if no value is left, or if a band has not one interval for each point.
    ///
    /// `summary` says in a sentence or two what the chart shows, for those who do not see it.
    #[must_use]
    pub fn lines(
        title: impl Into<String>,
        summary: impl Into<String>,
        lines: Lines,
    ) -> Option<Chart> {
        let lines = lines.drawable()?;
        Some(Chart::of(title, summary, Body::Lines(lines)))
    }

    /// Bars. Values that are not finite are left out; none if no bar is left, or if a series has not one bar for each
    /// group.
    #[must_use]
    pub fn bars(
        title: impl Into<String>,
        summary: impl Into<String>,
        mut bars: Bars,
    ) -> Option<Chart> {
        let groups = bars.groups.len();
        if bars.series.iter().any(|series| series.bars.len() != groups) {
            return None;
        }
        for series in &mut bars.series {
            for slot in &mut series.bars {
                *slot = slot.filter(|bar| bars.value.holds(bar.value));
                if let Some(bar) = slot {
                    bar.interval = bar.interval.filter(|&ends| bars.value.holds_all(ends));
                }
            }
        }
        bars.series
            .retain(|series| series.bars.iter().any(Option::is_some));
        (!bars.series.is_empty()).then(|| Chart::of(title, summary, Body::Bars(bars)))
    }

    /// A heat map; none if it has no cell, or if its values do not fill whole rows.
    #[must_use]
    pub fn heat_map(
        title: impl Into<String>,
        summary: impl Into<String>,
        map: HeatMap,
    ) -> Option<Chart> {
        map.is_whole()
            .then(|| Chart::of(title, summary, Body::HeatMap(map)))
    }

    fn of(title: impl Into<String>, summary: impl Into<String>, body: Body) -> Chart {
        Chart {
            title: title.into(),
            summary: summary.into(),
            body,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it shows, in words.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Places and names of the lines that are drawn on request only.
    pub(crate) fn on_request(&self) -> Vec<(usize, &str)> {
        let Body::Lines(lines) = &self.body else {
            return Vec::new();
        };
        let lines = lines.series.iter().enumerate();
        lines
            .filter(|(_, line)| line.on_request)
            .map(|(index, line)| (index, line.name.as_str()))
            .collect()
    }

    /// Names and looks of what the legend lists: what is drawn from the start.
    pub(crate) fn legend(&self) -> Vec<(&str, usize)> {
        match &self.body {
            Body::Lines(lines) => lines
                .shown()
                .map(|line| (line.name.as_str(), line.look))
                .collect(),
            Body::Bars(bars) => bars
                .series
                .iter()
                .map(|series| (series.name.as_str(), series.look))
                .collect(),
            Body::HeatMap(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
pub(crate) mod examples;

#[cfg(test)]
mod tests {
    use super::*;

    fn one_line(y: f64) -> Lines {
        Lines {
            x: Axis::new("lag", Scale::Linear),
            y: Axis::new("loss", Scale::Log10),
            series: vec![Line {
                name: "GRU".to_owned(),
                points: vec![Point::at(1.0, y)],
                ..Line::default()
            }],
            guides: Vec::new(),
        }
    }

    #[test]
    fn a_chart_without_a_drawable_value_cannot_be_made() {
        assert!(Chart::lines("t", "s", one_line(0.5)).is_some());
        for y in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Chart::lines("t", "s", one_line(y)), None, "{y}");
        }
        let bars = Bars {
            value: Axis::new("seconds", Scale::Linear),
            groups: vec!["a".to_owned()],
            series: vec![BarSeries {
                name: "GRU".to_owned(),
                look: 0,
                bars: vec![None],
            }],
        };
        assert_eq!(Chart::bars("t", "s", bars), None);
        let Body::HeatMap(mut map) = examples::heat_map().body else {
            unreachable!()
        };
        map.values.pop();
        assert_eq!(Chart::heat_map("t", "s", map.clone()), None);
        map.values.clear();
        assert_eq!(Chart::heat_map("t", "s", map), None);
    }
}
