//! Charts drawn with a painter.

use plotters::prelude::DrawingBackend;

use super::heat_map::{HeatMap, colour_at};
use super::layout::{LINE, Layout, MARGIN, TEXT, TITLE, WIDTH, group_lines};
use super::number::short_number;
use super::painter::{Anchor, FAINT, INK, Painter, text_width};
use super::palette::look;
use super::picture::PictureError;
use super::{Axis, Bars, Body, Lines, Scale};

/// Who draws the cells of a heat map.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cells {
    Drawn,
    LeftOut,
}

/// The charts below each other.
pub(super) fn draw<Ground: DrawingBackend>(
    layouts: &[Layout<'_>],
    painter: &Painter<'_, Ground>,
    cells: Cells,
) -> Result<(), PictureError> {
    let mut shift = 0.0;
    for layout in layouts {
        let moved = Moved { painter, shift };
        for (index, line) in layout.title.iter().enumerate() {
            let y = MARGIN + (index as f64 + 0.5) * (TITLE + 6.0);
            painter.title(line, moved.at(MARGIN, y), TITLE)?;
        }
        match &layout.chart.body {
            Body::Lines(lines) => moved.lines(layout, lines)?,
            Body::Bars(bars) => moved.bars(layout, bars)?,
            Body::HeatMap(map) => moved.heat_map(layout, map, cells)?,
        }
        shift += layout.height;
    }
    Ok(())
}

/// A painter that begins further down.
struct Moved<'a, 'b, Ground: DrawingBackend> {
    painter: &'a Painter<'b, Ground>,
    shift: f64,
}

impl<Ground: DrawingBackend> Moved<'_, '_, Ground> {
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (x, y + self.shift)
    }

    /// Grid, marks and titles of the axes.
    fn axes(&self, layout: &Layout<'_>, x: Option<&Axis>, y: &str) -> Result<(), PictureError> {
        let is_map = matches!(layout.chart.body, Body::HeatMap(_));
        if let Some(ticks) = &layout.y {
            for (value, text) in &ticks.marks {
                let height = layout.up(ticks.fraction(*value));
                let ends = [self.at(layout.left, height), self.at(layout.right, height)];
                self.painter.line(&ends, FAINT, 1.0)?;
                let place = self.at(layout.left - 8.0, height);
                self.painter.text(text, place, TEXT, Anchor::Right)?;
            }
        }
        if let (Some(ticks), Some(axis)) = (&layout.x, x) {
            let mut free_from = f64::NEG_INFINITY;
            for (value, text) in &ticks.marks {
                let across = layout.across(ticks.fraction(*value));
                if !is_map {
                    let ends = [self.at(across, layout.top), self.at(across, layout.bottom)];
                    self.painter.line(&ends, FAINT, 1.0)?;
                }
                let ends = [
                    self.at(across, layout.bottom),
                    self.at(across, layout.bottom + 4.0),
                ];
                self.painter.line(&ends, INK, 1.0)?;
                let half = text_width(text, TEXT) / 2.0 + 5.0;
                if across - half >= free_from {
                    let place = self.at(across, layout.bottom + 14.0);
                    self.painter.text(text, place, TEXT, Anchor::Middle)?;
                    free_from = across + half;
                }
            }
            let middle = (layout.left + layout.right) / 2.0;
            let place = self.at(middle, layout.bottom + 34.0);
            self.painter
                .text(&axis.label(), place, TEXT, Anchor::Middle)?;
        }
        let place = self.at(MARGIN + 4.0, (layout.top + layout.bottom) / 2.0);
        self.painter.upright_text(y, place, TEXT)
    }

    fn frame(&self, layout: &Layout<'_>) -> Result<(), PictureError> {
        self.painter.frame(
            self.at(layout.left, layout.top),
            self.at(layout.right, layout.bottom),
        )
    }

    fn lines(&self, layout: &Layout<'_>, lines: &Lines) -> Result<(), PictureError> {
        let (Some(x), Some(y)) = (&layout.x, &layout.y) else {
            return Ok(());
        };
        self.axes(layout, Some(&lines.x), &lines.y.label())?;
        let at = |across: f64, up: f64| {
            self.at(layout.across(x.fraction(across)), layout.up(y.fraction(up)))
        };
        for line in lines.shown() {
            let colour = look(line.look).colour;
            for pieces in line.band_pieces() {
                for piece in pieces {
                    let low = piece.iter().map(|&(x, [low, _])| at(x, low));
                    let high = piece.iter().map(|&(x, [_, high])| at(x, high));
                    let corners: Vec<_> = low.chain(high.rev()).collect();
                    match corners[..] {
                        // A single point has no area.
                        [low, high] => self.painter.line(&[low, high], colour, 2.0)?,
                        _ => self.painter.area(&corners, colour, line.opacity())?,
                    }
                }
            }
        }
        for guide in &lines.guides {
            let height = layout.up(y.fraction(guide.y));
            let ends = [self.at(layout.left, height), self.at(layout.right, height)];
            self.painter.dashed(&ends, INK, 1.0, &[4.0, 4.0])?;
            // Close to the upper edge, there is room below the line only.
            let is_high = height - layout.top < LINE;
            let beside = if is_high { 10.0 } else { -9.0 };
            let place = self.at(layout.right - 6.0, height + beside);
            self.painter.text(&guide.name, place, TEXT, Anchor::Right)?;
        }
        for line in lines.shown() {
            let look = look(line.look);
            for piece in line.pieces() {
                let points: Vec<_> = piece.iter().map(|point| at(point.x, point.y)).collect();
                self.painter
                    .dashed(&points, look.colour, 2.0, look.dashes)?;
                if line.markers || points.len() == 1 {
                    for &point in &points {
                        self.painter.marker(point, look)?;
                    }
                }
            }
        }
        for &(name, number, left, y) in &layout.legend {
            let look = look(number);
            let ends = [self.at(left, y), self.at(left + 34.0, y)];
            self.painter.dashed(&ends, look.colour, 2.0, look.dashes)?;
            let has_markers = lines
                .shown()
                .any(|line| line.look == number && (line.markers || line.points.len() == 1));
            if has_markers {
                self.painter.marker(self.at(left + 17.0, y), look)?;
            }
            let place = self.at(left + 40.0, y);
            self.painter.text(name, place, TEXT, Anchor::Left)?;
        }
        self.frame(layout)
    }

    fn bars(&self, layout: &Layout<'_>, bars: &Bars) -> Result<(), PictureError> {
        let Some(y) = &layout.y else {
            return Ok(());
        };
        self.axes(layout, None, &bars.value.label())?;
        let (_, names) = group_lines(bars, layout.right - layout.left);
        let group_width = (layout.right - layout.left) / bars.groups.len() as f64;
        let bar_width = (0.76 * group_width / bars.series.len() as f64).min(60.0);
        let floor = match bars.value.scale {
            Scale::Linear => layout.up(y.fraction(0.0)),
            _ => layout.bottom,
        };
        for (group, lines) in names.iter().enumerate() {
            let middle = layout.left + (group as f64 + 0.5) * group_width;
            let first = middle - bar_width * bars.series.len() as f64 / 2.0;
            for (index, series) in bars.series.iter().enumerate() {
                let Some(bar) = series.bars[group] else {
                    continue;
                };
                let left = first + index as f64 * bar_width;
                let right = left + bar_width - 3.0;
                let height = layout.up(y.fraction(bar.value));
                let look = look(series.look);
                self.painter.rectangle(
                    self.at(left, height),
                    self.at(right, floor),
                    look.colour,
                )?;
                if let Some([low, high]) = bar.interval {
                    let (low, high) = (layout.up(y.fraction(low)), layout.up(y.fraction(high)));
                    let middle = (left + right) / 2.0;
                    for ends in [
                        [(middle, low), (middle, high)],
                        [(middle - 5.0, low), (middle + 5.0, low)],
                        [(middle - 5.0, high), (middle + 5.0, high)],
                    ] {
                        let ends = ends.map(|(x, y)| self.at(x, y));
                        self.painter.line(&ends, INK, 1.5)?;
                    }
                }
            }
            for (index, line) in lines.iter().enumerate() {
                let below = layout.bottom + 14.0 + index as f64 * (LINE - 2.0);
                self.painter
                    .text(line, self.at(middle, below), TEXT, Anchor::Middle)?;
            }
        }
        for &(name, number, left, y) in &layout.legend {
            let colour = look(number).colour;
            self.painter.rectangle(
                self.at(left, y - 6.0),
                self.at(left + 30.0, y + 6.0),
                colour,
            )?;
            let place = self.at(left + 40.0, y);
            self.painter.text(name, place, TEXT, Anchor::Left)?;
        }
        self.frame(layout)
    }

    fn heat_map(
        &self,
        layout: &Layout<'_>,
        map: &HeatMap,
        cells: Cells,
    ) -> Result<(), PictureError> {
        let row_height = (layout.bottom - layout.top) / map.rows() as f64;
        if cells == Cells::Drawn {
            let width = (layout.right - layout.left) / map.columns as f64;
            for (index, pixel) in map.pixels().chunks_exact(3).enumerate() {
                let (row, column) = (index / map.columns, index % map.columns);
                // Neighbours meet at the very same place, or rounding would leave gaps.
                let [left, right] =
                    [column, column + 1].map(|column| layout.left + column as f64 * width);
                let [top, bottom] = [row, row + 1].map(|row| layout.top + row as f64 * row_height);
                self.painter.rectangle(
                    self.at(left, top),
                    self.at(right, bottom),
                    [pixel[0], pixel[1], pixel[2]],
                )?;
            }
        }
        let upright = shortened(&map.y, layout.bottom - layout.top + 8.0);
        self.axes(layout, Some(&map.x), &upright)?;
        let every = (13.0 / row_height).ceil().max(1.0) as usize;
        for (row, label) in map.row_labels.iter().enumerate().step_by(every) {
            let place = layout.top + (row as f64 + 0.5) * row_height;
            self.painter.text(
                &shortened(label, WIDTH / 4.0),
                self.at(layout.left - 8.0, place),
                TEXT,
                Anchor::Right,
            )?;
        }
        let (left, right) = (layout.right + 12.0, layout.right + 24.0);
        let parts = 60;
        for part in 0..parts {
            let place = |part: usize| {
                layout.bottom - (layout.bottom - layout.top) * part as f64 / f64::from(parts as u8)
            };
            let colour = colour_at(map.stops(), (part as f32 + 0.5) / parts as f32);
            self.painter.rectangle(
                self.at(left, place(part + 1)),
                self.at(right, place(part)),
                colour,
            )?;
        }
        let [low, high] = map.range().map(f64::from);
        for (value, place) in [
            (high, layout.top + 6.0),
            ((low + high) / 2.0, (layout.top + layout.bottom) / 2.0),
            (low, layout.bottom - 6.0),
        ] {
            let place = self.at(right + 5.0, place);
            self.painter
                .text(&short_number(value), place, TEXT, Anchor::Left)?;
        }
        self.frame(layout)
    }
}

/// A name as far as there is room for it.
pub(super) fn shortened(label: &str, room: f64) -> String {
    if text_width(label, TEXT) <= room {
        return label.to_owned();
    }
    let mut text = String::new();
    for letter in label.chars() {
        if text_width(&text, TEXT) > room - 2.0 * TEXT {
            break;
        }
        text.push(letter);
    }
    text + "…"
}
