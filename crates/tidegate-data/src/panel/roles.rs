//! Which column is what.

use super::error::SeriesError;
use super::options::SeriesOptions;
use crate::nearest_name::nearest_name;
use crate::table::{Table, Values};
use crate::table_layout::TableLayout;
use crate::time_column::{TimeColumn, TimeOptions};

/// Columns by role, as indices of the table's columns.
pub(super) struct Roles {
    pub(super) time: Option<TimeColumn>,
    pub(super) layout: TableLayout,
    pub(super) targets: Vec<usize>,
    pub(super) past: Vec<usize>,
    pub(super) known: Vec<usize>,
    pub(super) statics: Vec<usize>,
    /// Names of the columns without a role.
    pub(super) unused: Vec<String>,
}

const TIME: &str = "time column";
const SERIES: &str = "series column";
const TARGET: &str = "target";
const PAST: &str = "past covariate";
const KNOWN: &str = "known covariate";
const STATIC: &str = "static covariate";

impl Roles {
    pub(super) fn of(table: &Table, options: &SeriesOptions) -> Result<Roles, SeriesError> {
        let mut taken = Taken {
            table,
            roles: vec![None; table.columns().len()],
        };
        let all = |names: &[String], role| {
            let found = names.iter().map(|name| find(table, name, role));
            found.collect::<Result<Vec<usize>, _>>()
        };
        if let Some(name) = &options.time {
            find(table, name, TIME)?;
        }
        let time = TimeColumn::find(
            table,
            TimeOptions {
                name: options.time.as_deref(),
                order: options.date_order,
            },
        )?;
        if let Some(time) = &time {
            taken.take(&time.columns, TIME)?;
        }
        let layout = match &options.series {
            Some(name) => TableLayout::by_column(table, find(table, name, SERIES)?),
            None => TableLayout::of(table, time.as_ref()),
        };
        if let TableLayout::Long { column, .. } = layout {
            taken.take(&[column], SERIES)?;
        }
        let (past, known) = (all(&options.past, PAST)?, all(&options.known, KNOWN)?);
        let statics = all(&options.statics, STATIC)?;
        taken.take(&past, PAST)?;
        taken.take(&known, KNOWN)?;
        taken.take(&statics, STATIC)?;
        let targets = match &options.targets {
            Some(names) => all(names, TARGET)?,
            None => {
                let free = |&index: &usize| {
                    let column = &table.columns()[index];
                    // A column of numbers with a text among them is meant as one of numbers: the text is named later.
                    taken.roles[index].is_none()
                        && (matches!(column.values, Values::Numbers(_)) || column.stray.is_some())
                };
                (0..table.columns().len()).filter(free).collect()
            }
        };
        taken.take(&targets, TARGET)?;
        if targets.is_empty() {
            let free = table.columns().iter().zip(&taken.roles);
            let free = free.filter(|(_, role)| role.is_none());
            return Err(SeriesError::NoTarget {
                unused: free.map(|(column, _)| column.name.clone()).collect(),
            });
        }
        let unused = table.columns().iter().zip(&taken.roles);
        let unused = unused.filter(|(_, role)| role.is_none());
        Ok(Roles {
            time,
            layout,
            targets,
            past,
            known,
            statics,
            unused: unused.map(|(column, _)| column.name.clone()).collect(),
        })
    }
}

/// Roles given so far.
struct Taken<'a> {
    table: &'a Table,
    roles: Vec<Option<&'static str>>,
}

impl Taken<'_> {
    fn take(&mut self, columns: &[usize], role: &'static str) -> Result<(), SeriesError> {
        for &column in columns {
            if let Some(first) = self.roles[column].replace(role) {
                return Err(SeriesError::TwoRoles {
                    column: self.table.columns()[column].name.clone(),
                    first,
                    second: role,
                });
            }
        }
        Ok(())
    }
}

fn find(table: &Table, name: &str, role: &'static str) -> Result<usize, SeriesError> {
    let names = || table.columns().iter().map(|column| column.name.as_str());
    let found = names().position(|column| column == name);
    found.ok_or_else(|| SeriesError::NoSuchColumn {
        role,
        name: name.to_owned(),
        nearest: nearest_name(name, names()).map(str::to_owned),
        columns: names().map(str::to_owned).collect(),
    })
}
