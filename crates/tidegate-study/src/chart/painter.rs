//! Lines, areas, markers and text in pixels, on any of plotters' grounds.

use std::sync::Once;

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, DrawingBackend, FontTransform};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontFamily, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, register_font,
};

use super::palette::{Look, Marker};
use super::picture::PictureError;

/// Everything is drawn twice as large as it is counted: plotters counts in whole pixels.
pub(crate) const FINENESS: f64 = 2.0;

/// The family that a drawing names; the glyphs that are measured, and drawn into a bitmap, are the embedded font's.
const FAMILY: FontFamily<'_> = FontFamily::SansSerif;
const FONT: &[u8] = include_bytes!("../../assets/tidegate-chart.ttf");

/// Nearly black.
pub(crate) const INK: [u8; 3] = [0x22, 0x22, 0x22];
/// For what stands behind.
pub(crate) const FAINT: [u8; 3] = [0xdd, 0xdd, 0xdd];

/// Where a text's place is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Left,
    Middle,
    Right,
}

/// Draws in counted pixels.
pub(crate) struct Painter<'a, Ground: DrawingBackend> {
    area: &'a DrawingArea<Ground, Shift>,
}

fn fine((x, y): (f64, f64)) -> (i32, i32) {
    ((x * FINENESS).round() as i32, (y * FINENESS).round() as i32)
}

fn rgb([red, green, blue]: [u8; 3]) -> RGBColor {
    RGBColor(red, green, blue)
}

fn stroke(colour: [u8; 3], width: f64) -> ShapeStyle {
    rgb(colour).stroke_width((width * FINENESS).round() as u32)
}

fn font(size: f64, bold: bool) -> TextStyle<'static> {
    static REGISTERED: Once = Once::new();
    // A font that could not be read would show as an error of the first text.
    REGISTERED.call_once(|| drop(register_font(FAMILY.as_str(), FontStyle::Normal, FONT)));
    let style = if bold {
        FontStyle::Bold
    } else {
        FontStyle::Normal
    };
    TextStyle::from((FAMILY, size * 1.24 * FINENESS).into_font().style(style))
}

/// Width of a text in counted pixels.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    match font(size, false).font.layout_box(text) {
        // Another font may be a little wider than the one that measures.
        Ok(((left, _), (right, _))) => f64::from(right - left) / FINENESS,
        Err(_) => text.chars().count() as f64 * size,
    }
}

/// A text in lines that are no wider than asked, where words allow it.
pub(crate) fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl<'a, Ground: DrawingBackend> Painter<'a, Ground> {
    pub(crate) fn on(area: &'a DrawingArea<Ground, Shift>) -> Self {
        Painter { area }
    }

    pub(crate) fn line(
        &self,
        points: &[(f64, f64)],
        colour: [u8; 3],
        width: f64,
    ) -> Result<(), PictureError> {
        let points: Vec<_> = points.iter().copied().map(fine).collect();
        self.area
            .draw(&PathElement::new(points, stroke(colour, width)))
            .map_err(PictureError::new)
    }

    /// A line with a look's dashes.
    pub(crate) fn dashed(
        &self,
        points: &[(f64, f64)],
        colour: [u8; 3],
        width: f64,
        dashes: &[f64],
    ) -> Result<(), PictureError> {
        if dashes.is_empty() {
            return self.line(points, colour, width);
        }
        for dash in split(points, dashes) {
            self.line(&dash, colour, width)?;
        }
        Ok(())
    }

    pub(crate) fn area(
        &self,
        points: &[(f64, f64)],
        colour: [u8; 3],
        opacity: f64,
    ) -> Result<(), PictureError> {
        let points: Vec<_> = points.iter().copied().map(fine).collect();
        self.area
            .draw(&Polygon::new(points, rgb(colour).mix(opacity)))
            .map_err(PictureError::new)
    }

    pub(crate) fn rectangle(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        colour: [u8; 3],
    ) -> Result<(), PictureError> {
        let corners = [fine(from), fine(to)];
        self.area
            .draw(&Rectangle::new(corners, rgb(colour).filled()))
            .map_err(PictureError::new)
    }

    pub(crate) fn frame(&self, from: (f64, f64), to: (f64, f64)) -> Result<(), PictureError> {
        let (left, top, right, bottom) = (from.0, from.1, to.0, to.1);
        let corners = [
            (left, top),
            (right, top),
            (right, bottom),
            (left, bottom),
            (left, top),
        ];
        self.line(&corners, INK, 1.0)
    }

    pub(crate) fn marker(&self, (x, y): (f64, f64), look: Look) -> Result<(), PictureError> {
        let size = 4.0;
        let polygon = |corners: &[(f64, f64)]| {
            let corners: Vec<_> = corners
                .iter()
                .map(|(right, down)| (x + right * size, y + down * size))
                .collect();
            self.area(&corners, look.colour, 1.0)
        };
        match look.marker {
            Marker::Circle => {
                let radius = (size * FINENESS) as i32;
                let circle = Circle::new(fine((x, y)), radius, rgb(look.colour).filled());
                self.area.draw(&circle).map_err(PictureError::new)
            }
            Marker::Square => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Marker::Triangle => polygon(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]),
            Marker::Diamond => polygon(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
            Marker::Cross => {
                let arm = size * 0.9;
                self.line(&[(x - arm, y - arm), (x + arm, y + arm)], look.colour, 2.0)?;
                self.line(&[(x - arm, y + arm), (x + arm, y - arm)], look.colour, 2.0)
            }
        }
    }

    /// A text whose middle height is at `y`.
    pub(crate) fn text(
        &self,
        text: &str,
        place: (f64, f64),
        size: f64,
        anchor: Anchor,
    ) -> Result<(), PictureError> {
        self.styled(text, place, font(size, false), anchor)
    }

    pub(crate) fn title(
        &self,
        text: &str,
        place: (f64, f64),
        size: f64,
    ) -> Result<(), PictureError> {
        self.styled(text, place, font(size, true), Anchor::Left)
    }

    /// A text that runs upwards.
    pub(crate) fn upright_text(
        &self,
        text: &str,
        place: (f64, f64),
        size: f64,
    ) -> Result<(), PictureError> {
        let style = font(size, false).transform(FontTransform::Rotate270);
        self.styled(text, place, style, Anchor::Middle)
    }

    fn styled(
        &self,
        text: &str,
        place: (f64, f64),
        style: TextStyle<'_>,
        anchor: Anchor,
    ) -> Result<(), PictureError> {
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let ink = rgb(INK);
        let style = style.color(&ink).pos(Pos::new(horizontal, VPos::Center));
        self.area
            .draw(&Text::new(text, fine(place), style))
            .map_err(PictureError::new)
    }
}

/// A path cut into dashes.
fn split(points: &[(f64, f64)], dashes: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let (mut index, mut left) = (0, dashes[0]);
    let mut pieces = Vec::new();
    let mut piece: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for ends in points.windows(2) {
        let (mut from, to) = (ends[0], ends[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            let is_dash = index % 2 == 0;
            if length <= left {
                left -= length;
                if is_dash {
                    piece.push(to);
                }
                break;
            }
            let part = left / length;
            from = (
                from.0 + part * (to.0 - from.0),
                from.1 + part * (to.1 - from.1),
            );
            piece.push(from);
            if is_dash {
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            index += 1;
            left = dashes[index % dashes.len()];
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_on_around_corners() {
        let corner = [(0.0, 0.0), (3.0, 0.0), (3.0, 5.0)];
        assert_eq!(
            split(&corner, &[2.0, 2.0]),
            [vec![(0.0, 0.0), (2.0, 0.0)], vec![(3.0, 1.0), (3.0, 3.0)],]
        );
    }

    #[test]
    fn a_text_is_wrapped_between_words() {
        let lines = wrapped("one two three", 12.0, text_width("one two", 12.0) + 1.0);
        assert_eq!(lines, ["one two", "three"]);
        assert_eq!(wrapped("unbreakable", 12.0, 1.0), ["unbreakable"]);
    }
}
