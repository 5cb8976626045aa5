//! A matrix laid out for [`multiply`](super::multiply): panels of one to four vectors of columns, each panel contiguous
//! over the depth, so that a product streams it once and in order.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::aligned::Aligned;

/// Widest panel of a matrix whose columns may be cut anywhere, in vectors: of all widths it lets a tile of rows make the
/// most multiply-adds for each load, with 16 registers as with 32.
pub(crate) const WIDEST_COVERING: usize = 3;

/// Values from which on threads share the packing of a matrix.
const PARALLEL_FROM: usize = 1 << 16;

/// One panel: `depth` rows of `vectors · lanes` columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    /// Vectors of columns.
    pub(crate) vectors: usize,
    /// First column, counted with padding.
    pub(crate) column: usize,
    /// Index of its first value in the data.
    pub(crate) start: usize,
}

/// A `depth × columns` matrix in panels, columns padded with zeros to whole vectors.
#[derive(Clone, Debug)]
pub(crate) struct PackedMatrix {
    lanes: usize,
    depth: usize,
    columns: usize,
    chain: usize,
    panels: Vec<Panel>,
    data: Aligned,
}

/// Panels of about equal width, at most `widest` vectors, that cover `columns` over `depth` rows.
#[inline(always)]
pub(crate) fn covering_panels(
    widest: usize,
    lanes: usize,
    columns: usize,
    depth: usize,
) -> impl Iterator<Item = Panel> + Clone {
    let vectors = columns.div_ceil(lanes);
    let count = vectors.div_ceil(widest);
    (0..count).map(move |panel| {
        let first = panel * vectors / count;
        Panel {
            vectors: (panel + 1) * vectors / count - first,
            column: first * lanes,
            start: first * lanes * depth,
        }
    })
}

impl PackedMatrix {
    /// Panels of `vectors` vectors each, `count` of them.
    pub(crate) fn uniform(lanes: usize, vectors: usize, count: usize, depth: usize) -> Self {
        Self::with_panels(lanes, depth, std::iter::repeat_n(vectors, count))
    }

    /// Panels of about equal width, at most [`WIDEST_COVERING`] vectors, that cover `columns`.
    pub(crate) fn covering(lanes: usize, columns: usize, depth: usize) -> Self {
        let panels = covering_panels(WIDEST_COVERING, lanes, columns, depth);
        Self::with_panels(lanes, depth, panels.map(|panel| panel.vectors))
    }

    fn with_panels(lanes: usize, depth: usize, widths: impl Iterator<Item = usize>) -> Self {
        let mut column = 0;
        let panels: Vec<Panel> = widths
            .map(|vectors| {
                let panel = Panel {
                    vectors,
                    column,
                    start: column * depth,
                };
                column += vectors * lanes;
                panel
            })
            .collect();
        PackedMatrix {
            lanes,
            depth,
            columns: column,
            chain: depth,
            panels,
            data: Aligned::zeros(column * depth),
        }
    }

    /// The same matrix, of which products are sums of `chains` chains over equal parts of the depth: where columns are few,
    /// one long chain for each would leave the hardware waiting for the last result.
    pub(crate) fn in_chains(mut self, chains: usize) -> Self {
        self.chain = self.depth.div_ceil(chains.max(1)).max(1);
        self
    }

    /// Rows that a chain of multiply-adds passes.
    pub(crate) fn chain(&self) -> usize {
        self.chain
    }

    /// Number of columns with padding.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Memory held, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.data.memory_bytes()
    }

    /// Lanes of a vector.
    pub(crate) fn lanes(&self) -> usize {
        self.lanes
    }

    /// The panels from the first column on.
    pub(crate) fn panels(&self) -> &[Panel] {
        &self.panels
    }

    /// The values of a panel, row after row.
    pub(crate) fn panel_data(&self, panel: &Panel) -> &[f32] {
        &self.data[panel.start..panel.start + panel.vectors * self.lanes * self.depth]
    }

    /// Sets every column from a slice over the depth; `None` leaves zeros.
    pub(crate) fn fill_columns<'a>(&mut self, column: impl Fn(usize) -> Option<&'a [f32]> + Sync) {
        const TOGETHER: usize = 4;
        self.fill_panels(|panel, width, data| {
            for first in (0..width).step_by(TOGETHER) {
                // Lanes come in fours.
                let columns: [Option<&[f32]>; TOGETHER] =
                    std::array::from_fn(|index| column(panel.column + first + index));
                if let [Some(a), Some(b), Some(c), Some(d)] = columns {
                    let values = a.iter().zip(b).zip(c.iter().zip(d));
                    for (row, ((a, b), (c, d))) in data.chunks_exact_mut(width).zip(values) {
                        row[first..first + TOGETHER].copy_from_slice(&[*a, *b, *c, *d]);
                    }
                    continue;
                }
                for (index, values) in columns.into_iter().enumerate() {
                    for (row, value) in data.chunks_exact_mut(width).zip(values.unwrap_or(&[])) {
                        row[first + index] = *value;
                    }
                }
            }
        });
    }

    /// Sets every row from a slice over the columns; `None` gives zeros, and so do columns past a slice's end.
    pub(crate) fn fill_rows<'a>(&mut self, row: impl Fn(usize) -> Option<&'a [f32]> + Sync) {
        self.fill_panels(|panel, width, data| {
            for (index, target) in data.chunks_exact_mut(width).enumerate() {
                let values = row(index).unwrap_or(&[]);
                let given = values.len().saturating_sub(panel.column).min(width);
                if given > 0 {
                    target[..given].copy_from_slice(&values[panel.column..panel.column + given]);
                }
                target[given..].fill(0.0);
            }
        });
    }

    /// Hands every panel with its width and its values to `fill`; of a large matrix, to the threads of the current pool.
    fn fill_panels(&mut self, fill: impl Fn(&Panel, usize, &mut [f32]) + Sync) {
        let (lanes, depth) = (self.lanes, self.depth);
        let large = self.data.len() >= PARALLEL_FROM;
        let mut rest = &mut self.data[..];
        let panels = self.panels.iter().map(|panel| {
            let width = panel.vectors * lanes;
            let (data, after) = std::mem::take(&mut rest).split_at_mut(width * depth);
            rest = after;
            (panel, width, data)
        });
        if large {
            let panels: Vec<_> = panels.collect();
            panels
                .into_par_iter()
                .for_each(|(panel, width, data)| fill(panel, width, data));
        } else {
            panels.for_each(|(panel, width, data)| fill(panel, width, data));
        }
    }
}
