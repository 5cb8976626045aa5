//! From a table and a schema to prepared series.

use std::sync::Arc;

use super::columns::{Columns, Source};
use super::error::{MissingError, SeriesError};
use super::features::Recipe;
use super::grid::{self, Whole};
use super::missing::{Piece, Treatment};
use super::note::SeriesNote;
use super::options::Purpose;
use super::scaling::Scaling;
use super::schema::{CovariateKind, CovariateRole, SeriesSchema};
use super::{Panel, PanelSeries};
use crate::table::{Column, Table};
use crate::table_layout::TableLayout;
use crate::time_column::{TimeColumn, TimeOptions};

impl SeriesSchema {
    /// Prepares a table as the one of training was: columns by name, in any order; those that training did not use are left
    /// aside. A series that training did not see is scaled by its own history in this table.
    ///
    /// # Errors
    /// What does not fit, with its place.
    pub fn apply(&self, table: &Table, purpose: Purpose) -> Result<Panel, SeriesError> {
        if purpose == (Purpose::Forecast { horizon: 0 }) {
            return Err(SeriesError::Zero {
                what: "the horizon",
            });
        }
        self.check()?;
        self.check_columns(table)?;
        let find = |name: &String| {
            let named = |column: &&Column| column.name == *name;
            table
                .columns()
                .iter()
                .find(named)
                .ok_or_else(|| SeriesError::MissingColumns {
                    names: vec![name.clone()],
                    columns: names(table),
                })
        };
        let time = match &self.time {
            Some(schema) => {
                let options = TimeOptions {
                    name: Some(&schema.column),
                    order: schema.format.order(),
                };
                TimeColumn::find(table, options)?
            }
            None => None,
        };
        let layout = match &self.series {
            None => TableLayout::Wide,
            Some(name) => {
                let index = table
                    .columns()
                    .iter()
                    .position(|column| column.name == *name);
                TableLayout::by_column(table, index.unwrap_or(0))
            }
        };
        let expected = self.time.as_ref().map(|time| time.frequency);
        let grid = grid::lay(table, time.as_ref(), &layout, self.missing, expected)?;
        let targets: Vec<&Column> = self.targets.iter().map(find).collect::<Result<_, _>>()?;
        let covariates = self
            .covariates
            .iter()
            .map(|one| Ok((find(&one.name)?, one)));
        let covariates: Vec<_> = covariates.collect::<Result<_, SeriesError>>()?;
        let columns = Columns::read(table, &targets, &covariates)?;
        self.prepare(&grid.wholes, &columns, purpose, grid.notes)
    }

    fn check_columns(&self, table: &Table) -> Result<(), SeriesError> {
        let time = self.time.iter().map(|time| &time.column);
        let wanted = time
            .chain(&self.series)
            .chain(&self.targets)
            .chain(self.covariates.iter().map(|covariate| &covariate.name));
        let has = |name: &str| table.columns().iter().any(|column| column.name == name);
        let missing: Vec<String> = wanted.filter(|name| !has(name)).cloned().collect();
        match missing.is_empty() {
            true => Ok(()),
            false => Err(SeriesError::MissingColumns {
                names: missing,
                columns: names(table),
            }),
        }
    }

    /// The features of series on their grids.
    pub(super) fn prepare(
        &self,
        wholes: &[Whole],
        columns: &Columns,
        purpose: Purpose,
        mut notes: Vec<SeriesNote>,
    ) -> Result<Panel, SeriesError> {
        let mut series = Vec::with_capacity(wholes.len());
        for whole in wholes {
            let treatment = Treatment {
                columns,
                whole,
                missing: self.missing,
                masked: &self.masked,
                purpose,
            };
            let pieces = treatment.pieces(&mut notes)?;
            let own;
            let scalings = match self.scalings.get(&whole.name) {
                Some(scalings) => scalings,
                None => {
                    notes.push(SeriesNote::ScaledByItself {
                        series: whole.name.clone(),
                    });
                    let history = pieces
                        .last()
                        .map_or(0, |piece| piece.range.start + piece.history);
                    own = own_scalings(whole, columns, history)?;
                    &own
                }
            };
            let statics = columns
                .statics
                .iter()
                .map(|source| source.static_value(columns.table, whole));
            let statics: Vec<f64> = statics.collect::<Result<_, _>>()?;
            let recipe = Recipe {
                schema: self,
                columns,
                whole,
                scalings,
                statics: &statics,
            };
            for piece in pieces {
                let beyond = self.beyond(whole, &piece, purpose)?;
                let features = recipe.features(&piece, beyond)?;
                let sources = &columns.temporal[..columns.targets];
                let targets = piece
                    .range
                    .clone()
                    .flat_map(|row| sources.iter().map(move |source| source.value(whole, row)));
                series.push(PanelSeries {
                    name: whole.name.clone(),
                    times: whole.times[piece.range.clone()].to_vec(),
                    lines: piece
                        .range
                        .clone()
                        .map(|row| columns.line(whole, row))
                        .collect(),
                    targets: targets.collect(),
                    rows: piece.range.len(),
                    target_rows: piece.history,
                    scalings: scalings[..columns.targets].to_vec(),
                    features,
                    offset: piece.range.start,
                    grid: Arc::clone(&whole.times),
                });
            }
        }
        Ok(Panel {
            series,
            notes,
            has_times: self.time.is_some(),
        })
    }

    /// Rows after the table's last one that are forecast.
    fn beyond(
        &self,
        whole: &Whole,
        piece: &Piece,
        purpose: Purpose,
    ) -> Result<usize, MissingError> {
        let Purpose::Forecast { horizon } = purpose else {
            return Ok(0);
        };
        let rows = piece.range.len() - piece.history;
        let beyond = horizon.saturating_sub(rows);
        let known = || self.covariates_of(CovariateRole::Known);
        if beyond > 0 && known().next().is_some() {
            return Err(MissingError::TooFewAhead {
                series: whole.name.clone(),
                rows,
                horizon,
                columns: known().map(|covariate| covariate.name.clone()).collect(),
            });
        }
        Ok(beyond)
    }
}

fn names(table: &Table) -> Vec<String> {
    table
        .columns()
        .iter()
        .map(|column| column.name.clone())
        .collect()
}

fn own_scalings(
    whole: &Whole,
    columns: &Columns,
    history: usize,
) -> Result<Vec<Scaling>, MissingError> {
    let of_source = |source: &Source| {
        if source.kind != CovariateKind::Number {
            return Ok(Scaling::NONE);
        }
        let found = Scaling::of((0..history).map(|row| source.value(whole, row)));
        match (found, source.role) {
            (Some((scaling, _)), _) => Ok(scaling),
            (None, Some(_)) => Ok(Scaling::NONE),
            (None, None) => Err(MissingError::NoHistory {
                series: whole.name.clone(),
            }),
        }
    };
    columns.temporal.iter().map(of_source).collect()
}
