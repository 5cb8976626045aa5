//! From a table and what is asked of it to a schema.

use std::collections::BTreeMap;
use std::ops::Range;

use super::calendar::CalendarFeature;
use super::columns::{Columns, Source};
use super::error::SeriesError;
use super::grid::{self, Grid, Whole};
use super::missing;
use super::note::SeriesNote;
use super::options::{Calendar, Missing, Purpose, SeriesOptions};
use super::roles::Roles;
use super::scaling::Scaling;
use super::schema::{Covariate, CovariateKind, CovariateRole, SeriesSchema, TimeSchema};
use super::split_options::{SplitBy, SplitError, SplitOptions};
use super::{Panel, categories};
use crate::table::Table;
use crate::table_layout::TableLayout;

impl SeriesSchema {
    /// Finds out what a table holds and prepares it. Scaling and categories come from the training rows of the split alone.
    ///
    /// A long table may hold series that cannot be trained on: those that the split does not fit, or without any target in the
    /// training rows. They are left out and noted.
    ///
    /// # Errors
    /// What is wrong with the table, the options or the split, with its place.
    ///
    /// ```
    /// use tidegate_data::{Parts, SeriesOptions, SeriesSchema, Split, SplitOptions, Table};
    ///
    /// let table = Table::from_bytes(b"ds,y\n2016-01,1\n2016-02,3\n2016-03,2\n2016-04,5\n2016-05,9\n")?;
    /// let split = SplitOptions { by: "3,1,1".parse()?, gap: 0 };
    /// let (schema, panel) = SeriesSchema::fit(&table, &SeriesOptions::default(), &split)?;
    /// assert_eq!(schema.scaling("", 0).unwrap().mean, 2.0);
    /// let places = Parts::of(&panel, &split)?.places(Split::Test, 2, 1)?;
    /// assert_eq!(places[0].origin, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fit(
        table: &Table,
        options: &SeriesOptions,
        split: &SplitOptions,
    ) -> Result<(SeriesSchema, Panel), SeriesError> {
        let roles = Roles::of(table, options)?;
        if matches!(split.by, SplitBy::Times(_)) && roles.time.is_none() {
            return Err(SplitError::NoTimes.into());
        }
        let time = roles.time.as_ref();
        let mut grid = grid::lay(table, time, &roles.layout, options.missing, None)?;
        let mut notes = std::mem::take(&mut grid.notes);
        if roles.time.is_none() {
            notes.push(SeriesNote::NoTimes);
        }
        if !roles.unused.is_empty() {
            notes.push(SeriesNote::Unused {
                columns: roles.unused.clone(),
            });
        }
        let mut training = training_rows(&mut grid, split, &mut notes)?;
        let covariates = covariates(table, &roles, &grid.wholes, &training)?;
        let column = |&index: &usize| &table.columns()[index];
        let targets: Vec<_> = roles.targets.iter().map(column).collect();
        let with_covariates: Vec<_> = covariates
            .iter()
            .map(|(index, one)| (column(index), one))
            .collect();
        let columns = Columns::read(table, &targets, &with_covariates)?;
        if options.missing == Missing::Refuse {
            // A value that is missing is told of before what follows from it.
            for whole in &grid.wholes {
                missing::refuse(&columns, whole, whole.rows.len())?;
            }
        }
        if let TableLayout::Long { .. } = roles.layout {
            leave_out_empty(&mut grid, &mut training, &columns, &mut notes)?;
        }
        let scalings = scalings(&grid.wholes, &training, &columns, &mut notes)?;
        let masked = match options.missing {
            Missing::Mask => masked(&grid.wholes, &columns),
            _ => Vec::new(),
        };
        let schema = SeriesSchema {
            time: grid
                .frequency
                .zip(time)
                .map(|(frequency, time)| TimeSchema {
                    column: table.columns()[time.columns[0]].name.clone(),
                    format: time.format,
                    frequency,
                    month_end: grid.month_end,
                }),
            series: match roles.layout {
                TableLayout::Wide => None,
                TableLayout::Long { column, .. } => Some(table.columns()[column].name.clone()),
            },
            targets: targets.iter().map(|column| column.name.clone()).collect(),
            calendar: match (options.calendar, grid.frequency) {
                (Calendar::Auto, Some(frequency)) => CalendarFeature::of_frequency(frequency),
                _ => Vec::new(),
            },
            missing: options.missing,
            masked,
            static_scalings: static_scalings(table, &grid.wholes, &columns)?,
            scalings,
            covariates: covariates.into_iter().map(|(_, one)| one).collect(),
        };
        let panel = schema.prepare(&grid.wholes, &columns, Purpose::Evaluate, notes)?;
        Ok((schema, panel))
    }
}

/// The training rows of each series; of several series, those that the split does not fit are taken off the grid.
fn training_rows(
    grid: &mut Grid,
    split: &SplitOptions,
    notes: &mut Vec<SeriesNote>,
) -> Result<Vec<Range<usize>>, SeriesError> {
    let mut training = Vec::with_capacity(grid.wholes.len());
    let mut refusal = None;
    grid.wholes
        .retain(|whole| match split.ranges(&whole.name, &whole.times) {
            Ok([train, _, _]) => {
                training.push(train);
                true
            }
            Err(error) => {
                notes.push(SeriesNote::SeriesLeftOut {
                    series: whole.name.clone(),
                    reason: error.to_string(),
                });
                refusal.get_or_insert(error);
                false
            }
        });
    match refusal {
        Some(error) if training.is_empty() => Err(error.into()),
        _ => Ok(training),
    }
}

/// Takes series off the grid in which a target has no value to be scaled by.
fn leave_out_empty(
    grid: &mut Grid,
    training: &mut Vec<Range<usize>>,
    columns: &Columns,
    notes: &mut Vec<SeriesNote>,
) -> Result<(), SeriesError> {
    let mut refusal = None;
    let mut kept = Vec::with_capacity(training.len());
    let mut rows = std::mem::take(training).into_iter();
    grid.wholes.retain(|whole| {
        let train = rows.next().unwrap_or(0..0);
        let empty = |source: &&Source| train.clone().all(|row| source.value(whole, row).is_nan());
        let Some(source) = columns.temporal[..columns.targets].iter().find(empty) else {
            kept.push(train);
            return true;
        };
        let error = SeriesError::NoTrainingValue {
            column: source.column.name.clone(),
            series: whole.name.clone(),
        };
        notes.push(SeriesNote::SeriesLeftOut {
            series: whole.name.clone(),
            reason: error.to_string(),
        });
        refusal.get_or_insert(error);
        false
    });
    *training = kept;
    match refusal {
        Some(error) if training.is_empty() => Err(error),
        _ => Ok(()),
    }
}

/// The covariates with their columns in the table.
fn covariates(
    table: &Table,
    roles: &Roles,
    wholes: &[Whole],
    training: &[Range<usize>],
) -> Result<Vec<(usize, Covariate)>, SeriesError> {
    let rows = || {
        let all = wholes.iter().zip(training);
        all.flat_map(|(whole, range)| whole.rows[range.clone()].iter().flatten().copied())
    };
    let by_role = [
        (CovariateRole::Past, &roles.past),
        (CovariateRole::Known, &roles.known),
        (CovariateRole::Static, &roles.statics),
    ];
    let mut covariates = Vec::new();
    for (role, indices) in by_role {
        for &index in indices {
            let column = &table.columns()[index];
            let covariate = Covariate {
                name: column.name.clone(),
                role,
                kind: categories::kind(column, rows())?,
            };
            covariates.push((index, covariate));
        }
    }
    Ok(covariates)
}

fn scalings(
    wholes: &[Whole],
    training: &[Range<usize>],
    columns: &Columns,
    notes: &mut Vec<SeriesNote>,
) -> Result<BTreeMap<String, Vec<Scaling>>, SeriesError> {
    let mut all = BTreeMap::new();
    let mut varies = vec![false; columns.targets];
    for (whole, train) in wholes.iter().zip(training) {
        let mut scalings = Vec::with_capacity(columns.temporal.len());
        for (index, source) in columns.temporal.iter().enumerate() {
            if source.kind != CovariateKind::Number {
                scalings.push(Scaling::NONE);
                continue;
            }
            let values = train.clone().map(|row| source.value(whole, row));
            let found = Scaling::of(values);
            if source.role.is_none() {
                match found {
                    None => {
                        return Err(SeriesError::NoTrainingValue {
                            column: source.column.name.clone(),
                            series: whole.name.clone(),
                        });
                    }
                    Some((_, constant)) => varies[index] |= !constant,
                }
            }
            if let Some((_, true)) = found {
                notes.push(SeriesNote::Constant {
                    series: whole.name.clone(),
                    column: source.column.name.clone(),
                });
            }
            scalings.push(found.map_or(Scaling::NONE, |(scaling, _)| scaling));
        }
        all.insert(whole.name.clone(), scalings);
    }
    let constant = varies.iter().position(|varies| !varies);
    match (constant, wholes) {
        (Some(index), [first, rest @ ..]) => Err(SeriesError::ConstantTarget {
            column: columns.temporal[index].column.name.clone(),
            value: all
                .get(&first.name)
                .map_or(0.0, |scalings| scalings[index].mean),
            series: if rest.is_empty() {
                first.name.clone()
            } else {
                String::new()
            },
        }),
        _ => Ok(all),
    }
}

fn static_scalings(
    table: &Table,
    wholes: &[Whole],
    columns: &Columns,
) -> Result<Vec<Scaling>, SeriesError> {
    let of_source = |source: &Source| {
        let values = wholes.iter().map(|whole| source.static_value(table, whole));
        let values: Vec<f64> = values.collect::<Result<_, _>>()?;
        Ok(match source.kind {
            CovariateKind::Number => {
                Scaling::of(values.into_iter()).map_or(Scaling::NONE, |(scaling, _)| scaling)
            }
            CovariateKind::Category { .. } => Scaling::NONE,
        })
    };
    columns.statics.iter().map(of_source).collect()
}

/// Temporal columns with a missing value.
fn masked(wholes: &[Whole], columns: &Columns) -> Vec<String> {
    let misses = |source: &&Source| {
        wholes
            .iter()
            .any(|whole| (0..whole.rows.len()).any(|row| source.value(whole, row).is_nan()))
    };
    let missing = columns.temporal.iter().filter(misses);
    missing.map(|source| source.column.name.clone()).collect()
}
