//! Which files of a folder are recordings, and what their labels are.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::RecordingsOptions;
use super::super::error::RecordingsError;
use super::File;
use super::label_file;
use crate::error::DataError;

/// The file with the labels of the others.
pub(super) const LABEL_FILE: &str = "labels.csv";

/// The arrays of a folder, in the order of their names: beside each other, with or without a file of labels, or in
/// sub-folders whose names are the labels.
pub(super) fn files(
    folder: &Path,
    options: &RecordingsOptions,
) -> Result<Vec<File>, RecordingsError> {
    let Listing {
        arrays,
        folders,
        label_file,
    } = Listing::of(folder, true)?;
    let mixed = |with| {
        Err(RecordingsError::MixedFolder {
            path: folder.to_owned(),
            with,
        })
    };
    match (arrays.is_empty(), folders.is_empty()) {
        (false, false) => return mixed("arrays outside of them"),
        (true, false) if label_file => return mixed("a labels.csv"),
        _ => {}
    }
    let mut files = Vec::new();
    for name in arrays {
        files.push(file(folder, None, &name));
    }
    for label in folders {
        let inner = folder.join(&label);
        for name in Listing::of(&inner, false)?.arrays {
            files.push(file(&inner, Some(&label), &name));
        }
    }
    if options.ignore_labels {
        files.iter_mut().for_each(|file| file.label = None);
    } else if label_file {
        label_file::apply(folder.join(LABEL_FILE).into(), options, &mut files)?;
    }
    Ok(files)
}

fn file(folder: &Path, label: Option<&str>, name: &str) -> File {
    let stem = name.strip_suffix(".npy").unwrap_or(name);
    File {
        name: match label {
            Some(label) => format!("{label}/{stem}"),
            None => stem.to_owned(),
        },
        path: folder.join(name).into(),
        label: label.map(str::to_owned),
    }
}

/// What is in a folder, each sorted; hidden files do not count.
struct Listing {
    arrays: Vec<String>,
    folders: Vec<String>,
    label_file: bool,
}

impl Listing {
    fn of(folder: &Path, outer: bool) -> Result<Listing, RecordingsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |error| RecordingsError::from(DataError::Unreadable { path, error })
        };
        let mut listing = Listing {
            arrays: Vec::new(),
            folders: Vec::new(),
            label_file: false,
        };
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let entry = entry.map_err(unreadable(folder))?;
            let path = entry.path();
            let foreign = |path: PathBuf| RecordingsError::ForeignFile { path };
            let Ok(name) = entry.file_name().into_string() else {
                return Err(foreign(path));
            };
            if name.starts_with('.') {
                continue;
            }
            let is_folder = path.metadata().map_err(unreadable(&path))?.is_dir();
            match (is_folder, outer) {
                (true, true) => listing.folders.push(name),
                (false, true) if name == LABEL_FILE => listing.label_file = true,
                (false, _) if name.ends_with(".npy") => listing.arrays.push(name),
                _ => return Err(foreign(path)),
            }
        }
        listing.arrays.sort_unstable();
        listing.folders.sort_unstable();
        Ok(listing)
    }
}
