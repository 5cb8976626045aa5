//! A small chart of one series for the terminal: its history, and a forecast in its band.

mod canvas;
mod glyphs;
#[cfg(test)]
mod tests;

use crate::number::significant;
use canvas::Canvas;
pub(crate) use glyphs::Glyphs;

/// Lines of the drawing.
const HEIGHT: usize = 12;

/// Columns of the drawing that are left on the narrowest page.
const LEAST_WIDTH: usize = 10;

/// What is drawn. The steps are equally far apart, and those of the forecast follow those of the history; what is not finite
/// is left out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TerminalChart<'a> {
    pub(crate) history: &'a [f64],
    pub(crate) forecast: &'a [f64],
    /// Lower and upper end of the forecast's interval; empty, or one for each step of the forecast.
    pub(crate) band: &'a [[f64; 2]],
    /// The time of the first step that is drawn.
    pub(crate) first: &'a str,
    /// The time of the last.
    pub(crate) last: &'a str,
}

impl TerminalChart<'_> {
    /// The chart in lines no wider than `width`, as far as that leaves room for a drawing; empty where nothing is finite.
    pub(crate) fn text(&self, width: usize, glyphs: Glyphs) -> String {
        let Some([low, high]) = self.range() else {
            return String::new();
        };
        let labels = labels(low, high);
        let margin = labels.iter().map(|label| label.chars().count()).max();
        let margin = margin.unwrap_or(0);
        let columns = width.saturating_sub(margin + 2).max(LEAST_WIDTH);
        let mut canvas = Canvas::new(columns, HEIGHT, glyphs);
        let steps = self.history.len() + self.forecast.len();
        let across = |step: usize| match steps {
            1 => 0.5,
            steps => step as f64 / (steps - 1) as f64,
        };
        let up = |value: f64| (value - low) / (high - low);
        let after = self.history.len();
        for step in 0..self.forecast.len() {
            // Up to the middle between a step and its neighbours: there is no gap in the band.
            let half = 0.5 / (steps.max(2) - 1) as f64;
            if let Some(&[from, to]) = self.band.get(step).filter(|ends| is_finite(ends)) {
                let at = across(after + step);
                canvas.shade([at - half, at + half], [up(from), up(to)]);
            }
        }
        for (start, values, is_forecast) in [(0, self.history, false), (after, self.forecast, true)]
        {
            let mut before = None;
            for (step, &value) in values.iter().enumerate() {
                let place = value.is_finite().then(|| (across(start + step), up(value)));
                if let Some(to) = place {
                    canvas.line(before.unwrap_or(to), to, is_forecast);
                }
                before = place;
            }
        }
        let mut text = String::new();
        for (line, drawn) in canvas.lines().into_iter().enumerate() {
            let label = match line {
                0 => &labels[0],
                line if line == HEIGHT / 2 => &labels[1],
                line if line == HEIGHT - 1 => &labels[2],
                _ => "",
            };
            let line = format!("{label:>margin$} {}{drawn}", glyphs.axis());
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str(&self.times(margin + 2, columns));
        text.push_str(&self.legend(margin + 2, columns, glyphs));
        text
    }

    /// The lowest and the highest value, apart from each other.
    fn range(&self) -> Option<[f64; 2]> {
        let lines = self.history.iter().chain(self.forecast).copied();
        let band = self.band.iter().filter(|ends| is_finite(ends)).flatten();
        let values = lines.chain(band.copied()).filter(|value| value.is_finite());
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return None;
        }
        // Of a large number, a half would be lost in rounding.
        let beside = (low.abs() * 1e-3).max(0.5);
        Some(match high - low > low.abs().max(high.abs()) * 1e-12 {
            true if (high - low).is_finite() => [low, high],
            true => [low / 2.0, high / 2.0],
            false => [low - beside, high + beside],
        })
    }

    /// The first time at the left, the last one at the right; where there is no room for both, below each other.
    fn times(&self, margin: usize, columns: usize) -> String {
        let room = columns.saturating_sub(self.first.chars().count());
        if self.first.is_empty() && self.last.is_empty() {
            String::new()
        } else if room > self.last.chars().count() {
            format!("{:margin$}{}{:>room$}\n", "", self.first, self.last)
        } else {
            format!(
                "{:margin$}{}\n{:margin$}to {}\n",
                "", self.first, "", self.last
            )
        }
    }

    fn legend(&self, margin: usize, columns: usize, glyphs: Glyphs) -> String {
        let [history, forecast, band] = glyphs.samples();
        let mut parts = Vec::new();
        if !self.history.is_empty() {
            parts.push(format!("{history} history"));
        }
        if !self.forecast.is_empty() {
            parts.push(format!("{forecast} forecast"));
        }
        if self.band.iter().any(is_finite) {
            parts.push(format!("{band} interval"));
        }
        let line = parts.join("   ");
        if line.chars().count() <= columns {
            return format!("{:margin$}{line}\n", "");
        }
        let lines = parts.iter();
        lines
            .map(|part| format!("{:margin$}{part}\n", ""))
            .collect()
    }
}

fn is_finite(ends: &[f64; 2]) -> bool {
    ends.iter().all(|end| end.is_finite())
}

/// The highest value, the middle one and the lowest, with as many digits as tell them apart.
fn labels(low: f64, high: f64) -> [String; 3] {
    let values = [high, low + (high - low) / 2.0, low];
    let with = |digits| values.map(|value| significant(value, digits));
    let are_apart = |labels: &[String; 3]| labels[0] != labels[1] && labels[1] != labels[2];
    (3..12)
        .map(with)
        .find(are_apart)
        .unwrap_or_else(|| with(12))
}
