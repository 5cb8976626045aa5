//! The features of a piece of a series: scaled values, categories, calendar, masks.

use super::SeriesSchema;
use super::columns::{Columns, Source};
use super::error::{GridError, SeriesError};
use super::grid::Whole;
use super::missing::Piece;
use super::scaling::Scaling;
use super::schema::{CovariateKind, CovariateRole};
use crate::window_set::FeatureSeries;

/// What the features of a series are made of.
pub(super) struct Recipe<'a> {
    pub(super) schema: &'a SeriesSchema,
    pub(super) columns: &'a Columns<'a>,
    pub(super) whole: &'a Whole,
    /// Of each temporal column.
    pub(super) scalings: &'a [Scaling],
    /// Of each static covariate, as its column has it.
    pub(super) statics: &'a [f64],
}

impl Recipe<'_> {
    /// The features of a piece, and of `beyond` rows after it that the calendar and static covariates tell of.
    pub(super) fn features(
        &self,
        piece: &Piece,
        beyond: usize,
    ) -> Result<FeatureSeries, SeriesError> {
        let rows = piece.range.len();
        let known = self.known(piece, beyond)?;
        let known_size = known.len() / (rows + beyond);
        let masks = self.masks(piece);
        let mut past = Vec::new();
        for row in 0..rows {
            for index in 0..self.columns.temporal.len() {
                if self.columns.temporal[index].role != Some(CovariateRole::Known) {
                    self.push(&mut past, piece, index, row)?;
                }
            }
            past.extend_from_slice(&known[row * known_size..][..known_size]);
            for [mask, since] in masks.iter().map(|mask| mask[row]) {
                past.extend([mask, since]);
            }
        }
        let sources = &self.columns.temporal[..self.columns.targets];
        let mut observed: Vec<bool> = Vec::with_capacity(rows * sources.len());
        for row in piece.range.clone() {
            let is_observed = |source: &Source| !source.value(self.whole, row).is_nan();
            observed.extend(sources.iter().map(is_observed));
        }
        if observed.iter().all(|&observed| observed) {
            observed.clear();
        }
        Ok(FeatureSeries {
            past,
            known,
            observed,
        })
    }

    /// Known covariates, calendar, static covariates: `[rows + beyond, known_size]`.
    fn known(&self, piece: &Piece, beyond: usize) -> Result<Vec<f32>, SeriesError> {
        let mut statics = Vec::new();
        let sources = self.columns.statics.iter().zip(self.statics);
        for ((source, &value), scaling) in sources.zip(&self.schema.static_scalings) {
            match source.kind {
                CovariateKind::Category { .. } => one_hot(&mut statics, source, value),
                CovariateKind::Number => {
                    let first = self.whole.rows.iter().position(Option::is_some);
                    statics.push(self.finite(source, first.unwrap_or(0), value, *scaling)?);
                }
            }
        }
        let rows = piece.range.len();
        let mut known = Vec::new();
        for row in 0..rows + beyond {
            if row < rows {
                for index in 0..self.columns.temporal.len() {
                    if self.columns.temporal[index].role == Some(CovariateRole::Known) {
                        self.push(&mut known, piece, index, row)?;
                    }
                }
            }
            if !self.schema.calendar.is_empty() {
                self.push_calendar(&mut known, piece, row)?;
            }
            known.extend_from_slice(&statics);
        }
        Ok(known)
    }

    fn push_calendar(
        &self,
        known: &mut Vec<f32>,
        piece: &Piece,
        row: usize,
    ) -> Result<(), SeriesError> {
        let Some(schema) = &self.schema.time else {
            return Ok(());
        };
        let rows = piece.range.len();
        let times = &self.whole.times[piece.range.clone()];
        let time = match row.checked_sub(rows) {
            None => Some(times[row]),
            Some(after) => schema.after(times[rows - 1], after + 1),
        };
        for feature in &self.schema.calendar {
            let values = time.and_then(|time| feature.values(time));
            known.extend(values.ok_or_else(|| GridError::BeyondCalendar {
                time: schema.format.text(times[rows - 1]).into(),
            })?);
        }
        Ok(())
    }

    /// A value of a temporal column, scaled or one-hot; a missing one is 0.
    fn push(
        &self,
        features: &mut Vec<f32>,
        piece: &Piece,
        index: usize,
        row: usize,
    ) -> Result<(), SeriesError> {
        let source = &self.columns.temporal[index];
        let value = piece.columns[index][row];
        match source.kind {
            CovariateKind::Category { .. } => one_hot(features, source, value),
            // Under a mask, before the first observed value.
            CovariateKind::Number if value.is_nan() => features.push(0.0),
            CovariateKind::Number => {
                let row = piece.range.start + row;
                features.push(self.finite(source, row, value, self.scalings[index])?);
            }
        }
        Ok(())
    }

    fn finite(
        &self,
        source: &Source,
        row: usize,
        value: f64,
        scaling: Scaling,
    ) -> Result<f32, SeriesError> {
        let scaled = scaling.to_scaled(value) as f32;
        match scaled.is_finite() {
            true => Ok(scaled),
            false => Err(SeriesError::NotFinite {
                series: self.whole.name.clone(),
                column: source.column.name.clone(),
                line: self.columns.place(self.whole, row),
                value,
            }),
        }
    }

    /// For each masked column and row of the history whether it is observed, and how long ago it last was (Che et al. 2018,
    /// equation for δ, with steps of 1): 0 in the first row, 1 where the row before was observed, and 1 more than in the row
    /// before else. The network gets ln(1 + δ): a sensor may be silent for months.
    fn masks(&self, piece: &Piece) -> Vec<Vec<[f32; 2]>> {
        let mut masks = Vec::with_capacity(self.schema.masked.len());
        for name in &self.schema.masked {
            let of_name = |source: &&Source| source.column.name == *name;
            let Some(source) = self.columns.temporal.iter().find(of_name) else {
                continue;
            };
            let mut since = 0.0_f64;
            let mut before = true;
            let rows = piece.range.clone().enumerate().map(|(index, row)| {
                since = match (index, before) {
                    (0, _) => 0.0,
                    (_, true) => 1.0,
                    (_, false) => since + 1.0,
                };
                before = !source.value(self.whole, row).is_nan();
                [f32::from(u8::from(before)), since.ln_1p() as f32]
            });
            masks.push(rows.collect());
        }
        masks
    }
}

/// 1 for the category, 0 for the others; 0 for all where it is missing.
fn one_hot(features: &mut Vec<f32>, source: &Source, code: f64) {
    let width = source.kind.width();
    features.extend((0..width).map(|index| f32::from(u8::from(index as f64 == code))));
}
