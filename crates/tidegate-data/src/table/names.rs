//! Names of columns: each has one, and no two the same.

use std::collections::HashMap;

use super::error::{TableError, quoted};

/// Gives a column without a name one; `line` is that of the header, in a file that has lines.
pub(super) fn distinct<'a>(
    given: impl Iterator<Item = &'a str>,
    line: Option<u64>,
) -> Result<Vec<String>, TableError> {
    let mut seen = HashMap::new();
    let mut names = Vec::new();
    for (index, name) in given.enumerate() {
        let name = match name.trim_ascii() {
            "" => format!("unnamed_{}", index + 1),
            name => name.to_owned(),
        };
        if let Some(first) = seen.insert(name.clone(), index) {
            return Err(TableError::DuplicateColumn {
                line,
                name: quoted(&name),
                first: first + 1,
                second: index + 1,
            });
        }
        names.push(name);
    }
    Ok(names)
}
