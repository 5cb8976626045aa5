//! Lines with bands.

use super::Axis;

/// Lines over two axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The lines.
    pub series: Vec<Line>,
    /// Heights that the lines are read against.
    pub guides: Vec<Guide>,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// What the legend calls it.
    pub name: String,
    /// Colour, dashes and marker, as a number from 0: the same thing has the same look in every chart.
    pub look: usize,
    /// Whether each point has a marker.
    pub markers: bool,
    /// Whether only who asks for it sees it: the interactive chart offers it, a picture leaves it out.
    pub on_request: bool,
    /// Its points from left to right. One whose height is not a number breaks the line, so that one line may hold several
    /// pieces, each from left to right.
    pub points: Vec<Point>,
    /// Further bands, from the widest to the narrowest.
    pub bands: Vec<Band>,
}

/// A point of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// On the horizontal axis.
    pub x: f64,
    /// On the vertical axis.
    pub y: f64,
    /// Lower and upper end of its confidence interval; without one, the band ends here.
    pub interval: Option<[f64; 2]>,
}

/// A band around a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// What it is, such as `80 %`.
    pub name: String,
    /// Lower and upper end at each point of the line; without them, the band ends there.
    pub intervals: Vec<Option<[f64; 2]>>,
}

/// A horizontal line with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Guide {
    /// What it stands for.
    pub name: String,
    /// On the vertical axis.
    pub y: f64,
}

/// Neighbouring points of a band: the place of each, with its lower and upper end.
pub(crate) type BandPiece = Vec<(f64, [f64; 2])>;

impl Point {
    /// A point without an interval.
    #[must_use]
    pub fn at(x: f64, y: f64) -> Point {
        Point {
            x,
            y,
            interval: None,
        }
    }
}

impl Line {
    /// Of one band after the other, what lies without a break.
    pub(crate) fn band_pieces(&self) -> Vec<Vec<BandPiece>> {
        let own: Vec<_> = self.points.iter().map(|point| point.interval).collect();
        let further = self.bands.iter().map(|band| &band.intervals);
        let bands = std::iter::once(&own).chain(further);
        bands.map(|intervals| self.pieces_of(intervals)).collect()
    }

    fn pieces_of(&self, intervals: &[Option<[f64; 2]>]) -> Vec<BandPiece> {
        let mut pieces = vec![Vec::new()];
        for (point, interval) in self.points.iter().zip(intervals) {
            match (interval, pieces.last_mut()) {
                (Some(ends), Some(piece)) => piece.push((point.x, *ends)),
                _ => pieces.push(Vec::new()),
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    /// Of each band: bands that lie over each other leave the line to be seen.
    pub(crate) fn opacity(&self) -> f64 {
        match self.bands.len() {
            0 | 1 => 0.18,
            2 => 0.16,
            _ => 0.12,
        }
    }

    /// The points between breaks.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[Point]> {
        let pieces = self.points.split(|point| point.y.is_nan());
        pieces.filter(|piece| !piece.is_empty())
    }

    fn is_whole(&self) -> bool {
        let points = self.points.len();
        self.bands.iter().all(|band| band.intervals.len() == points)
    }

    /// Without what the axes have no place for; none where nothing is left.
    fn drawable(mut self, x: &Axis, y: &Axis) -> Option<Line> {
        let has_place: Vec<bool> = self.points.iter().map(|point| x.holds(point.x)).collect();
        let held = |interval: Option<[f64; 2]>| interval.filter(|&ends| y.holds_all(ends));
        for band in &mut self.bands {
            let intervals = band.intervals.iter().zip(&has_place);
            let intervals = intervals.filter(|&(_, &has_place)| has_place);
            band.intervals = intervals.map(|(&interval, _)| held(interval)).collect();
        }
        self.points.retain(|point| x.holds(point.x));
        for point in &mut self.points {
            point.interval = held(point.interval);
            if !y.holds(point.y) {
                point.y = f64::NAN;
            }
        }
        let is_drawn = self.points.iter().any(|point| !point.y.is_nan());
        is_drawn.then_some(self)
    }
}

impl Lines {
    /// Without what the axes have no place for; none where nothing is left, or where a band does not fit its line.
    pub(super) fn drawable(mut self) -> Option<Lines> {
        if !self.series.iter().all(Line::is_whole) {
            return None;
        }
        let series = self.series.into_iter();
        self.series = series
            .filter_map(|line| line.drawable(&self.x, &self.y))
            .collect();
        self.guides.retain(|guide| self.y.holds(guide.y));
        let is_drawn = self.shown().next().is_some();
        is_drawn.then_some(self)
    }

    /// The lines that are drawn without being asked for.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Line> {
        self.series.iter().filter(|line| !line.on_request)
    }

    /// Everything that the horizontal axis holds.
    pub(crate) fn places(&self) -> impl Iterator<Item = f64> {
        let points = self.shown().flat_map(|line| &line.points);
        points.map(|point| point.x)
    }

    /// Everything that the vertical axis holds.
    pub(crate) fn heights(&self) -> impl Iterator<Item = f64> {
        let points = self.shown().flat_map(|line| &line.points);
        let own = points.flat_map(|point| {
            let [low, high] = point.interval.unwrap_or([point.y; 2]);
            [low, point.y, high]
        });
        let bands = self.shown().flat_map(|line| &line.bands);
        let intervals = bands.flat_map(|band| band.intervals.iter().flatten());
        own.chain(intervals.flatten().copied())
            .chain(self.guides.iter().map(|guide| guide.y))
            .filter(|height| !height.is_nan())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scale;
    use super::*;

    fn lines(line: Line) -> Lines {
        Lines {
            x: Axis::new("time", Scale::Linear),
            y: Axis::new("load", Scale::Linear),
            series: vec![line],
            guides: Vec::new(),
        }
    }

    #[test]
    fn what_is_missing_breaks_a_line_and_its_bands() {
        let heights = [1.0, f64::NAN, 3.0, f64::INFINITY, 5.0, 6.0];
        let line = Line {
            points: heights
                .iter()
                .enumerate()
                .map(|(x, &y)| Point::at(x as f64, y))
                .collect(),
            bands: vec![Band {
                name: "80 %".to_owned(),
                intervals: heights.map(|y| Some([y - 1.0, y + 1.0])).into(),
            }],
            ..Line::default()
        };
        let drawn = lines(line).drawable().unwrap();
        let line = &drawn.series[0];
        let lengths: Vec<usize> = line.pieces().map(<[Point]>::len).collect();
        assert_eq!(lengths, [1, 1, 2]);
        let bands = line.band_pieces();
        let lengths: Vec<usize> = bands[1].iter().map(Vec::len).collect();
        assert_eq!((bands[0].len(), lengths), (0, vec![1, 1, 2]));
        assert_eq!(drawn.heights().fold(f64::INFINITY, f64::min), 0.0);
        assert_eq!(drawn.heights().fold(0.0, f64::max), 7.0);
    }

    #[test]
    fn a_band_that_does_not_fit_its_line_is_no_chart() {
        let line = Line {
            points: vec![Point::at(0.0, 1.0)],
            bands: vec![Band {
                name: "80 %".to_owned(),
                intervals: Vec::new(),
            }],
            ..Line::default()
        };
        assert_eq!(lines(line).drawable(), None);
    }

    #[test]
    fn what_nobody_asked_for_does_not_stretch_the_axes() {
        let line = |y, on_request| Line {
            points: vec![Point::at(0.0, y)],
            on_request,
            ..Line::default()
        };
        let mut drawn = lines(line(1.0, false));
        drawn.series.push(line(100.0, true));
        let drawn = drawn.drawable().unwrap();
        assert_eq!(drawn.heights().fold(0.0, f64::max), 1.0);
        assert_eq!(lines(line(100.0, true)).drawable(), None);
    }
}
