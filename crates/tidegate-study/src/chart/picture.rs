//! Charts without a browser: as SVG, and as PNG with a font of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::prelude::{BitMapBackend, DrawingBackend, IntoDrawingArea, SVGBackend};
use plotters::style::WHITE;

use super::heat_map::{HeatMap, colour_at};
use super::number::short_number;
use super::painter::{Anchor, FAINT, FINENESS, INK, Painter, text_width, wrapped};
use super::palette::look;
use super::raster;
use super::ticks::Ticks;
use super::{Axis, Bars, Body, Chart, Lines, Scale};

const WIDTH: f64 = 720.0;
const PLOT_HEIGHT: f64 = 300.0;
const MARGIN: f64 = 14.0;
const TITLE: f64 = 16.0;
const TEXT: f64 = 13.0;
const LINE: f64 = 20.0;

/// A picture could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw a chart: {0}")]
pub struct PictureError(String);

impl PictureError {
    pub(crate) fn new(error: impl std::fmt::Display) -> PictureError {
        PictureError(error.to_string())
    }
}

/// The charts below each other, as an SVG document with title and description.
///
/// # Errors
/// If the embedded font cannot be read.
pub fn svg(charts: &[&Chart]) -> Result<String, PictureError> {
    let layouts: Vec<Layout<'_>> = charts.iter().map(|chart| Layout::of(chart)).collect();
    let height: f64 = layouts.iter().map(|layout| layout.height).sum();
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, fine_size(height)).into_drawing_area();
        area.fill(&WHITE).map_err(PictureError::new)?;
        draw(&layouts, &Painter::on(&area), Cells::LeftOut)?;
        area.present().map_err(PictureError::new)?;
    }
    let (width, fine_height) = fine_size(height);
    let body = text
        .split_once(">\n")
        .and_then(|(_, body)| body.rsplit_once("</svg>"))
        .map_or("", |(body, _)| body);
    let titles: Vec<&str> = charts.iter().map(|chart| chart.title()).collect();
    let summaries: Vec<&str> = charts.iter().map(|chart| chart.summary()).collect();
    let mut document = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {fine_height}\" role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n{body}",
        escaped(&titles.join("; ")),
        escaped(&summaries.join(" ")),
    );
    let mut top = 0.0;
    for layout in &layouts {
        if let Body::HeatMap(map) = &layout.chart.body {
            document.push_str(&image(map, layout, top)?);
        }
        top += layout.height;
    }
    document.push_str("</svg>\n");
    Ok(document)
}

/// The charts below each other, as a PNG. It needs no font of the machine.
///
/// # Errors
/// If the embedded font cannot be read.
pub fn png(charts: &[&Chart]) -> Result<Vec<u8>, PictureError> {
    let layouts: Vec<Layout<'_>> = charts.iter().map(|chart| Layout::of(chart)).collect();
    let (width, height) = fine_size(layouts.iter().map(|layout| layout.height).sum());
    let mut pixels = vec![0; 3 * width as usize * height as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        area.fill(&WHITE).map_err(PictureError::new)?;
        draw(&layouts, &Painter::on(&area), Cells::Drawn)?;
        area.present().map_err(PictureError::new)?;
    }
    raster::encode(&pixels, width, height).map_err(PictureError::new)
}

fn fine_size(height: f64) -> (u32, u32) {
    ((WIDTH * FINENESS) as u32, (height * FINENESS) as u32)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A heat map's cells as an image of one pixel each: a rectangle for each would make a very large file.
fn image(map: &HeatMap, layout: &Layout<'_>, top: f64) -> Result<String, PictureError> {
    let pixels = map.pixels();
    let (columns, rows) = (map.columns as u32, map.rows() as u32);
    let bytes = raster::encode(&pixels, columns, rows).map_err(PictureError::new)?;
    Ok(format!(
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
         style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>\n",
        layout.left * FINENESS,
        (top + layout.top) * FINENESS,
        (layout.right - layout.left) * FINENESS,
        (layout.bottom - layout.top) * FINENESS,
        STANDARD.encode(bytes),
    ))
}

/// Who draws the cells of a heat map.
#[derive(Clone, Copy, PartialEq)]
enum Cells {
    Drawn,
    LeftOut,
}

/// Where the parts of a chart stand, in counted pixels from its top.
struct Layout<'a> {
    chart: &'a Chart,
    title: Vec<String>,
    /// Legend entries with their places.
    legend: Vec<(&'a str, usize, f64, f64)>,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    height: f64,
    x: Option<Ticks>,
    y: Option<Ticks>,
}

impl<'a> Layout<'a> {
    fn of(chart: &'a Chart) -> Self {
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

    fn across(&self, fraction: f64) -> f64 {
        self.left + fraction * (self.right - self.left)
    }

    fn up(&self, fraction: f64) -> f64 {
        self.bottom - fraction * (self.bottom - self.top)
    }
}

/// The most lines that a group's name needs, and every group's lines.
fn group_lines(bars: &Bars, width: f64) -> (usize, Vec<Vec<String>>) {
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
        Body::HeatMap(map) => {
            let (first, count) = (map.first_column as f64, map.columns as f64);
            let ends = [first - 0.5, first + count - 0.5];
            let mut x = Ticks::over(Scale::Linear, ends.into_iter(), 8, true);
            x.marks.retain(|(value, _)| value.fract() == 0.0);
            (Some(x), None)
        }
    }
}

fn draw<Ground: DrawingBackend>(
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
        for line in &lines.series {
            let colour = look(line.look).colour;
            for piece in line.points.split(|point| point.interval.is_none()) {
                let low = piece.iter().filter_map(|p| Some((p.x, p.interval?[0])));
                let high = piece.iter().filter_map(|p| Some((p.x, p.interval?[1])));
                let corners: Vec<_> = low.chain(high.rev()).map(|(x, y)| at(x, y)).collect();
                match corners[..] {
                    [] => {}
                    // A single point has no area.
                    [low, high] => self.painter.line(&[low, high], colour, 2.0)?,
                    _ => self.painter.area(&corners, colour, 0.18)?,
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
        for line in &lines.series {
            let look = look(line.look);
            let points: Vec<_> = line
                .points
                .iter()
                .map(|point| at(point.x, point.y))
                .collect();
            self.painter
                .dashed(&points, look.colour, 2.0, look.dashes)?;
            if line.markers || points.len() == 1 {
                for &point in &points {
                    self.painter.marker(point, look)?;
                }
            }
        }
        for &(name, number, left, y) in &layout.legend {
            let look = look(number);
            let ends = [self.at(left, y), self.at(left + 34.0, y)];
            self.painter.dashed(&ends, look.colour, 2.0, look.dashes)?;
            let has_markers = lines
                .series
                .iter()
                .any(|line| line.look == number && line.markers);
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
                let left = layout.left + column as f64 * width;
                let top = layout.top + row as f64 * row_height;
                self.painter.rectangle(
                    self.at(left, top),
                    self.at(left + width, top + row_height),
                    [pixel[0], pixel[1], pixel[2]],
                )?;
            }
        }
        self.axes(layout, Some(&map.x), &map.y)?;
        let every = (13.0 / row_height).ceil().max(1.0) as usize;
        for (row, label) in map.row_labels.iter().enumerate().step_by(every) {
            let place = layout.top + (row as f64 + 0.5) * row_height;
            self.painter.text(
                &shortened(label),
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

/// A row's name as far as there is room for it.
fn shortened(label: &str) -> String {
    let room = WIDTH / 4.0;
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

#[cfg(test)]
mod tests {
    use super::super::examples;
    use super::*;

    #[test]
    fn lines_have_bands_dashes_marks_and_escaped_names() {
        let text = svg(&[&examples::lines()]).unwrap();
        assert!(text.contains("opacity=\"0.18\""), "no band");
        assert!(text.contains("#D55E00") && text.contains("#0072B2"));
        assert!(text.contains("RNN &lt;&amp;&gt;") && !text.contains("<&>"));
        assert!(text.contains("lag (steps)") && text.contains("400\n"));
        assert!(text.contains("<title>Loss by lag</title>"));
        assert!(text.contains("<desc>It falls.</desc>"));
        assert!(text.contains("without memory"));
    }

    #[test]
    fn bars_have_error_bars_and_a_gap_where_nothing_was_measured() {
        let text = svg(&[&examples::bars()]).unwrap();
        let count = |colour: &str| text.matches(&format!("fill=\"{colour}\"")).count();
        // With one in the legend.
        assert_eq!((count("#0072B2"), count("#D55E00")), (3, 2));
        assert!(text.contains("stroke=\"#222222\""));
    }

    #[test]
    fn a_heat_map_is_one_image_with_a_pixel_for_each_cell() {
        let text = svg(&[&examples::heat_map(), &examples::heat_map()]).unwrap();
        let images: Vec<&str> = text.split("base64,").skip(1).collect();
        assert_eq!(images.len(), 2);
        let data = images[0].split('"').next().unwrap();
        let bytes = STANDARD.decode(data).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        assert_eq!((reader.info().width, reader.info().height), (40, 12));
    }

    #[test]
    fn a_png_shows_what_was_drawn() {
        let bytes = super::png(&[&examples::lines(), &examples::heat_map()]).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let has = |colour: [u8; 3]| pixels.chunks_exact(3).any(|pixel| pixel == colour);
        // The GRU's line, the text, and the darkest cell.
        assert!(has([0x00, 0x72, 0xb2]) && has(INK) && has([68, 1, 84]));
    }

    #[test]
    fn the_embedded_font_has_korean_and_the_signs_of_the_field() {
        let drawn = |title: &str| {
            let chart = Chart {
                title: title.to_owned(),
                ..examples::heat_map()
            };
            super::png(&[&chart]).unwrap()
        };
        let nothing = drawn("\u{e000}");
        for sign in ["게", "트", "닉", "σ", "⊙", "−", "×", "±", "₁", "…", "–"] {
            assert!(drawn(sign) != nothing, "{sign}");
        }
    }
}
