//! Charts without a browser: as SVG, and as PNG with a font of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::prelude::{BitMapBackend, IntoDrawingArea, SVGBackend};
use plotters::style::WHITE;

use super::drawing::{Cells, draw};
use super::heat_map::HeatMap;
use super::layout::{Layout, WIDTH};
use super::painter::{FINENESS, Painter};
use super::raster;
use super::{Body, Chart};

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

#[cfg(test)]
mod tests {
    use super::super::examples;
    use super::super::painter::INK;
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
