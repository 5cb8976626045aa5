//! What each column of a table is.

use std::path::Path;

use super::super::error::{RecordingsError, short};
use super::super::names::{IDS, LABELS, TIMES};
use super::super::{RecordingsNote, RecordingsOptions};
use crate::nearest_name::nearest_name;
use crate::table::{Column, Table, Values};

/// Indices of the columns with a role.
pub(super) struct Roles {
    pub(super) id: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) label: Option<usize>,
    pub(super) channels: Vec<usize>,
    /// On columns that were left out.
    pub(super) notes: Vec<RecordingsNote>,
}

impl Roles {
    pub(super) fn find(
        table: &Table,
        path: &Path,
        options: &RecordingsOptions,
    ) -> Result<Roles, RecordingsError> {
        let mut choice = Choice {
            columns: table.columns(),
            path,
            taken: vec![None; table.columns().len()],
        };
        // What is asked for comes first: a usual name gives no role to a column that has another one.
        let id = choice.asked(options.id.as_deref(), "id")?;
        let time = choice.asked(options.time.as_deref(), "time")?;
        let is_there = |name: &&str| choice.columns.iter().any(|one| one.name == *name);
        let label = options.label.as_deref();
        // What is passed over need not be there.
        let label = label.filter(|name| !options.ignore_labels || is_there(name));
        let label = choice.asked(label, "label")?;
        let mut asked = Vec::new();
        for name in options.channels.iter().flatten() {
            asked.extend(choice.asked(Some(name), "channel")?);
        }
        let id = id.or_else(|| choice.usual(&IDS, "id"));
        let time = time.or_else(|| choice.usual(&TIMES, "time"));
        let label = label.or_else(|| choice.usual(&LABELS, "label"));
        let (mut channels, mut left, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        for (index, column) in choice.columns.iter().enumerate() {
            if choice.taken[index].is_some() {
                continue;
            }
            let is_usual = |names: &[&str]| {
                names
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(&column.name))
            };
            // A text among numbers is to be said, and not to cost a channel.
            if column.stray.is_none() && !matches!(column.values, Values::Numbers(_)) {
                left.push(column.name.clone());
            } else if is_usual(&IDS) || is_usual(&TIMES) || is_usual(&LABELS) {
                // Of a second id, a model would learn what is to be found out.
                roles.push(column.name.clone());
            } else {
                channels.push(index);
            }
        }
        let mut notes = Vec::new();
        if options.channels.is_some() {
            channels = asked;
        } else {
            if !left.is_empty() {
                notes.push(RecordingsNote::ColumnsLeftOut {
                    columns: left.clone(),
                });
            }
            if !roles.is_empty() {
                notes.push(RecordingsNote::RolesLeftOut { columns: roles });
            }
        }
        if channels.is_empty() {
            return Err(RecordingsError::NoChannels {
                path: path.to_owned(),
                unused: left,
            });
        }
        Ok(Roles {
            id,
            time,
            label,
            channels,
            notes,
        })
    }
}

struct Choice<'a> {
    columns: &'a [Column],
    path: &'a Path,
    /// The role of each column.
    taken: Vec<Option<&'static str>>,
}

impl Choice<'_> {
    fn asked(
        &mut self,
        name: Option<&str>,
        role: &'static str,
    ) -> Result<Option<usize>, RecordingsError> {
        let Some(name) = name else {
            return Ok(None);
        };
        let names = || self.columns.iter().map(|column| &column.name[..]);
        let Some(index) = names().position(|one| one == name) else {
            return Err(RecordingsError::NoSuchColumn {
                path: self.path.to_owned(),
                role,
                name: short(name),
                nearest: nearest_name(name, names()).map(short),
                columns: names().map(str::to_owned).collect(),
            });
        };
        match self.taken[index].replace(role) {
            None => Ok(Some(index)),
            Some(first) => Err(RecordingsError::TwoRoles {
                path: self.path.to_owned(),
                column: name.to_owned(),
                first,
                second: role,
            }),
        }
    }

    fn usual(&mut self, names: &[&str], role: &'static str) -> Option<usize> {
        let found = names.iter().find_map(|name| {
            let mut columns = self.columns.iter().zip(&self.taken);
            columns.position(|(column, taken)| {
                taken.is_none() && column.name.eq_ignore_ascii_case(name)
            })
        });
        if let Some(index) = found {
            self.taken[index] = Some(role);
        }
        found
    }
}
