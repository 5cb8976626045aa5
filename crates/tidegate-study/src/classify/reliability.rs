//! Confidences beside the share that is right.

use maud::Markup;
use tidegate_train::metrics::ReliabilityBin;

use crate::chart::{Axis, Chart, Line, Lines, Point, Scale, short_number};
use crate::page::table::{heads, table};

/// The reliability diagram (Niculescu-Mizil and Caruana 2005): a point for each bin, and the line on which confidence is the
/// share that is right.
pub(super) fn chart(bins: &[ReliabilityBin]) -> Option<Chart> {
    let points = bins.iter().filter_map(|bin| {
        let (confidence, accuracy) = (bin.confidence?, bin.accuracy?);
        Some(Point::at(confidence, accuracy))
    });
    let measured = Line {
        name: "measured".to_owned(),
        look: 0,
        markers: true,
        points: points.collect(),
        ..Line::default()
    };
    let perfect = Line {
        name: "as it should be".to_owned(),
        look: 1,
        points: vec![Point::at(0.0, 0.0), Point::at(1.0, 1.0)],
        ..Line::default()
    };
    let words = "Below the line that should be, the classifier is too sure; above it, not sure enough. Bins that hold few \
                 are decided by chance.";
    let lines = Lines {
        x: Axis::new(
            "confidence: probability of the predicted class",
            Scale::Linear,
        ),
        y: Axis::new("share that is right", Scale::Linear),
        series: vec![measured, perfect],
        guides: Vec::new(),
    };
    Chart::lines("Share that is right by confidence", words, lines)
}

/// The bins that hold something.
pub(super) fn numbers(bins: &[ReliabilityBin], counted: &str) -> Markup {
    let names = heads(&["confidence", counted, "mean confidence", "right"]);
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), short_number);
    let rows = bins.iter().filter(|bin| bin.count > 0).map(|bin| {
        vec![
            format!("{:.3} – {:.3}", bin.lower, bin.upper),
            bin.count.to_string(),
            number(bin.confidence),
            number(bin.accuracy),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    table("Confidence and share that is right", &names, &rows)
}
