//! Dots in characters.

use super::glyphs::Glyphs;

/// A drawing. Places are from 0, left and low, to 1.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    glyphs: Glyphs,
    cells: Vec<Cell>,
}

/// A character.
#[derive(Clone, Copy, Default)]
struct Cell {
    /// One bit each, from the top left to the right and then down.
    dots: u8,
    is_forecast: bool,
    is_shaded: bool,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize, glyphs: Glyphs) -> Canvas {
        Canvas {
            columns,
            rows,
            glyphs,
            cells: vec![Cell::default(); columns * rows],
        }
    }

    /// A straight line. Of a forecast every other column of dots is drawn, where a character has several.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), is_forecast: bool) {
        let [wide, _] = self.glyphs.dots();
        let (from, to) = (self.dot(from), self.dot(to));
        let length = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        for step in 0..=length {
            let between = |from: usize, to: usize| {
                let part = step as f64 / length as f64;
                (from as f64 + part * (to as f64 - from as f64)).round() as usize
            };
            let (x, y) = (between(from.0, to.0), between(from.1, to.1));
            if !is_forecast || wide == 1 || x.is_multiple_of(wide) {
                self.set(x, y, is_forecast);
            }
        }
    }

    /// A rectangle of whole characters.
    pub(super) fn shade(&mut self, across: [f64; 2], up: [f64; 2]) {
        let [wide, tall] = self.glyphs.dots();
        let (left, low) = self.dot((across[0], up[0]));
        let (right, high) = self.dot((across[1], up[1]));
        let (top, bottom) = (high.min(low) / tall, high.max(low) / tall);
        for row in top..=bottom {
            for column in left / wide..=right / wide {
                self.cells[row * self.columns + column].is_shaded = true;
            }
        }
    }

    /// The lines from the top.
    pub(super) fn lines(&self) -> Vec<String> {
        let rows = self.cells.chunks(self.columns);
        let character = |cell: &Cell| {
            self.glyphs
                .character(cell.dots, cell.is_forecast, cell.is_shaded)
        };
        rows.map(|row| row.iter().map(character).collect())
            .collect()
    }

    /// The dot at a place, counted from the left and from the top.
    fn dot(&self, (across, up): (f64, f64)) -> (usize, usize) {
        let [wide, tall] = self.glyphs.dots();
        let last = [self.columns * wide - 1, self.rows * tall - 1];
        let x = (across.clamp(0.0, 1.0) * last[0] as f64).round() as usize;
        let y = ((1.0 - up.clamp(0.0, 1.0)) * last[1] as f64).round() as usize;
        (x.min(last[0]), y.min(last[1]))
    }

    fn set(&mut self, x: usize, y: usize, is_forecast: bool) {
        let [wide, tall] = self.glyphs.dots();
        let cell = &mut self.cells[y / tall * self.columns + x / wide];
        cell.dots |= 1 << (y % tall * wide + x % wide);
        cell.is_forecast = is_forecast;
    }
}
